"""Forms: what pages ask of a person, read and checked before a service is called."""
