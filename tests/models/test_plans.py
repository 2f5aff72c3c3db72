"""Queries that every call makes, and those of long lists, find their rows by an index, whatever engine the store is on."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from engines import explain
from legacygrid.models import lookup, statistics, subuser_lists, webhook_queue
from legacygrid.models.account import Account
from legacygrid.models.database import Store
from legacygrid.models.listed_addresses import WorldFilter
from legacygrid.models.message import Message
from legacygrid.models.outbox import MessageFilter
from legacygrid.models.queries import Compiled
from legacygrid.models.suppression import Suppression

#: What is looked for, as SQLite and PostgreSQL tell it: a whole table is read, or all that was found is sorted.
WHOLE = re.compile(r"^(SCAN (?!.*USING)|.*TEMP B-TREE FOR ORDER BY)|Seq Scan|Sort  ", re.MULTILINE)
#: Slots that are filled with texts.
TEXTS = {"key", "digest", "first", "last", "category"}


def compiled(query: Compiled) -> tuple[str, list[Any]]:
    sql, params = query._sql
    names = [each.name for each in params if hasattr(each, "name")]
    return sql, query._fill(params, {name: name if name in TEXTS else 1 for name in names})


def newest_messages() -> tuple[str, list[Any]]:
    fits = MessageFilter(world="", primary="acme").condition
    sql, params = Message.select(Message.id).where(fits).order_by(Message.id.desc()).limit(50).sql()
    return sql, params


def suppressed(**wanted: Any) -> tuple[str, list[Any]]:
    page = WorldFilter(**wanted)._select().where(Suppression.id > 0).order_by(Suppression.id).limit(200)
    sql, params = page.sql()
    return sql, params


QUERIES: dict[str, Callable[[], tuple[str, list[Any]]]] = {
    "whose name that is": lambda: compiled(lookup._BY_NAME),
    "whose key that is": lambda: compiled(lookup._BY_KEY),
    "the name of an account": lambda: compiled(lookup._NAME),
    "a page of subusers": lambda: compiled(subuser_lists._leaf(frozenset(), 200)),
    "a page of those that are active": lambda: compiled(subuser_lists._leaf(frozenset({"active"}), 200)),
    "how many subusers there are": lambda: compiled(subuser_lists._COUNT),
    "the days of statistics": lambda: compiled(statistics._DAYS),
    "the oldest event": lambda: compiled(webhook_queue._OLDEST_EVENT),
    "the newest messages": newest_messages,
    "a list of one account": lambda: suppressed(account=1, kind="bounce"),
    "subusers by name": lambda: Account.select().where(Account.parent == 1, Account.id > 5).order_by(Account.id).sql(),
}


@pytest.mark.parametrize("name", QUERIES)
def test_no_table_is_read_as_a_whole(store: Store, name: str) -> None:
    with store.snapshot():
        plan = explain(*QUERIES[name]())
    assert not WHOLE.search(plan), plan
