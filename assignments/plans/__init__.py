"""Proposals for a season’s plan, and their repair."""
