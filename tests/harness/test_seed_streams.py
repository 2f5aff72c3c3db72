"""A long seed is read as a stream: it does what the same document does as a whole."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from emulator import Service, fresh, nothing_stored
from engines import list_triggers
from legacygrid.endpoints import SYSTEMS
from legacygrid.harness import seed_stream
from legacygrid.harness.export import export
from legacygrid.harness.seed_stream import SeedText
from legacygrid.harness.seeder import Seeder, SeedError
from legacygrid.models import snapshots
from legacygrid.serializers import seeds
from legacygrid.serializers.layouts import COMPACT
from legacygrid.serializers.profiles import profile
from members import OF_PRIMARY, OF_SUBUSER, STATISTICS, SUPPRESSIONS

HASH = "$2b$04$" + "." * 21 + "O" + "." * 31
SUBUSERS = [{"username": f"sub-{number}", "password_hash": HASH, "company": "é\\ud800"} for number in range(450)]
CREDENTIAL = {
    "id": 7, "name": "cred", "password_hash": HASH, "permissions": {"api": 1}, "enabled": False,
    "created_at": "2013-01-21T16:52:01+00:00", "updated_at": "2013-01-21T16:52:01+00:00",
}  # fmt: skip
RICH = {"subusers": SUBUSERS, "username": "acme", "password_hash": HASH, "active": False, "mail_domains": ["a.example"]}
WELL = [
    {"version": 1},
    {"accounts": [], "version": 1},
    {"version": 1, "accounts": [RICH | {"subusers": [*SUBUSERS, SUBUSERS[3]]}]},
    {"version": 1, "accounts": [RICH, {"username": "other", "password": "a secret"}]},
    {"version": 1, "accounts": [RICH | {"subusers": [
        {"username": "\uff21da", "password": "a secret", "mail_domain": "a.example"},
        {"username": "bob", "password_hash": HASH, "credentials": [CREDENTIAL]},
        {"username": "cleo", "password_hash": HASH, "keys": [{"label": "l", "key_hash": "0" * 64, "calls": ["a"]}]},
    ]}]},
    {"version": 1, "accounts": [
        {**OF_PRIMARY, "username": "acme", "password_hash": HASH,
         "subusers": [*SUBUSERS, {"username": "ada", "password_hash": HASH, **OF_SUBUSER}]},
        {"username": "other", "password_hash": HASH, "suppressions": SUPPRESSIONS, "statistics": STATISTICS},
    ]},
]  # fmt: skip
BADLY: list[tuple[Any, list[str]]] = [
    ({"version": 2}, ["version"]),
    ({"version": 1, "more": []}, ["more"]),
    ({"version": 1, "accounts": {}}, ["accounts"]),
    ({"version": 1, "accounts": [RICH | {"subusers": [*SUBUSERS, {"username": "a"}]}]},
     ["accounts[0].subusers[450].username"]),
    ({"version": 1, "accounts": [RICH, {"username": "b\x01b", "password": "x", "city": 1}]},
     ["accounts[1].username", "accounts[1].username", "accounts[1].city"]),
    ({"version": 1, "accounts": [RICH | {"keys": [{"label": "x"}]}]}, ["accounts[0].keys[0].key"]),
    ({"version": 1, "accounts": [RICH | {"subusers": [{"username": "ACME", "password_hash": HASH}]}]},
     ["account 'ACME'"]),
    ({"version": 1, "accounts": [RICH | {"subusers": [SUBUSERS[0] | {"mail_domain": "b.example"}]}]},
     ["account 'sub-0'"]),
    ({"version": 1, "accounts": [RICH | {"subusers": [*SUBUSERS, {
        "username": "eve", "password": "x", "credits": {"mode": "total"}, "ips": ["here"], "time_zone": "Mars/Olympus"}]}]},
     [f"accounts[0].subusers[450].{each}" for each in ("time_zone", "ips[0]", "credits.remain")]),
    ({"version": 1, "accounts": [RICH | {"suppressions": [SUPPRESSIONS[1], SUPPRESSIONS[1]], "apps": {"a b": {}}}]},
     ["accounts[0].apps.a b", "accounts[0].suppressions[1]"]),
    ({"version": 1, "accounts": [RICH | {"subusers": [SUBUSERS[0] | {"monitors": ["nothing"]}]}]}, ["account 'sub-0'"]),
    ({"version": 1, "accounts": [
        RICH | {"parse": [{"hostname": "in.example.com", "url": "x"}]},
        {"username": "bob", "password": "x", "parse": [{"hostname": "IN.example.com.", "url": "x"}]}]}, ["account 'bob'"]),
    ({"version": 1, "accounts": [{"username": "acme", "password": "x", "subusers": [{"no": 1}] * 20}]}, []),
]  # fmt: skip


def as_text(document: Any) -> SeedText:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return SeedText(io.BytesIO(data), len(data), "body", "is not JSON: {}")


@pytest.fixture(autouse=True)
def only_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """No text is short enough to be read as a whole."""
    monkeypatch.setattr(seed_stream, "WHOLE", -1)


@pytest.mark.parametrize("document", WELL)
def test_a_stream_stores_what_the_whole_does(recorded: Service, document: Any) -> None:
    seeding, states = recorded.grid.seeding, []
    for each in (document, as_text(document)):
        world = fresh("stream")
        added = seeding.replace(each, world).added
        with recorded.grid.store.snapshot():
            state = json.loads("".join(export(SYSTEMS.kinds, COMPACT, world)))
        for account in state["accounts"]:
            # Each hash of the same password is another.
            account.pop("password_hash")
            for subuser in account["subusers"]:
                subuser.pop("password_hash")
        states.append((added, state))
    assert states[0] == states[1]
    again = seeding.add_to_world(as_text(document), world)
    assert (again.added, again.there >= added) == (0, True)


@pytest.mark.parametrize(("document", "places"), BADLY)
def test_a_stream_is_refused_where_the_whole_is(recorded: Service, document: Any, places: list[str]) -> None:
    seeding, world, said = recorded.grid.seeding, fresh("stream"), []
    for each in (document, as_text(document)):
        with nothing_stored(recorded), pytest.raises(SeedError) as error:
            seeding.replace(each, world)
        said.append(error.value.parts)
    assert [part.place for part in said[1]][: len(places)] == places
    assert sorted(said[0]) == sorted(said[1])


@pytest.mark.parametrize("data", [b'{"version": 1, "version": 1}', b"[]", b'{"version": 1, "accounts": [1]}', b"\xff"])
def test_a_text_that_is_no_seed(recorded: Service, data: bytes) -> None:
    with nothing_stored(recorded), pytest.raises(SeedError) as error:
        recorded.grid.seeding.add(as_text(data))
    assert [part.place for part in error.value.parts] == ["body"]


def test_a_short_one_that_does_not_fit_is_read_as_a_whole(recorded: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed_stream, "WHOLE", 1000)
    assert recorded.grid.seeding.add(as_text(b'{"version": 1, "accounts": 1, "accounts": []}')).added == 0


def state_of(service: Service, world: str) -> Any:
    with service.grid.store.snapshot():
        return json.loads("".join(export(SYSTEMS.kinds, COMPACT, world)))


@pytest.mark.parametrize("replaces", [True, False])
def test_a_reset_takes_back_what_a_stream_brought(recorded: Service, replaces: bool) -> None:
    grid, world = recorded.grid, fresh("quiet")
    first = {"version": 1, "accounts": [{"username": "acme", "password_hash": HASH, "subusers": SUBUSERS[:2]}]}
    grid.seeding.add_to_world(first, world)
    before, triggers = state_of(recorded, world), list_triggers()
    if replaces:
        grid.seeding.replace(as_text({"version": 1, "accounts": [RICH]}), world)
    else:
        seeder = Seeder(grid.secrets, world)
        seeder.is_long = True
        more = {
            "username": "acme",
            "keys": [],
            "credentials": [{"name": "cred", "password_hash": HASH, "kind": "credential"}],
            "mail_domains": [],
        }
        subusers = [each | {"keys": [], "credentials": []} for each in SUBUSERS]
        with grid.store.writing_much():
            seeder.add([(more, [subusers])])
    assert len(state_of(recorded, world)["accounts"][0]["subusers"]) == len(SUBUSERS)
    with grid.store.writing():
        snapshots.reset_world(world)
    assert (state_of(recorded, world), list_triggers()) == (before, triggers)


LISTS = {"keys": [{"label": "l", "key": "abcdef"}], "credentials": [{"name": "abc", "password": "x"}]}
VALUES = st.sampled_from(
    [
        *[
            "",
            "ada",
            "x" * 64,
            "x" * 65,
            "a@example.com",
            "123",
            "example.com",
            HASH,
            "\x01\x02\x03",
            "apikey",
            "é\u200b",
        ],
        *[None, True, False, 0, 1.0, [], {}, [1], *LISTS.values()],
    ]
)
SCHEMA = seeds.schema_of_items(seeds.schema(profile("documented"), SYSTEMS.kinds), "accounts")
GOOD = {"username": "ada", "password_hash": HASH}


@given(st.dictionaries(st.sampled_from([*SCHEMA.fields, "other"]), VALUES, max_size=4))
def test_an_entry_is_read_as_its_schema_loads_it(changes: dict[str, Any]) -> None:
    for entry in (changes, GOOD | changes):
        outcomes: list[Any] = []
        for load in (SCHEMA.load, SCHEMA.read):
            try:
                outcomes.append(load(entry))
            except ValidationError as error:
                outcomes.append(error.messages)
        assert outcomes[0] == outcomes[1]
        columns = SCHEMA.read_columns([entry, entry])
        if columns is not None:
            assert {name: list(column) for name, column in columns.items()} == {
                name: [value] * 2 for name, value in outcomes[0].items()
            }


@pytest.mark.parametrize(
    ("changes", "is_read"),
    [
        ([{}, {"city": "Li\u00e8ge", "active": True, "email": ""}], False),
        ([{"city": "Li\u00e8ge", "active": True, "email": ""}, {"city": "", "active": False, "email": "a@b.c"}], True),
        ([{"city": "x" * 101}, {"city": "Paris"}], False),
        ([{"city": "a\nb"}, {"city": "Paris"}], False),
        ([{"credentials": []}, {"credentials": [CREDENTIAL]}], False),
        ([{"active": True}, {"active": 1}], False),
        ([{"password": "a secret"}, {"password": "a secret"}], False),
        ([{"email": "no address"}, {"email": "a@b.c"}], False),
    ],
)
def test_entries_are_read_by_columns_if_that_shows_that_they_fit(changes: list[Any], is_read: bool) -> None:
    entries = [GOOD | each for each in changes]
    columns = SCHEMA.read_columns(entries)
    assert (columns is not None) == is_read
    if columns is not None:
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        assert rows == [SCHEMA.load(entry) for entry in entries]
