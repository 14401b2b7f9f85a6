"""Reads of the fleet, by subject."""
