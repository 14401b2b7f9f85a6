"""The command line: a client of the API that knows nothing else of Longmark."""
