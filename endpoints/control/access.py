"""Who may use the control API: requests with its token; without a token, requests of this machine,
but none from pages of other sites that `--cors` does not name.
"""

import hmac
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from legacygrid.mail import inbound
from legacygrid.serializers.sendgrid import event_posts
from legacygrid.wsgi import cors
from legacygrid.wsgi.environ_keys import ASKED_HOST
from legacygrid.wsgi.hosts import is_loopback, name_of_host, remote_address

#: What a proxy adds: with one in between, all requests seem to come from this machine.
_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")
#: What the emulator itself posts as.
OWN_AGENTS = frozenset({event_posts.USER_AGENT, inbound.USER_AGENT})
_HOW = "see: legacygrid serve --admin-token"


class AccessRefusal(NamedTuple):
    """Why a request is refused: what is wrong, in words, and the status."""

    field: str
    text: str
    status: int


def why_refused(
    environ: Mapping[str, Any],
    token: str,
    answers_for: Callable[[str], bool],
    origins: Collection[str] = (),
) -> AccessRefusal | None:
    """Why somebody may not use the control API; none if they may.

    :param token: the one that is asked for; the empty text for none.
    :param answers_for: whether a host is one of the emulated systems.
    :param origins: of the pages of other sites that may; `*` for all.
    """
    if environ.get("HTTP_USER_AGENT") in OWN_AGENTS:
        # Whoever has an account chooses where its webhooks are posted.
        return AccessRefusal("User-Agent", "not for webhooks", 403)
    if token:
        return (
            None if _has_token(environ, token) else AccessRefusal("token", "wrong or missing", 401)
        )
    if not is_loopback(remote_address(environ)):
        return AccessRefusal("token", f"from another machine only with a token; {_HOW}", 403)
    if has_foreign_name(environ, answers_for):
        return AccessRefusal("Host", "call it by a loopback address, or with a token", 403)
    if is_through_proxy(environ):
        return AccessRefusal("token", f"through another server only with a token; {_HOW}", 403)
    origin = environ.get("HTTP_ORIGIN", "")
    is_own = origin.partition("://")[2] == asked_host(environ) if origin else not _is_part(environ)
    if not is_own and not cors.is_allowed(origin, origins):
        return AccessRefusal("Origin", "not from another site", 403)
    return None


def asked_host(environ: Mapping[str, Any]) -> str:
    """The host that the client called, with its port if it has one."""
    host: str = environ.get(ASKED_HOST) or environ.get("HTTP_HOST") or environ["SERVER_NAME"]
    return host


def has_foreign_name(environ: Mapping[str, Any], answers_for: Callable[[str], bool]) -> bool:
    """Whether it was called by a name that is neither this machine's nor a system's: no page of
    another site may get in by a name that its owner has resolve to this machine.
    """
    name = name_of_host(asked_host(environ))
    return not is_loopback(name) and not answers_for(name)


def is_through_proxy(environ: Mapping[str, Any]) -> bool:
    """Whether another server passes the request on."""
    return any(key in environ for key in _FORWARDED)


def _is_part(environ: Mapping[str, Any]) -> bool:
    """Whether a page of another site loads it as a part of itself: browsers say so, even where they
    name no origin.
    """
    is_foreign = environ.get("HTTP_SEC_FETCH_SITE") in ("cross-site", "same-site")
    return is_foreign and environ.get("HTTP_SEC_FETCH_MODE") != "navigate"


def _has_token(environ: Mapping[str, Any], token: str) -> bool:
    given: str = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    # A header's bytes come as Latin-1 (PEP 3333).
    return hmac.compare_digest(
        given.encode("latin-1", "replace"), token.encode("utf-8", "surrogateescape")
    )
