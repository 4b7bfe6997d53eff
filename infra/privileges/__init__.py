"""Least privilege, shown: every flow of every function once on the desk, and what it used of what its role allows."""
