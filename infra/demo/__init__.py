"""`perennial demo`: a year and three weeks of a fictional shop, the same each time."""
