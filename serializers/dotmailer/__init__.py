"""What dotmailer's API v2 takes and says."""
