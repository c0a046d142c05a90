"""Pages about observers: the manager's, and the observer's own."""
