"""The day on which the old service is gone: what answers then, and how a client takes it."""
