"""Pages about results: the manager's progress, and what participants and the public see."""
