"""IP addresses: those that a primary account has, and those that its subusers send from."""

import ipaddress
from collections.abc import Iterable
from typing import Any, NamedTuple

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, slot

#: What an account has of which nobody said otherwise, so that old set-up scripts work: an address
#: for documentation (RFC 5737), which is also the one of the recordings.
DEFAULT = "192.0.2.33"

#: Which addresses of an account customer.ip lists; see `list_by_use`.
ALL, FREE, TAKEN, AVAILABLE = "all", "free", "taken", "available"
USES = (ALL, FREE, TAKEN, AVAILABLE)


class ForeignAddress(reasons.Reason):
    """An IP address is none of the primary account's."""


class NoSendingAddress(reasons.MailNotAllowed):
    """A subuser has no IP address to send mail from."""


class IpAddress(Base):
    """An address that a primary account has, or that a subuser sends from."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE", index=False)
    account_id: int
    address = peewee.TextField()

    class Meta:
        indexes = ((("account", "address"), True),)

    def __repr__(self) -> str:
        return f"<IpAddress {self.address}>"


def normalize(text: str) -> str:
    """An IP address, of version 4 or 6, as it is stored.

    :raises ValueError: it is none.
    """
    return str(ipaddress.ip_address(text.strip()))


def list_own(account: Account) -> list[str]:
    """The addresses of a primary account, oldest first; it always has one."""
    return list_assigned(account) or [DEFAULT]


def list_assigned(subuser: Account) -> list[str]:
    """The addresses that a subuser sends from, in the order in which they were given."""
    rows: Any = (
        IpAddress.select(IpAddress.address)
        .where(IpAddress.account == subuser)
        .order_by(IpAddress.id)
        .tuples()
    )
    return [address for (address,) in rows]


class AddressUse(NamedTuple):
    """An address of a primary account, and the names of the subusers that send from it."""

    address: str
    subusers: list[str]


def list_uses(account: Account) -> list[AddressUse]:
    """The addresses of a primary account, oldest first, and who sends from each."""
    rows: Any = (
        IpAddress.select(IpAddress.address, Account.username)
        .join(Account)
        .where(Account.parent == account)
        .order_by(Account.id)
        .tuples()
    )
    names: dict[str, list[str]] = {address: [] for address in list_own(account)}
    for address, name in rows:
        if address in names:  # A seed may give a subuser any.
            names[address].append(name)
    return [AddressUse(address, theirs) for address, theirs in names.items()]


def order_of(address: str) -> tuple[int, int]:
    """What sorts addresses: those of version 4 come first."""
    found = ipaddress.ip_address(address)
    return found.version, int(found)


def list_by_use(account: Account, use: str) -> list[str]:
    """Some addresses of a primary account.

    :param use: `free` for those of no subuser, `taken` for those of one or more; `available` for
        the free ones and those whose subusers are all disabled.
    """
    is_sending = _find_taken(account)
    fits = {
        ALL: lambda address: True,
        FREE: lambda address: address not in is_sending,
        TAKEN: lambda address: address in is_sending,
        AVAILABLE: lambda address: not is_sending.get(address),
    }[use]
    return list(filter(fits, list_own(account)))


def _find_taken(account: Account) -> dict[str, bool]:
    """The addresses of the account's subusers, and whether one of these may send mail."""
    rows: Any = (
        IpAddress.select(IpAddress.address, peewee.fn.MAX(Account.active))
        .join(Account)
        .where(Account.parent == account)
        .group_by(IpAddress.address)
        .tuples()
    )
    return {address: bool(is_active) for address, is_active in rows}


def assign(parent: Account, subuser: Account, addresses: Iterable[str]) -> None:
    """Let a subuser send from these addresses and no others, within a transaction.

    :raises ForeignAddress: the parent does not have one of them.
    :raises UnknownSubuser: somebody deleted the subuser since it was found.
    """
    wanted = list(dict.fromkeys(addresses))
    for foreign in set(wanted).difference(list_own(parent)):
        raise ForeignAddress(hint=f"{parent.username!r} has no address {foreign[:64]!r}")
    IpAddress.delete().where(IpAddress.account == subuser).execute()
    try:
        for address in wanted:
            IpAddress.create(account=subuser, address=address)
    except peewee.IntegrityError:
        raise reasons.UnknownSubuser from None


def add(account: Account, address: str) -> bool:
    """A further address of a primary account, within a transaction. The first one takes the place
    of the default.

    :returns: whether the account had not got it yet.
    """
    if address in list_assigned(account):
        return False
    IpAddress.create(account=account, address=address)
    _take_foreign(account)
    return True


def remove(account: Account, address: str) -> bool:
    """Take an address from a primary account, and from its subusers, within a transaction.

    :returns: whether the account had it.
    """
    its = (IpAddress.account == account) & (IpAddress.address == address)
    is_done = bool(IpAddress.delete().where(its).execute())
    _take_foreign(account)
    return is_done


def _take_foreign(account: Account) -> None:
    """Take from the subusers what the account has no more."""
    subusers = Account.select(Account.id).where(Account.parent == account)
    is_gone = IpAddress.address.not_in(list_own(account))
    IpAddress.delete().where(IpAddress.account.in_(subusers) & is_gone).execute()


def has_any(subuser: int) -> bool:
    """Whether the subuser of that number has an address to send from."""
    return bool(_ANY.run(account=subuser))


_ANY = Compiled(lambda: IpAddress.select(IpAddress.id).where(IpAddress.account == slot("account")))
