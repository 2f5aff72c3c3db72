"""Lists that SQLite puts together as texts: the same bytes as those of rows, whatever they hold."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import World, fresh
from legacygrid.models.account import Account, ProfileRecord
from legacygrid.models.database import Store
from legacygrid.models.subuser_lists import PAGE, Profiles
from legacygrid.serializers import writers
from legacygrid.serializers.profiles import profile
from legacygrid.serializers.rows import Rows, profile_rows
from undoing import undone

#: What marks places while a list is written, what a format has a way of its own to write, and what it
#: has none for.
ODD = (
    "", "a`b", "`", "\x7f", "<b>", "a<b", "a>b", "]]>", "&amp;", "O'Neil \"&\" <sons>", "\\", "\\\"", "\\u007f", "\\u0000", "%s", "%",
    "a/b\\/c", "\r\n\t", "\0", "a\0b", "\x01\x1f", "\ufffe", "\uffff", "\ufffd", "Zoë", "日本", "👍🏽", "\x80\x85\x9f", "||", ",",
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | st.sampled_from(ODD)
SUBUSERS = st.lists(
    st.fixed_dictionaries(dict.fromkeys(("email", "first_name", "zip"), TEXTS) | {"active": st.booleans()}),
    max_size=5,
)
WRITERS = ((writers.php_json, ","), (writers.python_json, ", "), (writers.net_json, ","))
KEYS = pytest.mark.parametrize("rows", [profile_rows(profile("recorded")), profile_rows(profile("documented"))])


@pytest.fixture
def parent(own_world: World, store: Store) -> Iterator[Account]:
    """An account whose subusers have no owners; none of them stays for other tests."""
    yield own_world.account
    with store.writing():
        own_world.account.remove()


def insert(parent: Account, subusers: Iterable[dict[str, Any]]) -> None:
    for subuser in subusers:
        Account.create(**{"username": fresh("n"), **subuser}, parent=parent, world=parent.world)


def written(rows: Rows, records: Iterable[ProfileRecord]) -> Iterator[bytes]:
    for write, separator in WRITERS:
        yield b"".join(rows.to_json(write, separator, records))
    yield b"".join(rows.to_xml("<?xml?>", records))


@KEYS
@settings(max_examples=60)
@given(subusers=SUBUSERS)
def test_pages_are_written_as_rows_are(store: Store, rows: Rows, subusers: list[dict[str, Any]]) -> None:
    with undone(store):
        parent = Account.create(username=fresh("parent"))
        insert(parent, subusers)
        listed = Profiles(parent)
        assert [*written(rows, listed)] == [*written(rows, list(listed))]


@KEYS
def test_each_odd_text(store: Store, parent: Account, rows: Rows) -> None:
    with store.writing():
        insert(parent, ({"email": text, "city": text, "website_access": False} for text in ODD))
    for each in Profiles(parent):
        of_one = Profiles(parent, username=each.username)
        assert [*written(rows, of_one)] == [*written(rows, [each])], each.email


@KEYS
@pytest.mark.parametrize("count", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 1])
def test_pages_end_anywhere(store: Store, parent: Account, rows: Rows, count: int) -> None:
    with store.writing():
        # In each second page, one text holds what marks places.
        insert(parent, ({"email": "<`>" if place == PAGE + 10 else "é/"} for place in range(count)))
    listed = Profiles(parent)
    assert len([*listed]) == count
    assert [*written(rows, listed)] == [*written(rows, list(listed))]


@pytest.mark.parametrize(
    "filters", [{"active": False}, {"email": "e1"}, {"email": "e1", "active": True}, {"city": "no"}]
)
def test_a_narrowed_list(store: Store, parent: Account, filters: dict[str, Any]) -> None:
    rows = profile_rows(profile("recorded"))
    with store.writing():
        insert(parent, ({"email": f"e{place}", "active": place % 3} for place in range(60)))
    for by_index in (False, True):
        listed = Profiles(parent, by_index, **filters)
        assert [*written(rows, listed)] == [*written(rows, list(listed))]


@pytest.mark.parametrize("count", [1, 3])
def test_who_goes_while_a_page_is_read_is_left_out(store: Store, parent: Account, count: int) -> None:
    rows = profile_rows(profile("recorded"))
    with store.writing():
        insert(parent, ({"email": "<`>"} for _ in range(count)))

    class Going(Profiles):
        """Its first subuser goes after the texts of a page were read."""

        def pages(self, row: Any) -> Iterator[Any]:
            for page in super().pages(row):
                with store.writing():
                    Account.select().where(Account.parent == parent).order_by(Account.id).get().remove()
                yield page

    told = b"".join(rows.to_json(writers.php_json, ",", Going(parent)))
    assert told == b"".join(rows.to_json(writers.php_json, ",", list(Profiles(parent))))
