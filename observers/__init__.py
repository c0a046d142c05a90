"""The people who make the contacts, and their conflicts of interest."""
