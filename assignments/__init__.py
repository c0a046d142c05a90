"""Which observer contacts whom, by which method, in which week."""
