"""When will they buy again, who is drifting away: pure numbers."""
