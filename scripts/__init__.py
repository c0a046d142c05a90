"""What make calls: installing, serving the demo, running every check."""
