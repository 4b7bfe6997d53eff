"""The lint: one rule after the other, each with an id, a line and what to write instead."""
