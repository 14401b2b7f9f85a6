"""SBOMs and components over REST, by subject."""
