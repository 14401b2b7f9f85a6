"""Changes to what is known: files taken in, records applied, groups and signals kept."""
