"""Writes of connections, by subject."""
