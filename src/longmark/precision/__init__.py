"""What is not yet right in the records: counted, linked, owned, with its course over time."""
