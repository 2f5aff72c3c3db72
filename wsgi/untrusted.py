"""Answers with what strangers wrote, such as the parts of a mail: a browser runs nothing of it, and
guesses no type.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from legacygrid.wsgi.answer import Answer, make_response

if TYPE_CHECKING:
    from flask import Response

#: Bytes that are sent at a time.
_CHUNK = 64 * 1024
_NOTHING = {
    "default-src": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def sandbox(**changes: str) -> str:
    """The Content-Security-Policy for what strangers wrote: an origin of its own, no script, no
    network.

    :param changes: directives that differ, `_` for `-`.
    """
    directives = _NOTHING | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(("sandbox", *(f"{name} {value}" for name, value in directives.items())))


#: The policy for the HTML of a mail: styles of its own and pictures within it.
HTML = sandbox(style_src="'unsafe-inline'", img_src="data:")


def is_page(environ: Mapping[str, Any]) -> bool:
    """Whether a browser asks, for something to show; no client of the services does so."""
    return "HTTP_SEC_FETCH_DEST" in environ or "text/html" in environ.get("HTTP_ACCEPT", "")


def seal(response: "Response | Answer") -> None:
    """Let a browser run nothing of an answer. Some answers of SendGrid's were JSON under
    `text/html`, with names in it that anybody may have chosen.
    """
    response.headers["Content-Security-Policy"] = sandbox()
    response.headers["X-Content-Type-Options"] = "nosniff"


def send_untrusted(data: bytes, content_type: str, name: str = "", policy: str = "") -> "Response":
    """An answer with those bytes.

    :param content_type: what it is, never what a stranger says that it is.
    :param name: by which it is saved; without one it is shown.
    :param policy: by default, `sandbox()`.
    """
    response = make_response(_split(data), headers={"Content-Type": content_type})
    response.content_length = len(data)
    seal(response)
    if policy:
        response.headers["Content-Security-Policy"] = policy
    if name:
        response.headers["Content-Disposition"] = _content_disposition(name)
    return response


def _content_disposition(name: str) -> str:
    """RFC 6266: the name in ASCII, and as it is; it holds neither quotes nor control characters."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _split(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), _CHUNK):
        yield data[at : at + _CHUNK]
