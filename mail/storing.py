"""Puts accepted and refused mail into the outbox, and tells what becomes of it at once."""

import json
from collections.abc import Iterator, Mapping, Sequence

from legacygrid.auth.principal import Principal
from legacygrid.mail import events, notices, suppressing
from legacygrid.mail.admission import Decision
from legacygrid.mail.envelope import IncomingMail, OutgoingMail
from legacygrid.mail.events import MailEvent
from legacygrid.mail.mime import sentences
from legacygrid.models.message import (
    AUDIT,
    BLOCKED,
    DELIVERED,
    DROPPED,
    REFUSED,
    SANDBOXED,
    Message,
    Recipient,
)
from legacygrid.models.message_parts import MessageSender, NewRecipient
from legacygrid.models.suppression import Listed
from legacygrid.models.webhooks import PARSE, add_post


def store(
    sender: Principal,
    outgoing: Sequence[tuple[IncomingMail, OutgoingMail]],
    decision: Decision,
    at: float,
) -> list[int]:
    """Put the messages of one call, with their recipients, into the outbox.

    :returns: their numbers.
    """
    who, numbers = _sender(sender), []
    happened: list[MailEvent] = []
    has_listed = sender.account.may_have.suppressions
    for incoming, message in outgoing:
        disposition, reason = _disposition(message, decision)
        number = _add(who, incoming, message, disposition, reason, at)
        listed = suppressing.find_listed(sender.account, message, at) if has_listed else {}
        recipients = list(_recipients(message, disposition, listed))
        Recipient.add_all(number, recipients, at)
        if message.has_events and disposition in (DELIVERED, DROPPED):
            happened += _events(incoming, message, recipients, at)
            has_listed |= suppressing.list_invalid(sender.account, recipients, at)
        if disposition == DROPPED:
            _tell_of_drop(who, message, at)
        numbers.append(number)
    events.record(sender.account, happened)
    return numbers


def _add(
    sender: MessageSender,
    incoming: IncomingMail,
    message: OutgoingMail,
    disposition: str,
    reason: str,
    at: float,
) -> int:
    """A new message, whose number is returned."""
    return Message.add(
        sender,
        message.contents,
        via=incoming.via,
        operation=incoming.operation,
        at=at,
        mail_from=message.return_path or incoming.mail_from,
        disposition=disposition,
        reason=reason,
        archived=message.archived,
        ip_pool=message.ip_pool,
        bounce_notifications=message.bounce_notifications,
        labels_json=message.labels_json,
        queue_id=incoming.queue_id,
    )


def _tell_of_drop(sender: MessageSender, message: OutgoingMail, at: float) -> None:
    """Tell the sender of a message that goes to nobody, where there is something to tell."""
    if message.notice is not None:
        notices.store_notice(sender, message.notice, "notice", at)
    if message.report is not None:
        add_post(sender.account_id, sender.world, PARSE, *message.report, at)


def _events(
    incoming: IncomingMail, message: OutgoingMail, recipients: Sequence[NewRecipient], at: float
) -> Iterator[MailEvent]:
    """What happens to a message at once: it is dropped, or accepted."""
    labels = json.loads(message.labels_json) if message.labels_json else {}
    about = (at, incoming.queue_id, message.contents.message_id, labels)
    for each in recipients:
        if each.kind == AUDIT:
            continue  # The copy of a monitor is nobody's mail.
        if each.outcome == DROPPED:
            details = {"reason": each.reason, "status": "5.0.0"}
            yield MailEvent(events.DROPPED, each.address, *about, details)
        else:
            yield MailEvent(events.ACCEPTED, each.address, *about)


def _disposition(message: OutgoingMail, decision: Decision) -> tuple[str, str]:
    """What becomes of a message, and why."""
    if decision.refusal is None and message.dropped and not message.recipients:
        return DROPPED, message.dropped[0].reason
    return decision.disposition, decision.reason


def _sender(principal: Principal) -> MessageSender:
    account, login = principal.account, principal.login
    return MessageSender(
        world=account.world,
        primary=principal.primary,
        account=account.username,
        account_id=account.id,
        caller=login.name,
        login_number=login.number,
        kind=login.kind,
    )


def _recipients(
    message: OutgoingMail, disposition: str, listed: Mapping[str, Listed]
) -> Iterator[NewRecipient]:
    """Who a message is for, and whom it does not go to."""
    for address, kind in message.recipients:
        folded = address.lower()
        on_list = listed.get(folded) if disposition == DELIVERED else None
        if message.has_events and suppressing.is_unknown(folded) and disposition == DELIVERED:
            yield NewRecipient(address, kind, DROPPED, suppressing.UNKNOWN_HOST, sentences.INVALID)
        elif on_list is None:
            yield NewRecipient(address, kind, _outcome(kind, disposition))
        elif why := message.lists[on_list.kind]:
            yield NewRecipient(address, kind, DROPPED, on_list.code, why)
        else:
            yield NewRecipient(address, kind, BLOCKED, on_list.code)
    undelivered = REFUSED if disposition == REFUSED else DROPPED
    for address, kind, why in message.dropped:
        yield NewRecipient(address, kind, undelivered, reason=why)


def _outcome(kind: str, disposition: str) -> str:
    """What becomes of a message at one recipient who is on no list."""
    # SMTP2GO's page on the sandbox: the copy is delivered all the same.
    return DELIVERED if kind == AUDIT and disposition == SANDBOXED else disposition
