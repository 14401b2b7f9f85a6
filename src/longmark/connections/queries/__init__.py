"""Reads of connections, by subject."""
