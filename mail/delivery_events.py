"""What befalls mail after it left, on command: bounces, blocks, delays, and recipients who want no
more of it.
"""

import secrets
import time
from dataclasses import dataclass

from legacygrid import reasons
from legacygrid.grid import Grid
from legacygrid.mail.mime import composing, parser
from legacygrid.mail.mime.composing import Address, Attachment, Draft
from legacygrid.models import suppression
from legacygrid.models.account import Account
from legacygrid.models.message import (
    AUDIT,
    BLOCKED,
    BOUNCED,
    DEFERRED,
    DELIVERED,
    REFUSED,
    Message,
    Recipient,
)
from legacygrid.models.settings import CMC

_OUTCOMES = {"bounce": BOUNCED, "block": BLOCKED, "defer": DEFERRED, "deliver": DELIVERED}
#: Unless a code is given: unknown user, blocked address, resend timeout.
_CODES = {"bounce": 2, "block": 10, "defer": 3, "deliver": None}

#: Bytes of a message's headers that a notice of a bounce repeats.
_MAX_HEADERS = 64 * 1024


@dataclass(frozen=True)
class Event:
    """What befalls a message.

    :param recipient: at whom; at every one whom its sender named, if none is.
    :param code: why, by Customers Mail Cloud's numbers.
    """

    event: str
    recipient: str | None = None
    code: int | None = None
    reason: str = ""


def befall(grid: Grid, number: int, world: str | None, event: Event) -> list[Recipient]:
    """Let it happen to the message of that number; the recipients at whom it did.

    :param world: in which the message has to be; in any, if none is given.
    :raises UnknownMessage: there is none, or no longer.
    :raises WentNowhere: it was refused.
    :raises UnknownRecipient: the message was not to that address, or to nobody to whom this can
        happen.
    """
    found = Message.within(number, world)
    at = grid.clock.now(found.world if found else "")
    with grid.store.writing(at):
        # It may be gone by now, and its recipients with it.
        message = Message.within(number, world)
        if message is None:
            raise reasons.UnknownMessage
        if message.disposition == REFUSED:
            raise reasons.WentNowhere
        met = [each for each in Recipient.of(message) if _meets(event, each)]
        if not met:
            raise reasons.UnknownRecipient
        for recipient in met:
            _befall(message, recipient, event, at)
        grid.retention.count_stored(len(met), len(met) * message.size)
    return met


def _meets(event: Event, recipient: Recipient) -> bool:
    # The copy for an audit is nobody's mail: what befalls it is told only if it is asked for.
    return (
        recipient.kind != AUDIT if event.recipient is None else recipient.address == event.recipient
    )


def _befall(message: Message, recipient: Recipient, event: Event, at: float) -> None:
    if event.event == "unsubscribe":
        suppress(message.account_id, suppression.UNSUBSCRIBE, recipient.address, at)
        return
    recipient.outcome, recipient.at = _OUTCOMES[event.event], at
    recipient.code, recipient.reason = event.code or _CODES[event.event], event.reason
    recipient.save()
    if event.event == "bounce":
        _notify(message, recipient, at)
    if event.event == "block" or (event.event == "bounce" and message.kind == CMC):
        # Customers Mail Cloud sends no more to where its mail bounced.
        suppress(message.account_id, suppression.BLOCK, recipient.address, at)


def suppress(account_id: int, kind: str, address: str, at: float) -> None:
    """Put an address on a list of an account, if the account is there and the address is not on it."""
    account = Account.get_or_none(Account.id == account_id)
    if account is not None:
        suppression.add(account, kind, address, at)


#: What a notice has of the message that it is about: whose it is.
_INHERITED = ("world", "primary", "account", "account_id", "caller", "login_number", "kind")


def _notify(message: Message, bounced: Recipient, at: float) -> None:
    """SMTP2GO's setting: a bounce goes back to the sender, to another address, or to nobody."""
    wanted = message.bounce_notifications
    to = message.mail_from if wanted == "from" else wanted
    if wanted == "drop" or not to:
        return
    number = secrets.token_hex(12)
    notice = _notice(message, bounced, to)
    try:
        source = composing.compose(notice, at, f"{number}@legacygrid.invalid")
    except composing.Unwritable:
        # There is no way to address it, as a relay of the sender may have found before: it is
        # dropped.
        return
    columns = {name: getattr(message, name) for name in _INHERITED}
    made = Message.add(
        **columns,
        via="bounce",
        operation="bounce",
        at=at,
        stored_at=int(time.time()),
        message_id=f"<{number}@legacygrid.invalid>",
        # RFC 5321: a notice has no sender, so that nothing answers it.
        mail_from="",
        header_from=f"{notice.sender_name} <{notice.sender}>",
        subject=notice.subject,
        size=len(source),
        source=source,
        disposition=DELIVERED,
        reason="",
        archived=False,
        ip_pool=None,
        bounce_notifications="drop",
        labels_json="",
    )
    Recipient.add(
        message=made, address=to, kind="to", outcome=DELIVERED, code=None, reason="", at=at
    )


def _notice(message: Message, bounced: Recipient, to: str) -> Draft:
    """What is written of a bounce."""
    return Draft(
        sender="mailer-daemon@legacygrid.invalid",
        sender_name="Mail Delivery System",
        to=(Address(to),),
        subject="Undelivered Mail Returned to Sender",
        text=f"Your message to {bounced.address} could not be delivered: {bounced.reason or f'code {bounced.code}'}.",
        headers={"Auto-Submitted": "auto-replied", "X-Failed-Recipients": bounced.address},
        attachments=(_headers_of(message),),
    )


def _headers_of(message: Message) -> Attachment:
    """The message without its body (RFC 3462): each of its recipients may bounce, and each notice
    has them.
    """
    source = bytes(message.source)
    return Attachment(
        "headers.txt", source[: parser.whole(source).body][:_MAX_HEADERS], "text/rfc822-headers"
    )
