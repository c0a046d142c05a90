"""What leaves and enters the project as files: a season's answers, and its results."""
