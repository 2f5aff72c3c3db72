"""What owns: opening and finding accounts, and a primary account's subusers."""

import secrets
from collections.abc import Iterator
from functools import cache, lru_cache, reduce
from operator import itemgetter, or_
from typing import Any

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account, ProfileRecord
from legacygrid.models.login import OWNER, Login
from legacygrid.models.lookup import find_login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.queries import Compiled, contains, inserting, number_of, pattern_of, slot

#: Rows of one short read of a list: a page takes about a millisecond, then others have their turn.
PAGE = 200
#: A number that no account has yet.
_BEYOND = 10**18
#: Filters of what no two subusers, or few, have in common.
_OWN = ("search", "username", "email")
#: Of a row that has the account's number first.
_WITHOUT_NUMBER = itemgetter(slice(1, None))

_INSERT = inserting(Account)
_DEFAULTS = {
    field.name: field.default for field in Account._meta.sorted_fields if field.default is not None
}


def open_account(
    username: str, secret: str, parent: Account | None = None, **columns: Any
) -> Account:
    """A new account with its owner's login.

    :param secret: the hash to store.
    :raises NameTaken: the name logs somebody in already.
    :raises WrongCredentials: somebody deleted the parent, who asked for it, meanwhile.
    """
    own = {"username": username, "seal": secrets.token_hex(16)}
    row = _DEFAULTS | columns | own | ({"world": parent.world} if parent else {})
    try:
        number = _INSERT.insert(**row, parent=parent.id if parent else None)
    except peewee.IntegrityError:
        raise reasons.WrongCredentials(hint="the account was deleted meanwhile") from None
    account = Account(id=number, parent=parent, **row)
    Login.claim(username, account, kind=OWNER, secret=secret)
    return account


def rename(account: Account, name: str) -> None:
    """Let an account's owner log in by another name from now on.

    :raises NameTaken: the name logs somebody else in already.
    :raises UnknownSubuser: somebody deleted the account since it was found.
    """
    Login.owner_of(account).rename(name)
    account.change(username=name)


def find_account(name: str, world: str = "") -> Account:
    """The account that is owned under that name in that world.

    :raises UnknownSubuser: there is none.
    """
    found = find_login(name, world)
    if found is None or found[0].kind != OWNER:
        raise reasons.UnknownSubuser
    return found[1]


def add(
    parent: Account, username: str, secret: str, mail_domain: str = "", **columns: Any
) -> Account:
    """A new subuser, with both switches on unless the columns say otherwise.

    :param secret: the hash to store.
    :param mail_domain: one of the parent's whitelabel records, or none.
    :raises NameTaken: the name logs somebody in already.
    :raises UnknownMailDomain: `mail_domain` is none of the parent's.
    """
    if mail_domain and not MailDomain.of(parent, mail_domain):
        raise reasons.UnknownMailDomain
    return open_account(username, secret, parent=parent, mail_domain=mail_domain, **columns)


def find(parent: Account, name: str) -> Account:
    """The parent's subuser of that name.

    :raises UnknownSubuser: there is none under this parent.
    """
    found = find_login(name, parent.world)
    if found is None or found[0].kind != OWNER or found[1].parent_id != parent.id:
        raise reasons.UnknownSubuser(hint=f"{parent.username!r} has no subuser {name[:64]!r}")
    return found[1]


def find_by_number(parent: Account, number: str) -> Account:
    """The parent's subuser of that number.

    :param number: as it was sent.
    :raises UnknownSubuser: there is none under this parent.
    """
    found: Account | None = Account.get_or_none(
        Account.id == number_of(number), Account.parent == parent
    )
    if found is None:
        raise reasons.UnknownSubuser(
            hint=f"{parent.username!r} has no subuser of the number {number[:64]!r}"
        )
    return found


def search(
    parent: Account, terms: list[str], is_fuzzy: bool, after: str, limit: int
) -> list[Account]:
    """The parent's subusers whose name, address or company is one of the terms, oldest first;
    without terms, all.

    :param is_fuzzy: a part of it is enough.
    :param after: the number of one; those that came later are looked for. Empty, or no number, for
        all.
    :param limit: how many at most.
    """
    query = Account.select().where(Account.parent == parent, Account.id > number_of(after))
    if terms:
        columns = (Account.username, Account.email, Account.company)
        query = query.where(
            reduce(or_, (_match(column, term, is_fuzzy) for column in columns for term in terms))
        )
    return list(query.order_by(Account.id).limit(limit))


def _match(column: Any, term: str, is_fuzzy: bool) -> Any:
    return (
        contains(column, pattern_of(term)) if is_fuzzy else peewee.fn.LOWER(column) == term.lower()
    )


def list_profiles(parent: Account, **filters: Any) -> Iterator[ProfileRecord]:
    """The parent's subusers, oldest first, page by page: each page is a short read of its own.

    :param filters: `active` (a boolean) has to be equal, each other one a part of its column.
    """
    page = _page(frozenset(filters))
    sought = {
        name: pattern_of(value) if isinstance(value, str) else value
        for name, value in filters.items()
    }
    after = 0
    while rows := page.run(parent=parent.id, after=after, **sought):
        yield from map(ProfileRecord._make, map(_WITHOUT_NUMBER, rows))
        after = rows[-1][0]
        if len(rows) < PAGE:
            return


@cache
def _page(filters: frozenset[str]) -> Compiled:
    """One page of a list that is narrowed by these columns."""
    return Compiled(lambda: _query(sorted(filters)).order_by(Account.id).limit(PAGE))


def page(
    parent: Account, limit: int, after: str = "", before: str | None = None, **filters: Any
) -> list[Account]:
    """Some of the parent's subusers, oldest first, with what a profile tells of them.

    :param limit: how many at most.
    :param after: the number of one; the first that came later are read. Empty, or no number, for
        the first of all.
    :param before: the number of one; the last that came earlier are read, in place of those. Empty
        for the last of all.
    :param filters: as of `list_profiles`, and `search`: a part of the name or of the address.
    """
    edge = number_of(after) if before is None else number_of(before) or _BEYOND
    sought = {
        name: pattern_of(value) if isinstance(value, str) else value
        for name, value in filters.items()
    }
    rows = _leaf(frozenset(filters), limit, before is not None).run(
        parent=parent.id, after=edge, **sought
    )
    columns = ("id", *ProfileRecord._fields)
    found = [Account.of_columns(columns, row) for row in rows]
    return found if before is None else found[::-1]


@lru_cache(500)
def _leaf(filters: frozenset[str], limit: int, is_backwards: bool) -> Compiled:
    order = Account.id.desc() if is_backwards else Account.id
    return Compiled(lambda: _query(sorted(filters), is_backwards).order_by(order).limit(limit))


def count(parent: Account) -> int:
    """How many subusers the parent has."""
    ((found,),) = _COUNT.run(parent=parent.id)
    return int(found)


def _query(filters: list[str], is_backwards: bool = False) -> Any:
    columns = [getattr(Account, name) for name in ProfileRecord._fields]
    edge = Account.id < slot("after") if is_backwards else Account.id > slot("after")
    query = Account.select(Account.id, *columns).where(Account.parent == slot("parent"), edge)
    # SQLite asks in this order, and no further than to the first that does not fit: what is each
    # one's own tells most.
    for name in sorted(filters, key=lambda name: name not in _OWN):
        query = query.where(_narrow(name))
    return query


def _narrow(name: str) -> Any:
    if name == "active":
        return Account.active == slot(name)
    if name == "search":
        return contains(Account.username, slot(name)) | contains(Account.email, slot(name))
    return contains(getattr(Account, name), slot(name))


_COUNT = Compiled(
    lambda: Account.select(peewee.fn.COUNT(Account.id)).where(Account.parent == slot("parent"))
)
