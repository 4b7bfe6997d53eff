"""A plain CSV of orders and sign-ups: what a shop brings along."""
