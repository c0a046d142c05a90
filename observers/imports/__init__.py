"""Lists about observers that can be imported."""
