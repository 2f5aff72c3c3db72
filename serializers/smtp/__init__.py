"""What is said by SMTP."""
