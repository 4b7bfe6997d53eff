"""How `perennial.decide` comes to its answer: one look at a customer, campaign after campaign. Pure."""
