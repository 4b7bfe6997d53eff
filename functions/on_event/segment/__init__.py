"""Segment: its HTTP API, as its clients and those of RudderStack speak it, and what their calls say."""
