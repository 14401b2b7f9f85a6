"""Background work of connections: asking systems, and telling them."""
