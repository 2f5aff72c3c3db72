"""What SendGrid's Web API v2 takes and says."""
