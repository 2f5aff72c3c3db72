"""`/__admin/messages/ID/...`: what is in a message, each part by a URL. Part of the control API.

Strangers wrote it: whoever opens such a URL in a browser runs nothing of it.
"""

from flask import Blueprint

from legacygrid.endpoints.control.descriptions import Content, describe
from legacygrid.endpoints.control.errors import Answer, BadRequest, refuse
from legacygrid.endpoints.control.request_bodies import world_filter
from legacygrid.grid import current_grid
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.models.message import Message
from legacygrid.wsgi import blocking, untrusted
from legacygrid.wsgi.untrusted import send_untrusted

blueprint = Blueprint("contents", __name__)


@blueprint.get("/messages/<int:number>/raw")
@blueprint.get("/messages/<int:number>/source")
@describe(Content("message/rfc822"), refuses=(404,))
def source(number: int) -> Answer:
    """A message as it would leave."""
    return send_untrusted(_read(number), "message/rfc822", f"message-{number}.eml")


@blueprint.get("/messages/<int:number>/text")
@describe(Content("text/plain"), refuses=(404,))
def text(number: int) -> Answer:
    """Its text."""
    return _send_body(number, "text")


@blueprint.get("/messages/<int:number>/html")
@describe(Content("text/html"), refuses=(404,))
def html(number: int) -> Answer:
    """Its HTML, as it is in the message."""
    return _send_body(number, "html")


@blueprint.get("/messages/<int:number>/files/<int:place>")
@describe(Content("application/octet-stream"), refuses=(404,))
def file(number: int, place: int) -> Answer:
    """One of its files, from 1 in their order; never as the type that the message claims."""
    files = ParsedMail.parse(_read(number)).files
    if not 0 < place <= len(files):
        return refuse(
            "file", f"message {number} has {len(files)} files, and no number {place}", 404
        )
    found = files[place - 1]
    return send_untrusted(found.content, "application/octet-stream", found.name)


def _send_body(number: int, kind: str) -> Answer:
    plain, markup = ParsedMail.parse(_read(number)).bodies
    body = {"text": plain, "html": markup}[kind]
    if not body:
        return refuse(kind, f"message {number} has none", 404)
    content_type = f"text/{'plain' if kind == 'text' else 'html'}; charset=utf-8"
    policy = untrusted.HTML if kind == "html" else ""
    return send_untrusted(body.encode("utf-8", "replace"), content_type, policy=policy)


def _read(number: int) -> bytes:
    """The source of the message of that number.

    :raises BadRequest: there is none.
    """
    blocking.about_to_block()
    with current_grid().store.reading():
        message = Message.find(number, world_filter())
    if message is None:
        raise BadRequest({"id": [f"there is no message {number}"]}, 404)
    return bytes(message.source)
