"""Writes of SBOMs and of the components that they name."""
