"""What the control API takes and tells of webhooks: posts with their attempts."""

import json
from typing import Any

from marshmallow import fields, validate

from legacygrid.endpoints.control.records import time_to_json
from legacygrid.endpoints.control.schemas import ControlSchema
from legacygrid.endpoints.control.waiting import WaitSchema
from legacygrid.models.webhook_posts import PostRecord
from legacygrid.models.webhooks import KINDS, STATES, WAITING, WebhookAttempt
from legacygrid.serializers.json_types import Literals, MapOf
from legacygrid.wsgi.callback_urls import mask_url

#: Posts that one fault is for at most.
_MOST = 100_000
#: The highest number that a row may have.
LAST = 2**63 - 1


class PostFilterSchema(ControlSchema):
    """Which posts are meant."""

    account = fields.String()
    subuser = fields.String()
    kind = fields.String(validate=validate.OneOf(KINDS))
    state = fields.String(validate=validate.OneOf(STATES))
    after = fields.Integer(validate=validate.Range(min=0, max=LAST))


class PostListSchema(WaitSchema, PostFilterSchema):
    """Which posts are listed, with their bodies or without, and how long they are waited for."""

    limit = fields.Integer(validate=validate.Range(min=1, max=2**31 - 1))
    whole = fields.Boolean(
        truthy={True, "true", "1"}, falsy={False, "false", "0"}, load_default=False
    )


class PostFaultsSchema(ControlSchema):
    """How many of the next posts come twice, and how many out of order."""

    twice = fields.Integer(strict=True, validate=validate.Range(0, _MOST), load_default=0)
    out_of_order = fields.Integer(strict=True, validate=validate.Range(0, _MOST), load_default=0)


class AccountSchema(ControlSchema):
    """Whose posts are meant."""

    account = fields.String(required=True)


class SigningSchema(AccountSchema):
    """Whose posts are signed, or no longer."""

    on = fields.Boolean(truthy={True}, falsy={False}, load_default=True)


#: What a post looks like; `body` where it is told whole.
POST = {
    "id": int,
    **dict.fromkeys(("time", "world", "account", "subuser"), str),
    "kind": Literals(KINDS),
    "url": str,
    "headers": MapOf(str),
    "size": int,
    "events": int,
    "state": Literals(STATES),
    "due": (str, None),
    "attempts": [{"time": str, "status": (int, None), "error": str, "answer": str, "ms": float}],
    "body?": str,
}


def post_to_json(record: PostRecord, with_body: bool = False) -> dict[str, Any]:
    """A post; the name and the password in its URL are not told."""
    post = record.post
    told = {
        "id": post.id,
        "time": time_to_json(post.at),
        "world": post.world,
        "account": record.primary or record.owner,
        "subuser": record.owner if record.primary else "",
        "kind": post.kind,
        "url": mask_url(post.url),
        "headers": json.loads(post.headers_json),
        "size": record.size,
        "events": post.events,
        "state": post.state,
        "due": time_to_json(post.due_at) if post.state == WAITING else None,
        "attempts": list(map(_attempt_to_json, record.attempts)),
    }
    return told | ({"body": bytes(post.body).decode("utf-8", "replace")} if with_body else {})


def _attempt_to_json(attempt: WebhookAttempt) -> dict[str, Any]:
    return {
        "time": time_to_json(attempt.at),
        "status": attempt.status,
        "error": attempt.error,
        "answer": attempt.answer,
        "ms": round(attempt.seconds * 1000, 3),
    }
