"""An observer’s own weeks as a list and as a private calendar feed."""
