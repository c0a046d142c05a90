"""What chance, observers and the questions themselves do to the numbers: pure functions on arrays."""
