"""The contents of a message: HTML for a frame, source, files. Strangers wrote them, so a browser
shows them in a sandbox.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort

from legacygrid.console import reading
from legacygrid.console.messages import find_message
from legacygrid.console.pages import Page, for_everybody
from legacygrid.console.policy import sandbox
from legacygrid.mail.mime.parsed_mail import ParsedMail

blueprint = Blueprint("message_contents", __name__)
#: Bytes that are sent at a time.
_CHUNK = 64 * 1024
#: What the page of a message may show of it: no script, no network; styles of its own and pictures
#: within it.
FRAME = sandbox(style_src="'unsafe-inline'", img_src="data:", frame_ancestors="'self'")


@blueprint.get("/messages/<int:number>/html")
@for_everybody
def html(number: int) -> Page:
    """The HTML of a message, for the frame on its page."""
    page = reading.frame_html(_source(number)).encode("utf-8", "replace")
    return _send(page, content_type="text/html; charset=utf-8", policy=FRAME)


@blueprint.get("/messages/<int:number>/source")
@for_everybody
def source(number: int) -> Page:
    """A message as it would leave, to look at."""
    return _send(_source(number), content_type="text/plain; charset=utf-8")


@blueprint.get("/messages/<int:number>/source.eml")
@for_everybody
def download(number: int) -> Page:
    """The same, to keep."""
    return _send(_source(number), f"message-{number}.eml", content_type="message/rfc822")


@blueprint.get("/messages/<int:number>/files/<int:part>")
@for_everybody
def show_file(number: int, part: int) -> Page:
    """A file of a message. Its type is never the one that the message claims."""
    attached = {each.number: each for each in ParsedMail.parse(_source(number)).files}
    if part not in attached:
        abort(404)
    file = attached[part]
    return _send(file.content, file.name, content_type="application/octet-stream")


def _source(number: int) -> bytes:
    return bytes(find_message(number).source)


def _send(data: bytes, name: str = "", policy: str = "", **more: Any) -> Response:
    """Bytes in pieces.

    :param name: by which it is saved; without one it is shown.
    """
    response = Response(_chunks(data), **more)
    response.content_length = len(data)
    response.headers["Content-Security-Policy"] = policy or sandbox()
    # A browser shows no sandboxed page under a policy of openers.
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    if name:
        response.headers["Content-Disposition"] = _content_disposition(name)
    return response


def _content_disposition(name: str) -> str:
    """RFC 6266: the name in ASCII, and as it is; it holds neither quotes nor control characters."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _chunks(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), _CHUNK):
        yield data[at : at + _CHUNK]
