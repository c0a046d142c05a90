"""Filled-in reports, attempts, answers, the review queue."""
