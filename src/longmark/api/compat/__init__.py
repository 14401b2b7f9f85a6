"""Interfaces of others, spoken so that their clients work unchanged: one package per peer."""
