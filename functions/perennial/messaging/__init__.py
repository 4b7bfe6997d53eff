"""Messages on their way: planned in the outbox, handed to `send`, settled, and what they brought."""
