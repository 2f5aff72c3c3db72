"""Mails as bytes (RFC 5322, MIME): pure functions that compose, parse and change them."""
