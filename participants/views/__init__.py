"""Pages about seasons, participants and imports."""
