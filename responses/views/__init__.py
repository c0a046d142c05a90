"""Pages about reports: the observer writes them, the project manager reviews them."""
