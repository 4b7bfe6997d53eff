"""Backtests: a campaign over past orders, by the same `apply` and `plan` as the functions, beside the usual practice."""
