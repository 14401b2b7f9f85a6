"""Background work of intelligence: files, and feeds with their protocols."""
