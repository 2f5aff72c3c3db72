"""The accounts of a world with all that is their own, page by page: for whoever reads all of them
in one snapshot of the store.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import peewee

from legacygrid.models.account import OWN, RARE, Account
from legacygrid.models.login import OWNER_LITERAL, Login
from legacygrid.models.queries import Compiled, slot
from legacygrid.models.tables import TABLES
from legacygrid.models.undo_schema import BELONGINGS

#: Accounts of a page.
_PAGE = 200
#: Of an account itself.
_COLUMNS = (*OWN, "mail_domain", *RARE)
#: The same; its name is spelled as that of its owner's login.
COLUMNS = ("id", "username", "secret", *_COLUMNS)
_MODELS: dict[str, Any] = {model._meta.table_name: model for model in TABLES}

Row = Mapping[str, Any]
#: Rows of another table by the number of the account that they belong to.
Belongings = Mapping[int, Sequence[Row]]


class AccountPage(NamedTuple):
    """Some accounts, oldest first.

    :param rows: in the order of `COLUMNS`.
    :param tables: what is theirs, by table: further logins by their numbers on the wire, of all
        else the oldest first. A table of which nobody in the world has a row is missing.
    """

    rows: list[tuple[Any, ...]]
    tables: Mapping[str, Belongings]

    def all_of(self, table: str) -> Belongings:
        """What is theirs in a table."""
        return self.tables.get(table, {})

    def of(self, table: str, number: int) -> Sequence[Row]:
        """What is an account's in a table."""
        return self.all_of(table).get(number, ())


class WorldPages:
    """Pages of the accounts of a world."""

    def __init__(self, world: str) -> None:
        self._world = world
        # Most worlds have nothing in most tables, and each table is a query a page.
        self._tables = [table for table in BELONGINGS if _has_rows(table, world)]

    def list_primaries(self) -> Iterator[AccountPage]:
        """The primary accounts."""
        return self._list_pages(_PRIMARIES, self._world)

    def list_subusers(self, parent: int) -> Iterator[AccountPage]:
        """The subusers of the account with that number."""
        return self._list_pages(_SUBUSERS, parent)

    def _list_pages(self, queries: "_PageQueries", of: str | int) -> Iterator[AccountPage]:
        after = 0
        while rows := queries.accounts.run(of=of, after=after):
            edges = {"of": of, "after": after, "last": rows[-1][0]}
            theirs = {table: queries.belongings[table].of(**edges) for table in self._tables}
            yield AccountPage(rows, theirs)
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]


class _PageQueries:
    """What is read of each page.

    :param which: the condition that all the accounts meet.
    """

    def __init__(self, *which: Any) -> None:
        columns = [getattr(Account, name) for name in _COLUMNS]
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
        self.belongings = {name: _Belonging(_MODELS[name], "id", *theirs) for name in BELONGINGS}
        is_further = Login.kind != OWNER_LITERAL
        self.belongings["login"] = _Belonging(Login, "number", *theirs, is_further)


class _Belonging:
    def __init__(self, model: Any, order: str, *which: Any) -> None:
        fields = model._meta.sorted_fields
        self._names: Sequence[str] = [field.name for field in fields]
        self._order = order
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


_PRIMARIES = _PageQueries(Account.world == slot("of"), Account.parent.is_null())
_SUBUSERS = _PageQueries(Account.parent == slot("of"))


def _first_row(model: Any) -> Compiled:
    """A row of an account of a world; SQLite looks through the rows, not through the accounts."""
    own = (model.account == Account.id, Account.world == slot("world"))
    return Compiled(
        lambda: model.select(model.account).join(Account, peewee.JOIN.CROSS).where(*own).limit(1)
    )


_FIRST_ROWS = {name: _first_row(_MODELS[name]) for name in BELONGINGS}


def _has_rows(table: str, world: str) -> bool:
    # Every account has its owner's login.
    return table == "login" or bool(_FIRST_ROWS[table].run(world=world))
