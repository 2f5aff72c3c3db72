"""SendGrid's Web API v2."""
