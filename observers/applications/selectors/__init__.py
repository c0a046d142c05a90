"""Reads applications: an observer's own, and all of a season's."""
