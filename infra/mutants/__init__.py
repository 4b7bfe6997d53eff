"""A mutation run: the tests have to fail for every changed condition, lease and order of planning and sending."""
