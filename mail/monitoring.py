"""Monitors at work: every so many mails of a subuser, one gets a further recipient, whom nobody
sees.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from legacygrid.mail.envelope import IncomingMail, OutgoingMail
from legacygrid.models import monitors
from legacygrid.models.account import Account
from legacygrid.models.message import AUDIT
from legacygrid.models.monitors import Watch

Outgoing = list[tuple[IncomingMail, OutgoingMail]]


def add_copies(account: Account, outgoing: Outgoing) -> tuple[Outgoing, int]:
    """The messages that would leave, with the copies that monitors get of them.

    :returns: the messages, and how many of them have to be counted once they are accepted; 0 if
        nobody watches the account.
    """
    # Monitors are SendGrid's.
    is_sendgrids = any(message.has_events for _, message in outgoing[:1])
    if not (account.may_have.monitors and is_sendgrids):
        return outgoing, 0
    watches = monitors.find_watches(account.id)
    if not watches:
        return outgoing, 0
    watched = list(_watch(watches, outgoing))
    return watched, sum(bool(message.recipients) for _, message in watched)


def _watch(
    watches: Sequence[Watch], outgoing: Outgoing
) -> Iterator[tuple[IncomingMail, OutgoingMail]]:
    number = 0
    for incoming, message in outgoing:
        number += bool(message.recipients)
        copies = tuple((each.email, AUDIT) for each in watches if each.copies(number))
        if message.recipients and copies:
            recipients = (*message.recipients, *copies)
            yield incoming, replace(message, recipients=recipients)
        else:
            yield incoming, message
