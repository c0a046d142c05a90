"""Plays a season: fictitious centres, observers and reports, through the real services."""
