"""The REST interface: its assembly, who may call it, and repeats of a call."""
