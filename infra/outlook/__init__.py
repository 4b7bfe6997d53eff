"""The outlook over all customers: where they are read from, how the work is shared out, how the result is shown."""
