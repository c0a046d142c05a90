"""The smallest valid objects; states are traits."""
