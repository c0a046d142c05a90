"""Pages about assignments: the manager's and the observer's."""
