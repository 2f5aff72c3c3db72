"""Nothing that is stored of an account gets lost on the way through an export."""

from typing import Any

from emulator import World, fresh
from legacygrid.models.account import OWN, RARE, Account
from legacygrid.models.tables import TABLES
from legacygrid.models.undo_schema import BELONGINGS
from members import OF_PRIMARY, OF_SUBUSER

#: What is the store's own, or stands elsewhere in a document: the names, the tree, the mail domain of a subuser.
ELSEWHERE = {"id", "parent", "world", "username", "mail_domain", "seal"}
#: Of what is an account's, what is the store's own in every table: numbers, and whose it is.
NUMBERS = {"id", "account", "monitor"}
#: What an export leaves out on purpose: names as they are found by, which have the world in them, and secrets that cannot be hashed.
LEFT_OUT = {"login": {"key"}, "api_key": {"digest"}, "app": {"signing_key"}, "event_webhook": {"signing_key"}}
MODELS: dict[str, Any] = {model._meta.table_name: model for model in TABLES}
LOGINS: list[dict[str, Any]] = [
    {"name": "reports", "password": "secret-1", "permissions": {"email": 1, "web": 1, "api": 1}, "description": "nightly"},
    {"name": "mori@example.jp", "password": "secret-1", "kind": "cmc", "enabled": False, "settings": {"time_zone": "Asia/Tokyo"}},
]  # fmt: skip
KEYS = [{"label": "one", "key": "SG.a-key-of-this-test", "calls": ["mail.send"]}]
DOCUMENT: dict[str, Any] = {
    "version": 1,
    "accounts": [
        {
            "username": "acme", "password": "secret-1", "credentials": LOGINS, "keys": KEYS, **OF_PRIMARY,
            "subusers": [{"username": "ada", "password": "secret-1", **OF_SUBUSER}, {"username": "bob", "password": "secret-1"}],
        },
        {"username": "other", "password": "secret-1"},
    ],
}  # fmt: skip


def test_every_column_is_in_an_export_or_left_out_on_purpose() -> None:
    assert {*OWN, *RARE} | ELSEWHERE == set(Account._meta.fields)
    assert not {*OWN, *RARE} & ELSEWHERE


def test_an_export_can_be_seeded(own_world: World) -> None:
    own_world.add()
    state = own_world.admin("GET", "state").json
    (account,) = [each for each in state["accounts"] if each["username"] == own_world.name]
    assert set(OWN) <= set(account)
    assert set(OWN) <= set(account["subusers"][0])
    assert own_world.admin("PUT", "state", state).json["added"] == 2
    assert own_world.admin("GET", "state").json == state


def belongings(world: World, table: str) -> list[tuple[str, dict[str, Any]]]:
    """What accounts have in a table, beside what is left out: whose each row is, and the row."""
    model = MODELS[table]
    with world.service.grid.store.reading():
        rows = model.select(model, Account.username).join(Account).where(Account.world == world.prefix[2:])
        found = [(row.account.username, dict(row.__data__)) for row in rows.order_by(model._meta.primary_key)]
    dropped = NUMBERS | LEFT_OUT.get(table, set())
    return [
        (name, {key: value for key, value in row.items() if key not in dropped | left_out_of(row)})
        for name, row in found
    ]


def left_out_of(row: dict[str, Any]) -> set[str]:
    """An account is as old as its place in a world."""
    return {"created_at", "updated_at"} if row.get("kind") == "owner" else set()


def test_every_column_of_what_is_theirs_comes_back(own_world: World) -> None:
    assert own_world.admin("PUT", "state", DOCUMENT).status == 200
    state = own_world.admin("GET", "state").json
    other = World(own_world.service, prefix=f"/~{fresh('world')}")
    assert other.admin("PUT", "state", state).status == 200
    assert other.admin("GET", "state").json == state
    for table in BELONGINGS:
        before = belongings(own_world, table)
        assert belongings(other, table) == before, table
        fields = MODELS[table]._meta.fields
        told = {key for _, row in before for key, value in row.items() if value not in (fields[key].default, None, "")}
        assert told == set(fields) - NUMBERS - LEFT_OUT.get(table, set()), f"{table}: what has no value is not tested"


def test_what_is_as_usual_is_left_out(own_world: World) -> None:
    own_world.admin("PUT", "state", DOCUMENT)
    account, plain = own_world.admin("GET", "state").json["accounts"]
    ada, bob = account["subusers"]
    usual = {"username", "password_hash", *OWN, "credentials", "keys"}
    assert set(plain) == {*usual, "mail_domains", "subusers"}
    assert set(bob) == {*usual, "mail_domain"}
    assert {key: account[key] for key in OF_PRIMARY} == OF_PRIMARY
    assert {key: ada[key] for key in OF_SUBUSER} == OF_SUBUSER


def test_a_seed_adds_what_is_missing(own_world: World) -> None:
    own_world.admin("PUT", "state", DOCUMENT)
    state = own_world.admin("GET", "state").json
    # Accounts, logins, a key.
    assert own_world.admin("POST", "seed", state).json == {"added": 0, "there": 7}
    assert own_world.admin("GET", "state").json == state
    more = {
        "ips": ["192.0.2.41", "192.0.2.40"],
        "suppressions": [{"kind": "bounce", "email": "GONE@example.com"}, {"kind": "block", "email": "full@example.com"}],
        "mail_domains": ["em.example.com", "em.example.com", "em.example.com", "em3.example.com"],
        "credits": {"mode": "total", "remain": 1},
    }  # fmt: skip
    seed = {"version": 1, "accounts": [{"username": "acme", "password": "secret-1", **more}]}
    assert own_world.admin("POST", "seed", seed).status == 200
    account = own_world.admin("GET", "state").json["accounts"][0]
    assert account["ips"] == [*OF_PRIMARY["ips"], "192.0.2.41"]
    assert account["mail_domains"] == [*OF_PRIMARY["mail_domains"], "em.example.com", "em3.example.com"]
    assert account["credits"] == OF_PRIMARY["credits"], "what is there stays"
    assert [each["email"] for each in account["suppressions"][5:]] == ["full@example.com"], "it was taken off before"
