"""The fleet over REST, by subject."""
