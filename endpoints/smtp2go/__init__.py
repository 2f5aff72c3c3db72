"""SMTP2GO's API v3."""
