"""Foreign document formats, read into neutral records under limits."""
