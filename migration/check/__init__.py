"""Whether a port does what the old program did: two runs over the same seed, compared."""
