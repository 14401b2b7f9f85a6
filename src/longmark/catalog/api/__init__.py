"""The catalog over REST, by subject."""
