"""Numbers derived from approved responses."""
