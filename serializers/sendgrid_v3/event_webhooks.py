"""user/webhooks/event of v3: what its calls take and answer."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from legacygrid.models.event_webhooks import EVENTS, STATUS_CHANGE, Webhook
from legacygrid.serializers.json_types import JsonType
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3.fields import BodyFlag, BodyText, PathText, QueryText
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.writers import Row


class WebhookUrl(BodyText):
    """Where events are posted to. It may hold a password, so no journal shows it."""

    is_shown = False


class WebhookSecret(BodyText):
    """What no journal shows."""

    is_shown = False


#: What signs in at a server of the receiver's before each post.
OAUTH = ("oauth_client_id", "oauth_client_secret", "oauth_token_url")


def webhook_edit(profile: Profile) -> Params:
    """PATCH: what is not given stays."""
    return {"url": WebhookUrl(2000), **_switches(), **_names()}


def edit_of_one(profile: Profile) -> Params:
    """The same of one that the path names."""
    return {**webhook_id(profile), **webhook_edit(profile)}


def new_webhook(profile: Profile) -> Params:
    """POST: what is not given is off."""
    return {"url": WebhookUrl(2000, required=True), **_switches(), **_names()}


def test_post(profile: Profile) -> Params:
    """POST event/test."""
    return {"id": BodyText(100), "url": WebhookUrl(2000, required=True), **_oauth()}


def _switches() -> Params:
    return {name: BodyFlag() for name in ("enabled", *EVENTS, STATUS_CHANGE)}


def _names() -> Params:
    return {"friendly_name": BodyText(255, default=""), **_oauth()}


def _oauth() -> Params:
    return {name: WebhookSecret(2000, default="") for name in OAUTH}


def webhook_id(profile: Profile) -> Params:
    """The webhook that the path names."""
    return {"id": PathText(100)}


def included(profile: Profile) -> Params:
    """GET: `include=account_status_change` has that member told, too."""
    return {"include": QueryText(100)}


def included_of_one(profile: Profile) -> Params:
    """The same of one that the path names."""
    return {**webhook_id(profile), **included(profile)}


def signing(profile: Profile) -> Params:
    """PATCH event/settings/signed."""
    return {"enabled": BodyFlag(required=True)}


def signing_of_one(profile: Profile) -> Params:
    """The same of one that the path names."""
    return {**webhook_id(profile), **signing(profile)}


class ToldWebhook(NamedTuple):
    """A webhook as it is told.

    :param public_key: of what signs its posts; empty where they are not signed.
    :param has_status_change: whether it is asked for that, too.
    """

    webhook: Webhook
    public_key: str = ""
    has_status_change: bool = False


def _to_json(told: ToldWebhook) -> Row:
    webhook = told.webhook
    extra = (STATUS_CHANGE,) if told.has_status_change else ()
    row: dict[str, Any] = {"enabled": webhook.enabled, "url": webhook.url}
    row |= {name: name in webhook.events for name in (*extra, *EVENTS)}
    if webhook.friendly_name:
        row["friendly_name"] = webhook.friendly_name
    row["id"] = webhook.uid
    if told.public_key:
        row["public_key"] = told.public_key
    return row | _dates(webhook)


def _dates(webhook: Webhook) -> dict[str, Any]:
    """Since when it is there; the manual: null of one that is older than v3's."""
    if webhook.created_at is None or webhook.updated_at is None:
        return {"created_date": None}
    return {
        "created_date": _write_date(webhook.created_at),
        "updated_date": _write_date(webhook.updated_at),
    }


def _write_date(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _single(webhook: Webhook) -> Row:
    """As it was told when an account had one: 13 keys in alphabetical order."""
    row: dict[str, Any] = {"enabled": webhook.enabled, "url": webhook.url}
    row |= {name: name in webhook.events for name in EVENTS}
    return dict(sorted(row.items()))


class SigningKey(NamedTuple):
    """What the posts to a webhook are signed by.

    :param uid: the webhook's, where the call names it.
    """

    uid: str
    public_key: str


_SINGLE: dict[str, JsonType] = {"enabled": bool, "url": str, **dict.fromkeys(EVENTS, bool)}
_WEBHOOK = {
    **_SINGLE,
    f"{STATUS_CHANGE}?": bool,
    "friendly_name?": str,
    "id": str,
    "public_key?": str,
    "created_date": (str, None),
    "updated_date?": str,
}
webhook = make_rows(_to_json, _WEBHOOK)
single = make_rows(_single, _SINGLE)
all_webhooks = make_rows(
    lambda told: {"max_allowed": told.most, "webhooks": list(map(_to_json, told.webhooks))},
    {"max_allowed": int, "webhooks": [_WEBHOOK]},
)
signing_key = make_rows(
    lambda told: {"id": told.uid, "public_key": told.public_key}, {"id": str, "public_key": str}
)


class ToldWebhooks(NamedTuple):
    """All webhooks of an account, and how many it may have."""

    most: int
    webhooks: list[ToldWebhook]
