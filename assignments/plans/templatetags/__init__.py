"""What the pages of plans say things with."""
