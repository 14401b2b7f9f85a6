"""Longmark: what is inside every unit, what is wrong with it, and who has it."""

__version__ = "0.1.0"
