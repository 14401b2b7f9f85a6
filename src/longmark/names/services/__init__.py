"""Writes of name rules and name maps."""
