"""Releases written as SBOMs: one neutral form, one module per format."""
