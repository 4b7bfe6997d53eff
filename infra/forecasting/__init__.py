"""Forecasts for a file of orders: models fitted on the file's own history, with the maths that the functions use."""
