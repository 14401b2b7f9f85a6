"""Writes of matches and findings."""
