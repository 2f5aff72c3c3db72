"""Mail by SMTP: another door, with a conversation of its own."""
