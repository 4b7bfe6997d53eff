"""Templates as people will see them: a page that follows every save, pictures from a real browser, and what it measures."""
