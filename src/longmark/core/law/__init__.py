"""The law that computes: deadlines, retention, support periods, each with its article."""
