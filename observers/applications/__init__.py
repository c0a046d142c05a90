"""Observers’ applications for a season, and the season’s team."""
