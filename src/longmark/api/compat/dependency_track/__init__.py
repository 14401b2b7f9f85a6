"""The part of Dependency-Track's REST interface, version 1, that its clients call.

A *project* there is a release here: its name is the item's, its version the release's. What is
honoured, and where the two differ, stands in docs/reference/dependency-track-api.md.
"""
