"""What the customer reads: templates of the release, rendered in a sandbox for one customer."""
