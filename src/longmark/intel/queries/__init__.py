"""Reads of advisories, vulnerabilities, signals and intakes."""
