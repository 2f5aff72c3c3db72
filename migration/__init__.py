"""The way out: what becomes of each call of Web API v2 in v3, and what derives from that."""
