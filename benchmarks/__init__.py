"""Measurements: the application beside a floor of bare views, and scoring beside a loop over rows, in one run."""
