"""The pure core: versions, identity, formats, life and law. No Django, no I/O, no clock."""
