"""/v3/user/webhooks/event/settings/signed and /event/test: by what a receiver knows that a post is
from a webhook of the account, and a post by which it is tried.
"""

from dataclasses import replace

from legacygrid import reasons
from legacygrid.endpoints.sendgrid_v3.event_webhooks import UID, refuse_oauth, require_url
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.grid import Grid
from legacygrid.harness.webhooks import signing
from legacygrid.mail.sample_events import make_samples
from legacygrid.models import event_webhooks, webhooks
from legacygrid.models.account import Account
from legacygrid.models.event_webhooks import UnknownWebhook
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid import event_posts, event_rows
from legacygrid.serializers.sendgrid_v3 import event_webhooks as serializers
from legacygrid.serializers.sendgrid_v3.event_webhooks import SigningKey
from legacygrid.serializers.sendgrid_v3.webhook_words import KNOWN, BadWebhookUrl

family = new_family()

_READ, _UPDATE = "user.webhooks.event.settings.read", "user.webhooks.event.settings.update"
_SIGNED = "v3/user/webhooks/event/settings/signed"
_TELL = Contract(evidence=KNOWN, rows=serializers.signing_key)
_SIGN = Contract(
    evidence=KNOWN,
    params=serializers.signing,
    rows=serializers.signing_key,
    example={"enabled": True},
)


@family.operation(_SIGNED, task="GET", scopes=(_READ,), contract=_TELL)
def get_oldest_key(caller: Account) -> SigningKey:
    """Tell the public key of the account's oldest Event Webhook; none where it does not sign."""
    return _tell(caller, "")


@family.operation(
    f"{_SIGNED}/{{id}}",
    task="GET",
    scopes=(_READ,),
    contract=replace(_TELL, params=serializers.webhook_id, refuses=(UnknownWebhook,), example=UID),
)
def get_key(caller: Account, id: str) -> SigningKey:
    """Tell the public key of one of the account's Event Webhooks; none where it does not sign."""
    return _tell(caller, id)


@family.operation(_SIGNED, task="PATCH", effect=WRITES, scopes=(_UPDATE,), contract=_SIGN)
def sign_oldest(caller: Account, enabled: bool) -> SigningKey:
    """Have the posts to the account's oldest Event Webhook signed, or no longer."""
    return _sign(caller, "", enabled)


@family.operation(
    f"{_SIGNED}/{{id}}",
    task="PATCH",
    effect=WRITES,
    scopes=(_UPDATE,),
    contract=replace(
        _SIGN,
        params=serializers.signing_of_one,
        refuses=(UnknownWebhook,),
        example={**UID, "enabled": True},
    ),
)
def sign(caller: Account, id: str, enabled: bool) -> SigningKey:
    """Have the posts to one of the account's Event Webhooks signed, or no longer."""
    return _sign(caller, id, enabled)


@family.operation(
    "v3/user/webhooks/event/test",
    task="POST",
    effect=WRITES,
    scopes=("user.webhooks.event.test.create", "user.webhooks.event.test.update"),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.test_post,
        refuses=(BadWebhookUrl, UnknownWebhook, reasons.NotEmulated),
        status=204,
        example={"url": "https://example.com/events"},
    ),
)
def post_samples(caller: Account, grid: Grid, url: str, id: str = "", **oauth: str) -> None:
    """Post one event of each kind to a URL, signed as the webhook's own posts are."""
    refuse_oauth(oauth)
    require_url(url)
    webhook = event_webhooks.find(caller.id, id)
    at = grid.clock.now(caller.world)
    rows = list(map(event_rows.to_json, make_samples(at)))
    headers = event_posts.headers_of(event_posts.V3)
    for count, body in event_posts.make_bodies(event_posts.V3, rows):
        about = (caller.id, caller.world, webhooks.EVENT, url)
        webhooks.add_post(*about, headers, body, at, count, webhook.number)


def _tell(account: Account, uid: str) -> SigningKey:
    key = event_webhooks.find(account.id, uid).signing_key
    return SigningKey(uid, signing.public_key(key) if key else "")


def _sign(account: Account, uid: str, is_on: bool) -> SigningKey:
    signing.switch(event_webhooks.find(account.id, uid), is_on)
    return _tell(account, uid)
