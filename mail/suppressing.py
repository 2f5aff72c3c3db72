"""Keeps mail back from recipients on a list of the sender's account, and notes who can get none."""

import re
from collections.abc import Iterable, Mapping, Sequence

from legacygrid.mail.envelope import OutgoingMail
from legacygrid.mail.mime import sentences
from legacygrid.models import apps, bounce_purge, suppression
from legacygrid.models.account import Account
from legacygrid.models.message import DROPPED
from legacygrid.models.message_parts import NewRecipient
from legacygrid.models.suppression import BOUNCE, INVALID, Listed, NewEntry

#: A domain that is none (RFC 2606): of an address in it, SendGrid said that it is unknown.
_NO_DOMAIN = (".invalid", "@invalid")
#: The number of `Recipient.code` for that.
UNKNOWN_HOST = 1
_SEPARATORS = re.compile(r"[\s,;]+")


def find_listed(account: Account, message: OutgoingMail, at: float) -> Mapping[str, Listed]:
    """The recipients of a message that get nothing of an account, in lower case, and why; within a
    transaction.

    :param at: seconds since 1970, by the emulator's clock.
    """
    addresses = [address for address, _ in message.recipients]
    listed = suppression.find_listed(account.id, addresses, message.lists)
    if BOUNCE in {each.kind for each in listed.values()}:
        bounce_purge.purge(account, at)
        listed = suppression.find_listed(account.id, addresses, message.lists)
    if listed and message.whitelist:
        for address in _find_spared(account, message.whitelist, listed):
            del listed[address]
    return listed


def _find_spared(account: Account, app: str, addresses: Iterable[str]) -> list[str]:
    """Which of some addresses, in lower case, an app of the account has spared from lists: by
    themselves, or by their domain.
    """
    setting = apps.find(account.id, app)
    if setting is None or not setting.active:
        return []
    given = setting.settings.get("list", ())
    texts = [given] if isinstance(given, str) else given
    spared = {
        word.lower().removeprefix("@") for text in texts for word in _SEPARATORS.split(str(text))
    }
    return [each for each in addresses if not spared.isdisjoint((each, each.rpartition("@")[2]))]


def is_unknown(address: str) -> bool:
    """Whether the domain of an address, in lower case, is known not to exist."""
    return address.endswith(_NO_DOMAIN)


def list_invalid(account: Account, recipients: Sequence[NewRecipient], at: float) -> bool:
    """Put the recipients that can get no mail on the account's list of those, within a transaction.

    :param at: seconds since 1970, by the emulator's clock.
    :returns: whether there are any.
    """
    invalid = [
        NewEntry(
            each.address,
            sentences.UNKNOWN_DOMAIN if each.code == UNKNOWN_HOST else sentences.BAD_SYNTAX,
        )
        for each in recipients
        if each.outcome == DROPPED and each.reason == sentences.INVALID and each.address
    ]
    if invalid:
        suppression.add_all(account, INVALID, invalid, at)
    return bool(invalid)
