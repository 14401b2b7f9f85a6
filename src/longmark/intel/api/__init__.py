"""Intelligence over REST, by subject."""
