"""What happens to mail: it is counted, and told to the webhook of the account that sent it.

Every event of SendGrid's mail comes through here, whoever makes it happen: a submission, a link
that is followed, a command of the control API.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from legacygrid.mail import audience
from legacygrid.mail.mime import sentences
from legacygrid.models import event_webhooks, statistics
from legacygrid.models.account import Account
from legacygrid.models.clock_days import day_of
from legacygrid.models.message import Message, Recipient
from legacygrid.models.webhooks import add_events
from legacygrid.serializers.sendgrid import event_rows

PROCESSED, DROPPED, DELIVERED, DEFERRED = "processed", "dropped", "delivered", "deferred"
BOUNCE, OPEN, CLICK = "bounce", "open", "click"
UNSUBSCRIBE, SPAMREPORT = "unsubscribe", "spamreport"
#: What becomes of most mail at once: it is processed and delivered, told as both and counted as
#: both, in one.
ACCEPTED = "accepted"
#: What the recipient's server answers, unless a test says otherwise, when it takes a mail, and when
#: it does not yet: as the manual's examples have it.
TAKEN, TRY_AGAIN = "250 OK", "400 try again later"
#: What each is counted as; drops go by their reason.
_COUNTERS: Mapping[str, tuple[str, ...]] = {
    ACCEPTED: ("requests", "processed", "delivered"),
    DELIVERED: ("delivered",),
    DEFERRED: ("deferred",),
    BOUNCE: ("bounces",),
    OPEN: ("opens",),
    CLICK: ("clicks",),
    UNSUBSCRIBE: ("unsubscribes",),
    SPAMREPORT: ("spamreports",),
}
_DROPS: Mapping[str, str] = {
    sentences.BOUNCED_ADDRESS: "repeat_bounces",
    sentences.SPAM_REPORTING_ADDRESS: "repeat_spamreports",
    sentences.UNSUBSCRIBED_ADDRESS: "repeat_unsubscribes",
    sentences.INVALID: "invalid_email",
    sentences.SPAM_CONTENT: "spam_drop",
}
_UNIQUE = {OPEN: "unique_opens", CLICK: "unique_clicks"}


class MailEvent(NamedTuple):
    """Something that happened to a message at one recipient.

    :param at: seconds since 1970, by the emulator's clock.
    :param queue_id: the name of what was submitted, and `message_id` that of the message.
    :param labels: what the sender added: `category` and `unique_args`.
    :param details: what is told of such an event alone: `reason`, `status`, `url`.
    :param is_first: it is the first of its kind at that recipient.
    """

    kind: str
    address: str
    at: float
    queue_id: str
    message_id: str
    labels: Mapping[str, Any]
    details: Mapping[str, Any] = {}
    is_first: bool = True

    @property
    def counters(self) -> tuple[str, ...]:
        """What it is counted as."""
        if self.kind == DROPPED:
            counter = _DROPS.get(self.details.get("reason", ""))
            return ("requests", counter) if counter else ("requests",)
        if self.kind == BOUNCE and self.details.get("type") == "blocked":
            return ("blocks",)
        counters = _COUNTERS[self.kind]
        unique = _UNIQUE.get(self.kind) if self.is_first else None
        return (*counters, unique) if unique else counters

    @property
    def told(self) -> tuple["MailEvent", ...]:
        """What is told of it, event by event."""
        if self.kind != ACCEPTED:
            return (self,)
        answer = {"response": TAKEN}
        return self._replace(kind=PROCESSED), self._replace(kind=DELIVERED, details=answer)


def at_recipient(
    kind: str, message: Message, recipient: Recipient, at: float, details: Mapping[str, Any]
) -> MailEvent:
    """What happened at a recipient of a message of the outbox.

    :param at: seconds since 1970, by the emulator's clock.
    :param details: what is told of such an event alone.
    """
    return MailEvent(
        kind,
        recipient.address,
        at,
        message.queue_id,
        message.message_id,
        json.loads(message.labels_json) if message.labels_json else {},
        details,
        is_first=recipient.is_first(kind),
    )


def record(account: Account, events: Sequence[MailEvent]) -> None:
    """Count what happened to mail of an account, and have it told; in the transaction in which it
    happens.
    """
    if not events:
        return
    statistics.count(account.id, _counts(account, events))
    extras = account.may_have
    if extras.apps or extras.webhooks:
        _tell(account, [step for each in events for step in each.told])


def _tell(account: Account, events: Sequence[MailEvent]) -> None:
    """Queue events for the webhooks that are told of them."""
    webhooks = [each for each in event_webhooks.list_all(account.id) if each.enabled]
    wanted = frozenset().union(*(each.kinds for each in webhooks))
    rows = [
        (each.kind, each.at, event_rows.to_json(each)) for each in events if each.kind in wanted
    ]
    for webhook in webhooks:
        kinds = webhook.kinds
        if its := [(at, row) for kind, at, row in rows if kind in kinds]:
            add_events(account.id, account.world, its, webhook.number)


def _counts(
    account: Account, events: Sequence[MailEvent]
) -> Iterator[tuple[statistics.Place, Sequence[str]]]:
    """Where each is counted, and as what: for its day, and of that once more for each of its
    categories, and for each part of the recipients that it is about.
    """
    # Those of one submission have one moment.
    days = {at: day_of(at, account.time_zone) for at in {event.at for event in events}}
    for event in events:
        categories = event.labels.get("category", ())
        user_agent = event.details.get("useragent", "")
        parts = audience.find_parts(event.kind, event.address, user_agent)
        counters = event.counters
        for place in product((days[event.at],), ("", *categories), ("", *parts)):
            yield statistics.Place._make(place), counters
