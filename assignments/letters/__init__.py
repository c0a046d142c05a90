"""What observers are told and ask: digests in an outbox, moves to another week."""
