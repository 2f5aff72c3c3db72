"""/v3/user/webhooks/event: to whom the events of an account's mail are told. The oldest webhook is
the app `eventnotify` of v2, where that has a URL; calls that name no webhook are about the oldest.
"""

from typing import Any

from legacygrid import reasons
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.grid import Grid
from legacygrid.harness.webhooks import signing
from legacygrid.models import event_webhooks, webhook_settings
from legacygrid.models.account import Account
from legacygrid.models.event_webhooks import EVENTS, STATUS_CHANGE, UnknownWebhook, Webhook
from legacygrid.models.webhook_settings import TooManyWebhooks, WebhookExists
from legacygrid.registry.evidence import pasted
from legacygrid.registry.not_emulated import NOT_EMULATED
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import event_webhooks as serializers
from legacygrid.serializers.sendgrid_v3 import webhook_words
from legacygrid.serializers.sendgrid_v3.event_webhooks import OAUTH, ToldWebhook, ToldWebhooks
from legacygrid.serializers.sendgrid_v3.webhook_words import KNOWN, BadWebhookUrl
from legacygrid.wsgi.callback_urls import read_url

family = new_family()

_READ, _UPDATE = "user.webhooks.event.settings.read", "user.webhooks.event.settings.update"
_GUIDED = pasted("sendgrid/docs, the guide to automating subusers")
_REFUSES_URL = (BadWebhookUrl, WebhookExists, reasons.NotEmulated)
_EXAMPLE = {"enabled": True, "url": "https://example.com/events", "bounce": True}
#: The manual's own.
UID = {"id": "77d4a5da-7015-11ed-a1eb-0242ac120002"}
_SETTINGS, _ONE = "v3/user/webhooks/event/settings", "v3/user/webhooks/event/settings/{id}"


@family.operation(
    _SETTINGS,
    task="POST",
    effect=WRITES,
    scopes=(_UPDATE,),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.new_webhook,
        rows=serializers.webhook,
        refuses=(*_REFUSES_URL, TooManyWebhooks),
        status=201,
        example=_EXAMPLE,
    ),
)
def add_webhook(caller: Account, grid: Grid, url: str, **given: Any) -> ToldWebhook:
    """Have events of the account's mail posted to a further URL."""
    settings = _read_settings(given)
    _check_url(caller.id, url)
    at = grid.clock.now(caller.world)
    return ToldWebhook(webhook_settings.add(caller.id, url, at, **settings))


@family.operation(
    f"{_SETTINGS}/all",
    task="GET",
    scopes=(_READ,),
    contract=Contract(evidence=KNOWN, params=serializers.included, rows=serializers.all_webhooks),
)
def list_webhooks(caller: Account, include: str = "") -> ToldWebhooks:
    """List the account's Event Webhooks, oldest first."""
    told = [_tell(each, include) for each in event_webhooks.list_all(caller.id)]
    return ToldWebhooks(webhook_settings.MOST, told)


@family.operation(
    _SETTINGS,
    task="GET",
    scopes=(_READ,),
    contract=Contract(evidence=_GUIDED, rows=serializers.single),
)
def get_oldest_webhook(caller: Account) -> Webhook:
    """Tell the account's oldest Event Webhook, as when it could have no other."""
    return event_webhooks.find(caller.id, "")


@family.operation(
    _SETTINGS,
    task="PATCH",
    effect=WRITES,
    scopes=(_UPDATE,),
    contract=Contract(
        evidence=_GUIDED,
        params=serializers.webhook_edit,
        rows=serializers.single,
        refuses=_REFUSES_URL,
        example=_EXAMPLE,
    ),
)
def change_oldest_webhook(caller: Account, grid: Grid, **given: Any) -> Webhook:
    """Change what is given of the account's oldest Event Webhook; if it has none, it gets one."""
    return _change(event_webhooks.find(caller.id, ""), grid.clock.now(caller.world), given)


@family.operation(
    _ONE,
    task="GET",
    scopes=(_READ,),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.included_of_one,
        rows=serializers.webhook,
        refuses=(UnknownWebhook,),
        example=UID,
    ),
)
def get_webhook(caller: Account, id: str, include: str = "") -> ToldWebhook:
    """Tell one of the account's Event Webhooks."""
    return _tell(event_webhooks.find(caller.id, id), include)


@family.operation(
    _ONE,
    task="PATCH",
    effect=WRITES,
    scopes=(_UPDATE,),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.edit_of_one,
        rows=serializers.webhook,
        refuses=(*_REFUSES_URL, UnknownWebhook),
        example={**UID, **_EXAMPLE},
    ),
)
def change_webhook(caller: Account, grid: Grid, id: str, **given: Any) -> ToldWebhook:
    """Change what is given of one of the account's Event Webhooks."""
    webhook = event_webhooks.find(caller.id, id)
    return ToldWebhook(_change(webhook, grid.clock.now(caller.world), given))


@family.operation(
    _ONE,
    task="DELETE",
    effect=WRITES,
    scopes=(_UPDATE,),
    contract=Contract(
        evidence=KNOWN,
        params=serializers.webhook_id,
        refuses=(UnknownWebhook,),
        status=204,
        example=UID,
    ),
)
def delete_webhook(caller: Account, id: str) -> None:
    """Take one of the account's Event Webhooks away."""
    webhook_settings.remove(event_webhooks.find(caller.id, id))


def _read_settings(given: dict[str, Any]) -> dict[str, Any]:
    """What was given, as it is set.

    :raises NotEmulated: see `refuse_oauth`.
    """
    refuse_oauth(given)
    events = {name: given.pop(name) for name in (*EVENTS, STATUS_CHANGE) if name in given}
    return given | ({"events": events} if events else {})


def refuse_oauth(given: dict[str, Any]) -> None:
    """Take what is about OAuth out of what was given: no server is asked for a token before posts.

    :raises NotEmulated: there is some.
    """
    for name in OAUTH:
        if given.pop(name, ""):
            raise reasons.NotEmulated(NOT_EMULATED.fill(name=name))


def _check_url(account: int, url: str, number: int | None = None) -> None:
    """See that a webhook may post to a URL.

    :param number: of the webhook that is there.
    :raises BadWebhookUrl: it is no whole URL.
    :raises WebhookExists: another webhook of the account does.
    """
    require_url(url)
    if other := webhook_settings.find_other(account, url, number):
        raise WebhookExists(webhook_words.taken_url(other))


def require_url(url: str) -> None:
    """See that something can be posted to a URL.

    :raises BadWebhookUrl: it is no whole URL.
    """
    try:
        is_whole = "://" in url and bool(read_url(url))
    except ValueError:
        is_whole = False
    if not is_whole:
        raise BadWebhookUrl(webhook_words.bad_url(url))


def _change(webhook: Webhook, at: float, given: dict[str, Any]) -> Webhook:
    settings = _read_settings(given)
    if "url" in settings:
        _check_url(webhook.account, settings["url"], webhook.number)
    return webhook_settings.change(webhook, at, **settings)


def _tell(webhook: Webhook, include: str) -> ToldWebhook:
    key = webhook.signing_key
    return ToldWebhook(webhook, signing.public_key(key) if key else "", include == STATUS_CHANGE)
