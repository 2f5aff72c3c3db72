"""`/__admin/inbound`: mail from outside, for hostnames of the Parse Webhook. Part of the control
API.
"""

from typing import Any

from flask import Blueprint, Response, jsonify

from legacygrid.endpoints.control import request_bodies
from legacygrid.endpoints.control.descriptions import describe
from legacygrid.endpoints.control.errors import BadRequest
from legacygrid.endpoints.control.inbound_schemas import InboundSchema
from legacygrid.endpoints.control.request_bodies import current_world, world_filter
from legacygrid.grid import current_grid
from legacygrid.mail import inbound
from legacygrid.mail.envelope import make_message_id
from legacygrid.mail.inbound import MAX_POSTS, MAX_SIZE, InboundMail, InboundPost
from legacygrid.mail.mime import composing
from legacygrid.mail.mime.composing import Address, Attachment, Draft, UnwritableValue
from legacygrid.reasons import LoginRequired, TooManyRecipients
from legacygrid.serializers.sendgrid.inbound_form import Findings
from legacygrid.wsgi import blocking
from legacygrid.wsgi.callback_urls import mask_url
from legacygrid.wsgi.worlds import split_world

blueprint = Blueprint("inbound", __name__)
#: What is told of a post of it.
_POST = {"id": int, "world": str, "hostname": str, "url": str, "recipients": [str]}
#: The fields of a request, where a draft calls them otherwise.
_FIELDS = {"From": "from", "Subject": "subject", "files": "attachments", "content": "attachments"}


@blueprint.post("/inbound")
@describe({"queue_id": str, "posts": [_POST]}, body=InboundSchema)
def receive() -> Response:
    """A mail comes in, whole or in parts, as by SMTP from another server."""
    loaded = request_bodies.load_body(InboundSchema())
    # It may be long, and is stored.
    blocking.about_to_block()
    mail = _make_mail(loaded)
    if len(mail.raw) > MAX_SIZE:
        raise BadRequest({"body": [f"is a mail of more than {MAX_SIZE >> 20} MiB"]})
    try:
        receipt = inbound.receive(current_grid(), mail, world_filter())
    except LoginRequired:
        raise BadRequest({"to": ["no account has registered such a hostname"]}) from None
    except TooManyRecipients:
        raise BadRequest({"to": [f"more than {MAX_POSTS} hostnames"]}) from None
    return jsonify(queue_id=receipt.queue_id, posts=list(map(_post_to_json, receipt.posts)))


def _make_mail(loaded: dict[str, Any]) -> InboundMail:
    """The mail that a request describes.

    :raises BadRequest: something of it cannot be written.
    """
    to, sender, findings = loaded.pop("to"), loaded.pop("sender"), loaded.pop("findings", {})
    raw = loaded.get("raw")
    if raw is None:
        raw = _compose(sender, to, loaded)
    envelope = (sender.address, tuple(dict.fromkeys(to)))
    return InboundMail(*envelope, raw, Findings(**findings))


def _compose(sender: Address, to: list[str], parts: dict[str, Any]) -> bytes:
    draft = Draft(
        sender=sender.address,
        sender_name=sender.name,
        to=tuple(Address(split_world(each)[1]) for each in to),
        subject=parts.get("subject", ""),
        text=parts.get("text", ""),
        html=parts.get("html", ""),
        overrides=parts.get("headers", {}),
        attachments=tuple(Attachment(**each) for each in parts.get("attachments", ())),
    )
    at = current_grid().clock.now(current_world())
    try:
        return composing.compose(draft, at, make_message_id())
    except UnwritableValue as error:
        field = _FIELDS.get(error.field, error.field)
        raise BadRequest({field: [str(error.why)]}) from None


def _post_to_json(post: InboundPost) -> dict[str, Any]:
    return {
        "id": post.number,
        "world": post.host.world,
        "hostname": post.host.hostname,
        "url": mask_url(post.host.url),
        "recipients": list(post.recipients),
    }
