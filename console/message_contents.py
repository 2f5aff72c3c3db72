"""The contents of a message: HTML for a frame, source, files. Strangers wrote them, so a browser
shows them in a sandbox.
"""

from flask import Blueprint, Response, abort

from legacygrid.console import reading
from legacygrid.console.messages import find_message
from legacygrid.console.pages import Page, for_everybody
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.wsgi.untrusted import sandbox, send_untrusted

blueprint = Blueprint("message_contents", __name__)
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


def _send(data: bytes, name: str = "", policy: str = "", *, content_type: str) -> Response:
    response = send_untrusted(data, content_type, name, policy)
    # A browser shows no sandboxed page under a policy of openers.
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response
