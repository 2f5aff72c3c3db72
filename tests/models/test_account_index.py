"""Searches by a part find with the index of accounts what they find without."""

import logging
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import NEW, PASSWORD, Service, World, fresh
from engines import SQLITE_ALONE
from legacygrid.models import account_index, opening, subuser_lists
from legacygrid.models.account import Account
from legacygrid.models.connections import Sqlite
from legacygrid.models.database import Store, bound
from legacygrid.models.proposals import propose
from legacygrid.models.queries import Compiled
from legacygrid.models.subusers import find_account
from smtp2go_api import Api
from stores import STORES
from undoing import UndoneError, undone

pytestmark = SQLITE_ALONE
#: What stands in a column, and is looked for by each part of it.
ODD = (
    "Ada Lovelace", "ADA@EXAMPLE.COM", "ada@example.com", "o'Brien \"the\" cat", "100%_off!", "!%_", "%%%", "a%b_c!d",
    "AND OR NOT", "NEAR(ab cd, 2)", "ab*", "^abc", "email:abc", "{ab cd}", "-abc +def", "a.b,c;d", "\\abc\\", "[abc]",
    "\tab\ncd\r", "  ab  ", "\x01\x02\x03\x1f", "ab\0cdef", "\0abc", "İstanbul", "ISTANBUL", "\N{LATIN SMALL LETTER DOTLESS I}stanbul", "Straße",
    "STRASSE", "\N{KELVIN SIGN}elvin", "kelvin", "\N{ANGSTROM SIGN}ngström", "ﬁnance", "finance", "ÀÉÎ", "àéî",
    "e\N{COMBINING ACUTE ACCENT}te\N{COMBINING ACUTE ACCENT}", "été", "ΑΣΑΣ", "ασας", "ПРИВЕТ", "привет", "日本語テスト",
    "ﾃｽﾄ", "한국어말", "שלום עולם", "ไทยนะ", "👩‍👩‍👧 family", "👍🏽👍🏽", "🇩🇪🇫🇷", "\U0010ffff\U0010fffe\uffff\ufffe\ufffd",
    "\ufeffabc", "a\N{ZERO WIDTH JOINER}b\N{SOFT HYPHEN}c", "x" * 50, "ab", "a", "",
)  # fmt: skip
LETTERS = st.text(st.sampled_from("aAbBkK\N{KELVIN SIGN}ßẞİıéÉ日👍%_!\"'* \0"), max_size=6)
COLUMNS = st.fixed_dictionaries({"username": LETTERS, "email": LETTERS, "company": LETTERS})


def insert(parent: Account, rows: list[dict[str, Any]]) -> None:
    Account.insert_many([{"username": "", **row, "parent": parent.id, "world": parent.world} for row in rows]).execute()


def take_in(limit: int = 10_000) -> None:
    account_index.take_in(bound.connection(), limit)


def both_ways(parent: Account, **filters: Any) -> list[str]:
    """What a list finds, with the index and without."""
    found = [list(subuser_lists.Profiles(parent, by_index, **filters)) for by_index in (True, False)]
    assert found[0] == found[1], filters
    return [row.username for row in found[0]]


def fill(parent: Account, count: int) -> None:
    for start in range(0, count, 500):
        names = range(start, min(start + 500, count))
        insert(parent, [NEW_PROFILE | {"username": f"{parent.username}-{name:04}"} for name in names])


NEW_PROFILE = {name: NEW[name] for name in ("email", "city", "company")}


@pytest.fixture(scope="module")
def many(recorded: Service) -> Iterator[World]:
    """An account with more subusers than are read at once."""
    world = World(recorded, prefix=f"/~{fresh('world')}")
    with recorded.grid.store.writing():
        fill(world.account, 2500)
    # No later call has to check its password.
    world.call("profile.get.json")
    yield world
    with recorded.grid.store.writing():
        world.account.remove()


def test_odd_letters_are_found_both_ways(own_world: World, store: Store) -> None:
    with store.writing():
        insert(own_world.account, [{"username": fresh("n"), "company": text} for text in ODD])
        take_in()
    by_index = 0
    for text in ODD:
        parts = {text[start:end] for start in range(0, min(len(text), 9), 2) for end in range(start + 2, start + 5)}
        for part in {*parts, text, text.swapcase(), f"{text}{text}"} - {""}:
            both_ways(own_world.account, company=part)
            by_index += bool(propose(own_world.account, [[part]]))
        for is_fuzzy in (True, False):
            found = [
                [each.id for each in subuser_lists.search(own_world.account, [text, "kelvin"], is_fuzzy, "", 9, way)]
                for way in (True, False)
            ]
            assert found[0] == found[1], text
    assert by_index > 200, "else this proves little"


@settings(max_examples=150)
@given(
    st.lists(COLUMNS, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), COLUMNS | st.none()), max_size=4),
    st.lists(COLUMNS, max_size=3),
    st.lists(LETTERS.filter(len), min_size=1, max_size=4),
    st.integers(0, 8),
)
def test_whatever_happens_to_accounts(
    store: Store, first: list[Any], changes: list[Any], more: list[Any], parts: list[str], indexed: int
) -> None:
    with undone(store):
        parent = Account.create(username=fresh("parent"))
        take_in()
        insert(parent, first)
        take_in(indexed)
        numbers = [row.id for row in Account.select(Account.id).where(Account.parent == parent)]
        for place, columns in changes:
            if place < len(numbers):
                condition = Account.id == numbers[place]
                if columns is None:
                    Account.delete().where(condition).execute()
                elif not Account.update(columns).where(condition).execute():
                    # As a reset brings it back.
                    Account.create(id=numbers[place], parent=parent, **columns)
        insert(parent, more)
        for part in parts:
            for name in account_index.COLUMNS:
                both_ways(parent, **{name: part})
            both_ways(parent, username=part, company=parts[0])
            both_ways(parent, search=part)


def test_new_accounts_come_in_by_themselves(own_world: World, store: Store) -> None:
    account = own_world.account
    with store.writing():
        fill(account, 600)
    ((mark,),) = bound.execute_sql("SELECT indexed FROM account_index_mark").fetchall()
    (last,) = bound.execute_sql("SELECT max(id) FROM account").fetchone()
    assert last - 256 < mark <= last
    assert both_ways(account, username="-0123") == [f"{account.username}-0123"]
    assert both_ways(account, username="-0599") == [f"{account.username}-0599"]


def test_what_a_reset_brings_back_is_found(own_world: World, store: Store) -> None:
    own, names = fresh("owner"), [fresh(f"first-{number}") for number in range(4)]
    subusers = [{"username": name, "password": PASSWORD, "company": f"of {name}"} for name in names]
    account = {"username": own, "password": PASSWORD, "subusers": subusers}
    assert own_world.admin("POST", "seed", {"version": 1, "accounts": [account]}).status == 200
    parent, who = find_account(own, own_world.prefix.removeprefix("/~")), {"api_user": own, "api_key": PASSWORD}
    with store.writing():
        take_in()
    own_world.call("customer.delete.json", user=names[0], **who)
    own_world.call("customer.profile.json", task="setUsername", user=names[1], username="another", **who)
    own_world.call("customer.profile.json", task="set", user=names[2], company="another", **who)
    assert both_ways(parent, search="another") == ["another"]
    assert both_ways(parent, company="another") == [names[2]]
    assert both_ways(parent, username="first-") == names[2:]
    assert own_world.admin("POST", "reset").status == 200
    assert both_ways(parent, username="first-") == both_ways(parent, company="of first-") == names
    assert both_ways(parent, search="another") == both_ways(parent, company="another") == []


def test_an_index_of_accounts_that_are_gone_begins_anew(own_world: World, store: Store) -> None:
    account = own_world.account
    with store.writing():
        fill(account, 600)
        take_in()
        bound.execute_sql("UPDATE account_index_mark SET gone = 100000")
        Account.delete().where(Account.username == f"{account.username}-0007").execute()
        assert bound.execute_sql("SELECT * FROM account_index_mark").fetchall() == [(0, 0)]
        assert bound.execute_sql("SELECT rowid FROM account_index WHERE account_index MATCH 'par'").fetchall() == []
    assert both_ways(account, username="-000") == [f"{account.username}-000{digit}" for digit in "012345689"]
    with store.writing():
        fill(account, 1)
    ((mark, _),) = bound.execute_sql("SELECT * FROM account_index_mark").fetchall()
    assert mark > 0


# Stores


@pytest.fixture
def old(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A store that was made before there was an index."""
    shutil.copy(STORES / "v7.db", tmp_path / "old.db")
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as connection:
        yield connection


def indexed(connection: sqlite3.Connection, part: str) -> list[int]:
    sql = "SELECT rowid FROM account_index WHERE account_index MATCH ? ORDER BY rowid"
    return [number for (number,) in connection.execute(sql, (part,))]


def add(connection: sqlite3.Connection, first: int, count: int) -> None:
    names = ((number, f"added-{number}") for number in range(first, first + count))
    values = "id, username, world, email, active, website_access, first_name, last_name, address, address2, city, state"
    values += ", zip, country, phone, website, company, mail_domain, open_tracking, click_tracking, seal"
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO account ({values}) VALUES (?, ?{', 0' * 19})", names)
    connection.execute("COMMIT")


def test_an_older_store_is_indexed(
    old: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(account_index, "_LINE", 2000)
    monkeypatch.setattr(account_index, "_SLICE", 1000)
    add(old, 1000, 5000)
    with caplog.at_level(logging.INFO, "legacygrid"):
        account_index.prepare(old)
    assert indexed(old, "add") == list(range(1000, 6000))
    assert [record.getMessage().partition(":")[2] for record in caplog.records][1:] == [
        " 2000 of 5020",
        " 4000 of 5020",
    ]
    before = old.execute("SELECT * FROM account_index_mark").fetchall()
    account_index.prepare(old)
    assert old.execute("SELECT * FROM account_index_mark").fetchall() == before


def test_a_store_goes_on_without_an_index_and_gets_it_again(
    old: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(old, 1000, 2000)
    account_index.prepare(old)
    with monkeypatch.context() as patch:
        patch.setattr(account_index, "is_supported", lambda connection: False)
        account_index.prepare(old)
        assert not account_index.is_kept(old)
        assert old.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall() == []
        add(old, 5000, 2000)
        old.execute("DELETE FROM account WHERE id = 1000")
    account_index.prepare(old)
    assert indexed(old, "add") == [*range(1001, 3000), *range(5000, 7000)]


def test_an_operator_hears_that_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Sqlite(Path(shutil.copy(STORES / "v7.db", tmp_path / "store.db")))
    database.path.chmod(0o600)
    try:
        assert opening.find_notices(database) == []
        monkeypatch.setattr(account_index, "is_supported", lambda connection: False)
        assert "filters read all subusers" in opening.find_notices(database)[0]
    finally:
        database.close_everywhere()


# Over the wire


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The kinds of threads that read pages of a list."""
    seen: set[str] = set()
    run = Compiled.run

    def watched(query: Compiled, **values: Any) -> Any:
        if "after" in values or "match" in values:
            seen.add(threading.current_thread().name.partition("_")[0])
        return run(query, **values)

    monkeypatch.setattr(Compiled, "run", watched)
    return seen


#: What many subusers are filtered by, and how many are found; several pages, one, none; the last two without the index.
SEARCHES: dict[str, tuple[dict[str, str], int]] = {
    "several pages": ({"username": "-0"}, 1000),
    "one": ({"username": "-0123"}, 1),
    "address and company": ({"email": NEW["email"], "company": NEW["company"], "username": "-012"}, 10),
    "none": ({"email": "nobody"}, 0),
    "two letters": ({"email": "qq"}, 0),
    "another column": ({"city": "nowhere"}, 0),
    "a switch": ({"active": "0"}, 0),
}


@pytest.mark.parametrize(("filters", "count"), SEARCHES.values(), ids=SEARCHES)
def test_a_long_search_is_read_off_the_loop(
    many: World, readers: set[str], filters: dict[str, str], count: int
) -> None:
    found = {format: many.call(f"customer.profile.{format}", task="get", **filters) for format in ("json", "xml")}
    assert [row["username"] for row in found["json"].json] == both_ways(
        many.account, **{name: value if name != "active" else False for name, value in filters.items()}
    )
    assert len(found["json"].json) == len(found["xml"].xml) == count
    assert readers == {"legacygrid-read", threading.current_thread().name}


def test_subaccounts_are_searched_off_the_loop(many: World, readers: set[str]) -> None:
    terms = ["-0123", f"{many.name.upper()}-0042"]
    found = Api(many).ok("subaccounts/search", search_terms=terms, fuzzy_search=True)
    assert [each["username"][-4:] for each in found["subaccounts"]] == ["0042", "0123"]
    assert readers == {"legacygrid-read"}


#: Where a page begins, and how many are on it: forwards and backwards, from inside and from the edges.
PAGES: tuple[dict[str, Any], ...] = (
    {}, {"after": "40"}, {"after": "2450"}, {"before": ""}, {"before": "60"}, {"before": "2450"},
)  # fmt: skip


@pytest.mark.parametrize("edges", PAGES, ids=str)
def test_pages_are_the_same_both_ways(many: World, monkeypatch: pytest.MonkeyPatch, edges: dict[str, str]) -> None:
    account = many.account
    first = Account.select(Account.id).where(Account.parent == account).order_by(Account.id).get().id
    edges = {name: value and str(first + int(value)) for name, value in edges.items()}

    def read() -> list[list[int]]:
        sought = ({"search": "-00"}, {"username": "-24"}, {"username": "-0", "email": NEW["email"]})
        return [[row.id for row in subuser_lists.page(account, 30, **edges, **each)] for each in sought]

    by_index = read()
    monkeypatch.setattr(subuser_lists, "propose", lambda *parts: "")
    assert by_index == read()
    assert any(by_index)


@pytest.mark.parametrize("count", [3, 1500])
def test_many_new_accounts_come_in_together(own_world: World, store: Store, count: int) -> None:
    marks = "SELECT indexed, gone FROM account_index_mark"
    with store.writing():
        take_in()
        before = bound.execute_sql(marks).fetchall()
        with account_index.paused(bound.connection()):
            fill(own_world.account, count)
            assert bound.execute_sql(marks).fetchall() == before
        last = bound.execute_sql("SELECT max(id) FROM account").fetchone()[0]
        assert bound.execute_sql(marks).fetchall() == ([(last, before[0][1])] if count > 1024 else before)
    assert len(both_ways(own_world.account, username=own_world.account.username)) == count
    with suppress(UndoneError), store.writing(), account_index.paused(bound.connection()):
        raise UndoneError
    with store.snapshot():
        account_triggers = "SELECT name FROM sqlite_master WHERE name GLOB 'account_index_*' AND type = 'trigger'"
        assert len(bound.execute_sql(account_triggers).fetchall()) == 4
