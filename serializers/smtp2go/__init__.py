"""What SMTP2GO's API v3 takes and says."""
