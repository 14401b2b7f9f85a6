"""Connectors: how stock systems are asked, and what their answers say in the words of lists."""
