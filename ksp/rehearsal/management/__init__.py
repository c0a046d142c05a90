"""The management commands of the rehearsal."""
