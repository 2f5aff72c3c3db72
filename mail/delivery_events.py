"""Simulated events after a message left: bounces, blocks, delays, and unsubscribed recipients."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from legacygrid import reasons
from legacygrid.grid import Grid
from legacygrid.mail import events, forwarding, notices
from legacygrid.mail.envelope import DOMAIN
from legacygrid.mail.events import MailEvent
from legacygrid.mail.mime.composing import Address, Draft
from legacygrid.models import suppression
from legacygrid.models.account import Account
from legacygrid.models.message import (
    AUDIT,
    BLOCKED,
    BOUNCED,
    DEFERRED,
    DELIVERED,
    DROPPED,
    REFUSED,
    Message,
    Recipient,
)
from legacygrid.models.suppression import BLOCK, BOUNCE, SPAMREPORT, USUAL_STATUS, NewEntry

#: What becomes of the message at the recipient; of other events, nothing.
_OUTCOMES = {"bounce": BOUNCED, "block": BLOCKED, "defer": DEFERRED, "deliver": DELIVERED}
#: Unless a code is given: unknown user, blocked address, resend timeout.
_CODES = {"bounce": 2, "block": 10, "defer": 3, "deliver": None}
#: From where recipients act.
_IP = "127.0.0.1"
#: What SendGrid called them, where the control API has another name, and what it told of each: of
#: mail that came back the `reason`, and otherwise the `response` of the recipient's server.
_TOLD: Mapping[str, tuple[str, dict[str, Any]]] = {
    "bounce": (events.BOUNCE, {"type": "bounce", "status": USUAL_STATUS[BOUNCE], "reason": ""}),
    "block": (events.BOUNCE, {"type": "blocked", "status": USUAL_STATUS[BLOCK], "reason": ""}),
    "defer": (events.DEFERRED, {"response": events.TRY_AGAIN, "attempt": "1"}),
    "deliver": (events.DELIVERED, {"response": events.TAKEN}),
    "unsubscribe": (events.UNSUBSCRIBE, {}),
    "spamreport": (events.SPAMREPORT, {}),
    "open": (events.OPEN, {"ip": _IP, "useragent": ""}),
    "click": (events.CLICK, {"ip": _IP, "useragent": ""}),
}


class DeliveryEvent(NamedTuple):
    """What happens to a message.

    :param event: `bounce`, `block`, `defer`, `deliver`, `unsubscribe`, `spamreport`, `open` or
        `click`.
    :param recipient: the address that it happens at; empty for all whom the sender named.
    :param code: why, by Customers Mail Cloud's numbers; by default the usual one of the event.
    :param reason: why, in words; what the recipient's server said, if the mail did not come back.
    :param url: of the link that was followed.
    :param status: why, as SMTP servers say it (RFC 3463); by default the usual one of the event.
    :param useragent: of the program that opened the message or followed the link.
    """

    event: str
    recipient: str | None = None
    code: int | None = None
    reason: str = ""
    url: str = ""
    status: str = ""
    useragent: str = ""

    @property
    def told(self) -> tuple[str, dict[str, Any]]:
        """What SendGrid called it, and told of it."""
        kind, details = _TOLD[self.event]
        own = {"url": self.url, "status": self.status, "useragent": self.useragent}
        own |= {name: self.reason for name in ("reason", "response") if name in details}
        return kind, details | {name: text for name, text in own.items() if text}

    def matches(self, recipient: Recipient) -> bool:
        """Whether it happens at that recipient; the message does not go to one that was dropped."""
        if recipient.outcome == DROPPED:
            return False
        if self.recipient is not None:
            return recipient.address == self.recipient
        # The copy for an audit is nobody's mail: it has to be named.
        return recipient.kind != AUDIT


def simulate(grid: Grid, number: int, world: str | None, event: DeliveryEvent) -> list[Recipient]:
    """Simulate an event at the recipients of a message.

    :param number: of the message.
    :param world: in which the message has to be; in any, if none is given.
    :returns: the recipients that were affected.
    :raises UnknownMessage: there is none of that number, or no longer.
    :raises WentNowhere: the message was refused or dropped.
    :raises UnknownRecipient: no recipient of the message matches.
    """
    found = Message.find(number, world)
    at = grid.clock.now(found.world if found else "")
    with grid.store.writing(at):
        # It may be gone by now, and its recipients with it.
        message = Message.find(number, world)
        if message is None:
            raise reasons.UnknownMessage
        if message.disposition in (REFUSED, DROPPED):
            raise reasons.WentNowhere
        affected = [each for each in Recipient.of(message) if event.matches(each)]
        if not affected:
            raise reasons.UnknownRecipient
        account: Account | None = Account.get_or_none(Account.id == message.account_id)
        system = grid.systems.of_kind(message.kind)
        for recipient in affected:
            _apply(event, message, recipient, at)
        if account is not None:
            _list(account, system.event_lists.get(event.event), event, affected, at)
            if message.operation in system.told_operations:
                events.record(account, [_tell(event, message, each, at) for each in affected])
                forwarding.forward(event.event, account, message, affected, at)
        grid.retention.count_stored(len(affected), len(affected) * message.size)
    # It may have sent notices.
    grid.mailed.announce(message.world)
    return affected


def _apply(event: DeliveryEvent, message: Message, recipient: Recipient, at: float) -> None:
    """Note what becomes of the message at a recipient."""
    recipient.count(event.event)
    if event.event in _OUTCOMES:
        recipient.outcome, recipient.at = _OUTCOMES[event.event], at
        recipient.code, recipient.reason = event.code or _CODES[event.event], event.reason
        recipient.save()
    if event.event == "bounce":
        _notify(message, recipient, at)


def _list(
    account: Account, kind: str | None, event: DeliveryEvent, affected: list[Recipient], at: float
) -> None:
    """Put the recipients on a list of the account, if the event puts them on one."""
    if kind is not None:
        status = event.told[1].get("status", "")
        ip = _IP if kind == SPAMREPORT else ""
        entries = [NewEntry(each.address, event.reason, status, ip) for each in affected]
        suppression.add_all(account, kind, entries, at)


def _tell(event: DeliveryEvent, message: Message, recipient: Recipient, at: float) -> MailEvent:
    """The event as SendGrid told of it."""
    kind, details = event.told
    return events.at_recipient(kind, message, recipient, at, details)


def _notify(message: Message, bounced: Recipient, at: float) -> None:
    """SMTP2GO's setting: a bounce goes back to the sender, to another address, or to nobody."""
    to = message.bounce_notifications
    if to == "from":
        to = message.mail_from
    if to in ("", "drop"):
        return
    notices.store_notice(message.sender, _notice(message, bounced, to), "bounce", at)


def _notice(message: Message, bounced: Recipient, to: str) -> Draft:
    """The bounce notice."""
    why = bounced.reason or f"code {bounced.code}"
    return Draft(
        sender=f"mailer-daemon@{DOMAIN}",
        sender_name="Mail Delivery System",
        to=(Address(to),),
        subject="Undelivered Mail Returned to Sender",
        text=f"Your message to {bounced.address} could not be delivered: {why}.",
        headers={"Auto-Submitted": "auto-replied", "X-Failed-Recipients": bounced.address},
        attachments=(notices.attach_headers(bytes(message.source)),),
    )
