"""What may go together in a unit: spans of versions, combinations, and what is not allowed."""
