"""What a campaign changes: who was given what, what they did, and when one may say so. Pure numbers."""
