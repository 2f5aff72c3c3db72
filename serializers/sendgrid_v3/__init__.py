"""What SendGrid's v3 takes and says."""
