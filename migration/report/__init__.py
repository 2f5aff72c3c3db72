"""What a program calls of Web API v2, off journals, logs and recordings, and what becomes of it."""
