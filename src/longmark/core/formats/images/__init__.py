"""Photographs: which kinds are taken, and what is taken out of them."""
