"""Makes of a mail that came in the messages that would leave, as their sender wishes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from legacygrid import reasons
from legacygrid.mail.envelope import (
    DroppedRecipient,
    IncomingMail,
    OutgoingMail,
    make_message_id,
)
from legacygrid.mail.mime import effects, sentences, substitution
from legacygrid.mail.mime.headers import MAX_ADDRESS, write_date
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.mail.mime.smtpapi import BadInstructions, Instructions
from legacygrid.mail.wishes import Wishes
from legacygrid.models.message import KINDS

#: Bytes that all copies of one message may have together, where each recipient has one.
MAX_COPIES = 128 * 1024 * 1024
#: Characters of a Message-ID that the address of the invisible image holds.
_MAX_MESSAGE_ID = 200


class Copy(NamedTuple):
    """A message, its recipients with their kinds, and whom it does not go to."""

    mail: ParsedMail
    recipients: tuple[tuple[str, str], ...]
    dropped: tuple[DroppedRecipient, ...] = ()


def transform(incoming: IncomingMail, wishes: Wishes, at: float) -> list[OutgoingMail]:
    """The messages that would leave.

    :param at: seconds since 1970; the date of a mail without one.
    :raises Unwritable: they are too large, alone or together.
    """
    mail = _complete(incoming.parsed.without_headers(*wishes.hidden_headers), at)
    for name, value in _headers(wishes).items():
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
    missing = {}
    if mail.root.field("message-id") is None:
        missing["Message-ID"] = f"<{make_message_id()}>"
    if mail.root.field("date") is None:
        missing["Date"] = write_date(at)
    return mail.with_headers(missing) if missing else mail


def _headers(wishes: Wishes) -> Mapping[str, str]:
    """The header fields that every copy gets in the place of its own."""
    if not wishes.return_path:
        return wishes.headers
    return {**wishes.headers, "Return-Path": f"<{wishes.return_path}>"}


def _with_open_pixel(wishes: Wishes, mail: ParsedMail) -> Wishes:
    """The wishes, with the address of the invisible image among the effects."""
    if wishes.open_link is None:
        return wishes
    url = wishes.open_link(mail.header("Message-ID")[:_MAX_MESSAGE_ID])
    return replace(wishes, effects=replace(wishes.effects, open_pixel_url=url))


def _copies(mail: ParsedMail, incoming: IncomingMail, wishes: Wishes) -> Iterator[Copy]:
    """The copies, one for each recipient where they differ."""
    if wishes.drop:
        meant = [(address[:MAX_ADDRESS], "to") for address in wishes.instructions.to]
        meant = meant or _with_kinds(mail, incoming)
        dropped = (DroppedRecipient(*each, wishes.drop) for each in meant)
        yield Copy(mail, (), (*dropped, *incoming.dropped))
    elif wishes.instructions.to:
        yield from _copies_of_instructions(mail, wishes.instructions)
    else:
        dropped_later = incoming.dropped
        for copy, recipients in _copies_of_envelope(mail, incoming, wishes.instructions):
            is_large = len(copy.raw) * len(recipients) > MAX_COPIES
            is_own = wishes.personalize and not (is_large and wishes.shares_large)
            groups = [(each,) for each in recipients] if is_own else [tuple(recipients)]
            for group in groups:
                yield Copy(copy, group, dropped_later)
                dropped_later = ()


def _copies_of_instructions(mail: ParsedMail, instructions: Instructions) -> Iterator[Copy]:
    """A copy for each recipient of X-SMTPAPI. SendGrid's manual: these are the recipients, and
    nobody sees the others.
    """
    copies = len(instructions.to)
    for n, mailbox in enumerate(instructions.mailboxes):
        if mailbox is None:
            dropped = DroppedRecipient(instructions.to[n][:MAX_ADDRESS], "to", sentences.INVALID)
            yield Copy(mail, (), (dropped,))
        else:
            personal = substitution.personalize(mail, instructions, n, copies)
            yield Copy(personal, ((mailbox.address, "to"),))


def _copies_of_envelope(
    mail: ParsedMail, incoming: IncomingMail, instructions: Instructions
) -> Iterator[tuple[ParsedMail, list[tuple[str, str]]]]:
    """A copy for all recipients who have the same values of the substitution tags."""
    recipients = _with_kinds(mail, incoming)
    if not instructions.sub:
        yield mail, recipients
        return
    instructions.check_size(len(recipients))
    order = incoming.order or [address for address, _ in sorted(recipients, key=_by_kind)]
    place_of = {address: n for n, address in reversed(list(enumerate(order)))}
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for recipient in sorted(recipients, key=lambda each: place_of[each[0]]):
        values = tuple(instructions.values(place_of[recipient[0]]).values())
        groups.setdefault(values, []).append(recipient)
    for group in groups.values():
        n = place_of[group[0][0]]
        yield substitution.personalize(mail, instructions, n, len(groups)), group


def _by_kind(recipient: tuple[str, str]) -> int:
    return KINDS.index(recipient[1])


def _with_kinds(mail: ParsedMail, incoming: IncomingMail) -> list[tuple[str, str]]:
    """The recipients of the envelope with their kinds: whom all see in To or Cc, and the others."""
    visible = {kind: mail.addresses(kind) for kind in ("to", "cc")}
    return [(each, _kind(each, visible)) for each in dict.fromkeys(incoming.recipients)]


def _kind(address: str, visible: Mapping[str, frozenset[str]]) -> str:
    """Whether all recipients see an address, in To or Cc."""
    folded = address.casefold()
    return next((kind for kind, addresses in visible.items() if folded in addresses), "bcc")


def _finish(copy: Copy, wishes: Wishes, labels_json: str) -> OutgoingMail:
    """The copy with all that its sender wishes."""
    mail, recipients, dropped = copy
    if not recipients:
        return OutgoingMail(
            (),
            mail,
            labels_json,
            dropped=dropped,
            notice=wishes.notice,
            report=wishes.report,
            has_events=wishes.has_events,
        )
    wanted_effects = wishes.effects
    if wishes.personalize is not None:
        address = recipients[0][0] if len(recipients) == 1 else ""
        wanted_effects = wishes.personalize(wanted_effects, address)
    return OutgoingMail(
        recipients=(*recipients, *wishes.copy_to),
        mail=effects.apply(mail, wanted_effects),
        labels_json=labels_json,
        archived=wishes.archived,
        ip_pool=wishes.ip_pool,
        bounce_notifications=wishes.bounce_notifications,
        dropped=dropped,
        lists=wishes.lists,
        whitelist=wishes.whitelist,
        has_events=wishes.has_events,
        return_path=wishes.return_path,
    )
