"""A unit's life: who it is, what happened to it, what that says of its inside and keeper."""
