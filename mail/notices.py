"""Notices that the emulated provider sends to the sender of a mail."""

from legacygrid.mail.envelope import make_message_id, make_queue_id
from legacygrid.mail.mime import composing, parser
from legacygrid.mail.mime.composing import Attachment, Draft
from legacygrid.models.message import (
    DELIVERED,
    Message,
    Recipient,
)
from legacygrid.models.message_parts import Contents, MessageSender, NewRecipient

#: Bytes of a message's headers that a notice repeats.
_MAX_HEADERS = 64 * 1024


def store_notice(
    sender: MessageSender, notice: Draft, operation: str, at: float, via: str = "bounce"
) -> None:
    """Put a notice into the outbox, within a transaction.

    :param sender: who sent the message that it is about.
    :param operation: what made it.
    :param at: seconds since 1970, by the emulator's clock.
    :param via: how it came into being.
    """
    message_id = make_message_id()
    try:
        source = composing.compose(notice, at, message_id)
        recipients = composing.recipients(notice)
    except composing.UnwritableValue:
        # There is no way to address it, as a relay of the sender may have found before: it is
        # dropped.
        return
    header_from = f"{notice.sender_name} <{notice.sender}>"
    stored = Message.add(
        sender,
        Contents(f"<{message_id}>", header_from, notice.subject, source),
        via=via,
        operation=operation,
        at=at,
        # RFC 5321: a notice has no sender, so that nothing answers it.
        mail_from="",
        disposition=DELIVERED,
        queue_id=make_queue_id(),
    )
    Recipient.add_all(stored, [NewRecipient(each, "to", DELIVERED) for each in recipients], at)


def attach_headers(source: bytes) -> Attachment:
    """A message without its body (RFC 3462): each of its recipients may bounce, and each notice
    has them.
    """
    headers = source[: parser.parse(source).body][:_MAX_HEADERS]
    return Attachment("headers.txt", headers, "text/rfc822-headers")
