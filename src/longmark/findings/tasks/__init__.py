"""Background work of findings."""
