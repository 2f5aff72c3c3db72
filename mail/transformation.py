"""Makes of a mail that came in the messages that would leave, as their sender wishes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

from legacygrid import reasons
from legacygrid.mail.envelope import IncomingMail, OutgoingMail, make_message_id
from legacygrid.mail.mime import effects, headers, sentences, substitution
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.mail.mime.smtpapi import BadInstructions
from legacygrid.mail.wishes import Wishes

#: Bytes that all copies of one message may have together, where each recipient has one.
MAX_COPIES = 128 * 1024 * 1024
#: Characters of a Message-ID that the address of the invisible image holds.
_MAX_MESSAGE_ID = 200

#: A message, and its recipients with their kinds.
Copy = tuple[ParsedMail, tuple[tuple[str, str], ...]]


def transform(incoming: IncomingMail, wishes: Wishes, at: float) -> list[OutgoingMail]:
    """The messages that would leave.

    :param at: seconds since 1970; the date of a mail without one.
    :raises Unwritable: they are too large, alone or together.
    """
    mail = _complete(incoming.parsed.without_headers(*wishes.hidden_headers), at)
    for name, value in wishes.headers.items():
        mail = mail.without_headers(name.lower()).with_header(name, value)
    wishes = _with_open_pixel(wishes, mail)
    labels = {**incoming.labels, **wishes.labels}
    labels_json = json.dumps(labels) if labels else ""
    outgoing: list[OutgoingMail] = []
    size = 0
    try:
        for copy in _copies(mail, incoming, wishes):
            message = _finish(copy, wishes, labels_json)
            size += message.size + len(labels_json)
            if outgoing and size > MAX_COPIES:
                raise reasons.Unwritable(sentences.LARGE_COPIES.fill(most=MAX_COPIES))
            outgoing.append(message)
    except BadInstructions as error:
        raise reasons.Unwritable(error.why) from None
    return outgoing


def _complete(mail: ParsedMail, at: float) -> ParsedMail:
    """The mail with the date and the Message-ID that every message has."""
    if mail.root.field("date") is None:
        date = datetime.fromtimestamp(at, UTC)
        mail = mail.with_header("Date", format_datetime(date))
    if mail.root.field("message-id") is None:
        mail = mail.with_header("Message-ID", f"<{make_message_id()}>")
    return mail


def _with_open_pixel(wishes: Wishes, mail: ParsedMail) -> Wishes:
    """The wishes, with the address of the invisible image among the effects."""
    if wishes.open_link is None:
        return wishes
    url = wishes.open_link(mail.header("Message-ID")[:_MAX_MESSAGE_ID])
    return replace(wishes, effects=replace(wishes.effects, open_pixel_url=url))


def _copies(mail: ParsedMail, incoming: IncomingMail, wishes: Wishes) -> Iterator[Copy]:
    """The copies, one for each recipient where they differ."""
    instructions = wishes.instructions
    if instructions.to:
        # SendGrid's manual: these are the recipients, and nobody sees the others.
        for n in range(len(instructions.to)):
            to = headers.write_address("to", instructions.recipient(n).address)
            yield substitution.personalize(mail, instructions, n), ((to, "to"),)
        return
    if instructions.sub:
        mail = substitution.personalize(mail, instructions, 0)
    visible = {kind: mail.addresses(kind) for kind in ("to", "cc")}
    recipients = tuple((each, _kind(each, visible)) for each in dict.fromkeys(incoming.recipients))
    if wishes.unsubscribe_link is None:
        yield mail, recipients
        return
    for recipient in recipients:
        yield mail, (recipient,)


def _kind(address: str, visible: Mapping[str, frozenset[str]]) -> str:
    """Whether all recipients see an address, in To or Cc."""
    folded = address.casefold()
    return next((kind for kind, addresses in visible.items() if folded in addresses), "bcc")


def _finish(copy: Copy, wishes: Wishes, labels_json: str) -> OutgoingMail:
    """The copy with all that its sender wishes."""
    mail, recipients = copy
    wanted_effects = wishes.effects
    if wishes.unsubscribe_link is not None:
        address = recipients[0][0]
        url = wishes.unsubscribe_link(address)
        wanted_effects = replace(wanted_effects, recipient=address, unsubscribe_url=url)
    return OutgoingMail(
        recipients=(*recipients, *wishes.copy_to),
        mail=effects.apply(mail, wanted_effects),
        labels_json=labels_json,
        archived=wishes.archived,
        ip_pool=wishes.ip_pool,
        bounce_notifications=wishes.bounce_notifications,
    )
