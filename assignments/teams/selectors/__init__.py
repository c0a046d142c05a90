"""Reads teams: who is on one, who could be, and whom it lacks."""
