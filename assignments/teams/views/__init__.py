"""The pages about a season's team."""
