"""Who may use the control API: requests with its token; without a token, requests of this machine,
but none from pages of other sites.
"""

import hmac
from urllib.parse import urlsplit

from flask import Response, current_app, request

from legacygrid.endpoints.control.errors import refuse
from legacygrid.grid import current_grid
from legacygrid.wsgi.environ_keys import ADMIN_TOKEN
from legacygrid.wsgi.hosts import is_loopback, remote_address

#: What a proxy adds: with one in between, all requests seem to come from this machine.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def check_access() -> Response | None:
    """The refusal of a request; none if it is allowed."""
    token: str = current_app.extensions[ADMIN_TOKEN]
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        # A header's bytes come as Latin-1 (PEP 3333).
        is_theirs = hmac.compare_digest(
            given.encode("latin-1", "replace"), token.encode("utf-8", "surrogateescape")
        )
        return None if is_theirs else refuse("token", "wrong or missing", 401)
    if not is_loopback(remote_address(request.environ)):
        return refuse(
            "token",
            "from another machine only with a token; see: legacygrid serve --admin-token",
            403,
        )
    # No page of another site may get in, not even by a name that its owner has resolve to this
    # machine.
    name = urlsplit(f"//{request.host}").hostname or ""
    if not is_loopback(name) and not current_grid().systems.answers_for(name):
        return refuse("Host", "call it by a loopback address, or with a token", 403)
    if any(name in request.headers for name in _FORWARDED):
        return refuse(
            "token",
            "through another server only with a token; see: legacygrid serve --admin-token",
            403,
        )
    origin = request.headers.get("Origin", "")
    if origin and origin.partition("://")[2] != request.host:
        return refuse("Origin", "not from another site", 403)
    return None
