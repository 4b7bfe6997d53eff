"""The outlook: what would happen to customers in the next days if they did nothing. The same functions, on copies."""
