"""What an event does to a customer's document, part by part. `perennial.apply` calls them. Pure."""
