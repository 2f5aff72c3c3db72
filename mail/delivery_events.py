"""Simulated events after a message left: bounces, blocks, delays, and unsubscribed recipients."""

from typing import NamedTuple

from legacygrid import reasons
from legacygrid.grid import Grid
from legacygrid.mail import notices
from legacygrid.mail.envelope import DOMAIN
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

_OUTCOMES = {"bounce": BOUNCED, "block": BLOCKED, "defer": DEFERRED, "deliver": DELIVERED}
#: Unless a code is given: unknown user, blocked address, resend timeout.
_CODES = {"bounce": 2, "block": 10, "defer": 3, "deliver": None}


class DeliveryEvent(NamedTuple):
    """What happens to a message.

    :param event: `bounce`, `block`, `defer`, `deliver` or `unsubscribe`.
    :param recipient: the address that it happens at; empty for all whom the sender named.
    :param code: why, by Customers Mail Cloud's numbers; by default the usual one of the event.
    :param reason: why, in words.
    """

    event: str
    recipient: str | None = None
    code: int | None = None
    reason: str = ""

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
        for recipient in affected:
            _apply(event, message, recipient, at)
            if _blocks(grid, event, message):
                _suppress(message.account_id, suppression.BLOCK, recipient.address, at)
        grid.retention.count_stored(len(affected), len(affected) * message.size)
    # It may have sent notices.
    grid.mailed.announce(message.world)
    return affected


def _apply(event: DeliveryEvent, message: Message, recipient: Recipient, at: float) -> None:
    if event.event == "unsubscribe":
        _suppress(message.account_id, suppression.UNSUBSCRIBE, recipient.address, at)
        return
    recipient.outcome, recipient.at = _OUTCOMES[event.event], at
    recipient.code, recipient.reason = event.code or _CODES[event.event], event.reason
    recipient.save()
    if event.event == "bounce":
        _notify(message, recipient, at)


def _blocks(grid: Grid, event: DeliveryEvent, message: Message) -> bool:
    """Whether the account's mail does not go to the recipient any more."""
    if event.event == "bounce":
        return grid.systems.of_kind(message.kind).bounces_block
    return event.event == "block"


def _suppress(account_id: int, kind: str, address: str, at: float) -> None:
    """Put an address on a list of an account, if the account is still there."""
    account = Account.get_or_none(Account.id == account_id)
    if account is not None:
        suppression.add(account, kind, address, at)


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
