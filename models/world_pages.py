"""The accounts of a world with all that is their own, page by page: for whoever reads all of them
in one snapshot of the store.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from legacygrid.models.account import OWN, Account
from legacygrid.models.api_key import ApiKey
from legacygrid.models.login import OWNER_LITERAL, Login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.queries import Compiled, slot

#: Accounts of a page.
_PAGE = 200
#: Of an account; its name is spelled as that of its owner's login.
COLUMNS = ("id", "username", "secret", *OWN, "mail_domain")

Row = Mapping[str, Any]
#: Rows of another table by the number of the account that they belong to.
Belongings = Mapping[int, list[Row]]


class AccountPage(NamedTuple):
    """Some accounts, oldest first.

    :param rows: in the order of `COLUMNS`.
    :param logins: beside the owners'; by their numbers on the wire. `domains`, and `keys`, the
        oldest first.
    """

    rows: list[tuple[Any, ...]]
    logins: Belongings
    keys: Belongings
    domains: Belongings


def list_primaries(world: str) -> Iterator[AccountPage]:
    """The primary accounts of a world."""
    return _list_pages(_PRIMARIES, world)


def list_subusers(parent: int) -> Iterator[AccountPage]:
    """The subusers of the account with that number."""
    return _list_pages(_SUBUSERS, parent)


class _Queries:
    """What is read of each page.

    :param which: the condition that all the accounts meet.
    """

    def __init__(self, *which: Any) -> None:
        columns = [getattr(Account, name) for name in (*OWN, "mail_domain")]
        self.accounts = Compiled(
            lambda: (
                Account.select(Account.id, Login.name, Login.secret, *columns)
                .join(Login, on=(Login.account == Account.id) & (Login.kind == OWNER_LITERAL))
                .where(*which, Account.id > slot("after"))
                .order_by(Account.id)
                .limit(_PAGE)
            )
        )
        # Without an order: SQLite would go through an index of all rows for that.
        theirs = (*which, Account.id > slot("after"), Account.id <= slot("last"))
        self.logins = _Belonging(Login, Login.number, *theirs, Login.kind != OWNER_LITERAL)
        self.keys = _Belonging(ApiKey, ApiKey.id, *theirs)
        self.domains = _Belonging(MailDomain, MailDomain.id, *theirs)


class _Belonging:
    def __init__(self, model: Any, order: Any, *which: Any) -> None:
        fields = model._meta.sorted_fields
        self._names: Sequence[str] = [field.name for field in fields]
        self._order = order.name
        self._rows = Compiled(
            lambda: (
                Account.select(*fields).join(model, on=model.account == Account.id).where(*which)
            )
        )

    def of(self, **edges: Any) -> Belongings:
        groups: defaultdict[int, list[Row]] = defaultdict(list)
        rows = [dict(zip(self._names, row, strict=True)) for row in self._rows.run(**edges)]
        for row in sorted(rows, key=lambda row: row[self._order]):
            groups[row["account"]].append(row)
        return groups


_PRIMARIES = _Queries(Account.world == slot("of"), Account.parent.is_null())
_SUBUSERS = _Queries(Account.parent == slot("of"))


def _list_pages(queries: _Queries, of: str | int) -> Iterator[AccountPage]:
    after = 0
    while rows := queries.accounts.run(of=of, after=after):
        edges = {"of": of, "after": after, "last": rows[-1][0]}
        yield AccountPage(
            rows, queries.logins.of(**edges), queries.keys.of(**edges), queries.domains.of(**edges)
        )
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]
