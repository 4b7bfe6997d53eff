"""A simulated shop lived through the real functions with every kind of trouble, and a ledger that has to balance."""
