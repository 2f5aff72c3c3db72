"""Several servers over one store: one of them leads, and the others ask it."""
