"""Performance areas, questions, options; frozen once a season opens."""
