"""`make bench`: what starting, an event, a due customer and a message cost, beside floors measured in the same run."""
