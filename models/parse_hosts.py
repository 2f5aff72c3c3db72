"""Hostnames whose mail is parsed and posted: the Parse Webhook."""

from typing import NamedTuple

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, Repeated, slot


class UnknownHost(reasons.Reason):
    """The account has no such hostname."""


class ParseHost(Base):
    """A hostname of an account, and where mail to it is posted."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    #: As `fold_host` has it; no two accounts of a world share one.
    hostname = peewee.TextField(index=True)
    url = peewee.TextField()
    #: Whether the post says how much the mail looks like spam.
    spam_check = peewee.BooleanField(default=False)
    #: Whether the post has the mail as it came, in the place of its parts.
    send_raw = peewee.BooleanField(default=False)

    def __repr__(self) -> str:
        return f"<ParseHost {self.hostname!r}>"


class RegisteredHost(NamedTuple):
    """What mail that comes in needs of a `ParseHost`.

    :param account: the number of its account, and `world` that account's world.
    """

    account: int
    world: str
    hostname: str
    url: str
    spam_check: bool
    send_raw: bool


def fold_host(name: str) -> str:
    """A hostname as mail is looked up by: in lower case, without a final dot, other letters than
    ASCII's by IDNA, as DNS has them.
    """
    folded = name.lower().removesuffix(".")
    if folded.isascii():
        return folded
    try:
        return folded.encode("idna").decode("ascii")
    except UnicodeError:
        return folded


def are_there() -> bool:
    """Whether any hostname is registered, in whatever world."""
    return bool(_ANY.run())


def find_hosts(hostname: str, world: str | None = None) -> list[RegisteredHost]:
    """Who has registered a hostname: in one world, where that is one account at most, or in any.

    :returns: the world without a name first, then the oldest.
    """
    rows = [RegisteredHost._make(row) for row in _FIND.run(hostname=fold_host(hostname))]
    found = [each for each in rows if world is None or each.world == world]
    return sorted(found, key=lambda each: each.world != "")


def of(account: Account) -> list[ParseHost]:
    """The hostnames of an account, oldest first."""
    return list(ParseHost.select().where(ParseHost.account == account).order_by(ParseHost.id))


def find(account: Account, hostname: str) -> ParseHost | None:
    """What an account has registered under a hostname."""
    found: ParseHost | None = ParseHost.get_or_none(
        ParseHost.account == account, ParseHost.hostname == fold_host(hostname)
    )
    return found


def add(
    account: Account, hostname: str, url: str, spam_check: bool = False, send_raw: bool = False
) -> ParseHost | None:
    """Register a hostname, within a transaction; none if an account of the same world has it.

    :raises UnknownSubuser: the account is gone.
    """
    if find_hosts(hostname, account.world):
        return None
    try:
        return ParseHost.create(
            account=account,
            hostname=fold_host(hostname),
            url=url,
            spam_check=spam_check,
            send_raw=send_raw,
        )
    except peewee.IntegrityError:
        raise reasons.UnknownSubuser from None


_ANY = Repeated(lambda: ParseHost.select(ParseHost.id).limit(1))
_FIND = Compiled(
    lambda: (
        ParseHost.select(
            ParseHost.account,
            Account.world,
            ParseHost.hostname,
            ParseHost.url,
            ParseHost.spam_check,
            ParseHost.send_raw,
        )
        .join(Account)
        .where(ParseHost.hostname == slot("hostname"))
        .order_by(ParseHost.id)
    )
)
