"""A second, stricter cloud: ministack runs the functions as processes, with real queues, schedules and routes."""
