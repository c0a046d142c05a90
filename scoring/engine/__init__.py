"""From answers to scores, means, places and awards: pure functions on arrays."""
