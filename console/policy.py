"""What a browser may do with a page: its Content-Security-Policy."""

#: Nothing but what this server itself serves; no page of another site around it, and no script
#: within a page.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def policy(**changes: str) -> str:
    """A Content-Security-Policy.

    :param changes: directives that differ from `POLICY`, `_` for `-`.
    """
    directives = POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}".strip() for name, value in directives.items())
