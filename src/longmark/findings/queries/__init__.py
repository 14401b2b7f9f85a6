"""Reads of matches and findings."""
