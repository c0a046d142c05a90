"""A season's team: who is on it, how it is chosen from the pool, and whom it lacks."""
