"""The shared heart: what a customer is, what follows from it, and what is needed of the world to act on it."""
