"""dotmailer's API v2."""
