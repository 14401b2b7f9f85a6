"""Findings, checks and facts over REST."""
