"""The pages about scores, by concern."""
