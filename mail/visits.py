"""What happens when somebody follows a link of a mail: it is counted at the recipient, told, and an
address that unsubscribes is put on the list.
"""

from typing import Any, NamedTuple

from legacygrid.mail import events
from legacygrid.mail.events import MailEvent
from legacygrid.mail.tracking_links import CLICK, OPEN, UNSUBSCRIBE, Claim
from legacygrid.models import outbox, suppression

_EVENTS = {CLICK: events.CLICK, OPEN: events.OPEN, UNSUBSCRIBE: events.UNSUBSCRIBE}


class LinkVisitor(NamedTuple):
    """Who follows a link: the address and the program, as the request has them."""

    ip: str
    user_agent: str


def is_noted(kind: str, claim: Claim) -> bool:
    """Whether anything changes by following that link."""
    return kind == UNSUBSCRIBE or bool(claim.queue_id)


def note(kind: str, claim: Claim, visitor: LinkVisitor, at: float) -> None:
    """Note that somebody follows a link, within a transaction.

    :param at: seconds since 1970, by the emulator's clock.
    """
    account = claim.account
    is_new = kind != UNSUBSCRIBE or suppression.add(account, kind, claim.value, at)
    if claim.queue_id and is_new:
        events.record(account, [_event(kind, claim, visitor, at)])


def _event(kind: str, claim: Claim, visitor: LinkVisitor, at: float) -> MailEvent:
    details: dict[str, Any] = {}
    if kind != UNSUBSCRIBE:
        details = {"ip": visitor.ip, "useragent": visitor.user_agent}
    if kind == CLICK:
        details["url"] = claim.value
    recipient = outbox.find_recipient(claim.account.id, claim.queue_id, claim.address)
    if recipient is None:
        # The message has left the outbox, and with it what the sender added.
        return MailEvent(
            _EVENTS[kind], claim.address, at, claim.queue_id, "", {}, details, is_first=False
        )
    recipient.count(_EVENTS[kind])
    return events.at_recipient(_EVENTS[kind], recipient.message, recipient, at, details)
