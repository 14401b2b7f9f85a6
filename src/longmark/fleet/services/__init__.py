"""Writes of the fleet, by subject."""
