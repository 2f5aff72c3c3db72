"""The shipped server: HTTP, SMTP, TLS and the proxy on one event loop."""
