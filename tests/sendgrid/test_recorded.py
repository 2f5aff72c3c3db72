"""Exchanges of the real service, replayed in order: status, content type and bytes.

Recorded by OneHQ/sendgrid_webapi in June and July 2012; names and addresses are stand-ins.
"""

from typing import Any

from emulator import Service

MASTER = {
    "username": "master@example.com", "password": "master-password", "email": "master@example.com",
    "first_name": "Reseller", "last_name": "Customer", "address": "555 Any Street", "city": "City", "state": "State",
    "zip": "90000", "country": "US", "phone": "555-555-5555", "website": "Website",
}  # fmt: skip
SUBUSER: dict[str, Any] = {
    "password": "somepass", "first_name": "first", "last_name": "last", "address": "555 anystreet",
    "city": "any city", "state": "CA", "zip": "91234", "country": "US", "phone": "555-555", "website": "example.com",
}  # fmt: skip
ADD = "customer.add", SUBUSER | {"confirm_password": "somepass"}
DONE = '{"message":"success"}'
WRONG = '{"message":"error","errors":["Invalid username and\\/or password"]}'


def row(username: str, email: str, first_name: str = "first", **other: str) -> str:
    told = {
        "username": username, "email": email, "active": "true", "first_name": first_name, "last_name": "last",
        "address": "555 anystreet", "address2": "", "city": "any city", "state": "CA", "zip": "91234",
        "country": "US", "phone": "555-555", "website": "http:\\/\\/example.com", "website_access": "true",
    } | other  # fmt: skip
    return "{" + ",".join(f'"{key}":"{value}"' for key, value in told.items()) + "}"


def master_row(first_name: str) -> str:
    return row(
        "master@example.com", "master@example.com", first_name, last_name="Customer", address="555 Any Street",
        city="City", state="State", zip="90000", phone="555-555-5555", website="http:\\/\\/Website",
    )  # fmt: skip


SUBUSER1 = row("subuser1", "subuser1@example.com", "change_named")
SUBUSER2 = row(
    "subuser2", "subuser1@example.com", "test", last_name="test", address="test address", city="other city",
    phone="111 1111111", website="http:\\/\\/example.net",
)  # fmt: skip
SUBUSER_B = row("subuserB", "subuserB@example.com")
SUBUSER3 = row("subuser3", "subuser3@example.com")

#: What else had happened on the account when the next run began.
BETWEEN = {
    "second run": [
        SUBUSER | {"username": "subuser2", "email": "subuser1@example.com", "first_name": "test", "last_name": "test",
                   "address": "test address", "city": "other city", "phone": "111 1111111", "website": "example.net"},
        SUBUSER | {"username": "subuserB", "email": "subuserB@example.com"},
    ],
    "third run": [SUBUSER | {"username": "test-3", "email": "test-3@example.com"}],
}  # fmt: skip

Exchange = tuple[str, dict[str, str], str]
EXCHANGES: list[Exchange | str] = [
    ("customer.add", ADD[1] | {"username": "subuser1", "email": "subuser1@example.com"}, DONE),
    ("customer.profile", {"task": "get"}, f"[{row('subuser1', 'subuser1@example.com')}]"),
    ("customer.disable", {"user": "subuser1"}, DONE),
    ("customer.enable", {"user": "subuser1"}, DONE),
    ("customer.website_enable", {"user": "subuser1"}, DONE),
    ("customer.profile", {"user": "subuser1", "first_name": "change_named", "task": "set"}, DONE),
    ("customer.auth", {"user": "subuser1", "password": "somepass"}, DONE),
    ("customer.auth", {"user": "subuser1", "password": "badpass"}, WRONG),
    "second run",
    ("customer.add", ADD[1] | {"username": "subuser3", "email": "subuser3@example.com"}, DONE),
    ("customer.profile", {"task": "get"}, f"[{SUBUSER1},{SUBUSER2},{SUBUSER_B},{SUBUSER3}]"),
    ("customer.disable", {"user": "subuser3"}, DONE),
    ("customer.enable", {"user": "subuser3"}, DONE),
    ("customer.website_enable", {"user": "subuser3"}, DONE),
    ("customer.profile", {"first_name": "change_named", "task": "set", "user": "subuser3"}, DONE),
    ("customer.auth", {"password": "somepass", "user": "subuser3"}, DONE),
    ("customer.auth", {"password": "badpass", "user": "subuser3"}, WRONG),
    ("profile.get", {}, f"[{master_row('Reseller')}]"),
    ("profile.set", {"first_name": "test"}, DONE),
    ("profile.get", {}, f"[{master_row('test')}]"),
    ("profile.set", {"first_name": "Reseller"}, DONE),
    "third run",
    ("customer.add", ADD[1] | {"username": "test-4", "email": "email@email.com", "first_name": "home", "website": "someurl.com"}, DONE),
    ("customer.enable", {"user": "test-4"}, DONE),
    ("customer.auth", {"password": "somepass", "user": "test-3"}, DONE),
]  # fmt: skip


def test_the_recorded_exchanges_in_order(recorded: Service) -> None:
    recorded.grid.seeding.add({"version": 1, "accounts": [MASTER]})
    replayed = 0
    for exchange in EXCHANGES:
        if isinstance(exchange, str):
            recorded.grid.seeding.add({"version": 1, "accounts": [MASTER | {"subusers": BETWEEN[exchange]}]})
            continue
        name, params, body = exchange
        prefix = "/apiv2/" if name.startswith("customer.") else "/api/"
        reply = recorded.form(
            f"{prefix}{name}.json", "GET", api_user="master@example.com", api_key="master-password", **params
        )
        assert (reply.status, reply.headers["Content-Type"], reply.text) == (200, "application/json", body), exchange
        replayed += 1
    assert replayed == 23


def test_the_recorded_refusals(recorded: Service) -> None:
    """markedmondson/sendgrid_api, October 2013: the fourteen fields with an empty username, and three more."""
    account = {"username": "refusals@example.com", "password": "master-password"}
    recorded.grid.seeding.add({"version": 1, "accounts": [account]})
    who = {"api_user": "refusals@example.com", "api_key": "master-password"}
    table: list[tuple[str, dict[str, str], int, str]] = [
        ("customer.add", who | ADD[1] | {"username": "", "email": "a@example.com"}, 200, '{"message":"error","errors":["Username is required"]}'),
        ("customer.profile", who | {"api_key": "bad", "task": "get"}, 200, '{"error":{"code":401,"message":"Permission denied, wrong credentials"}}'),
        ("customer.enable", who | {"user": "nobody"}, 200, '{"error":{"code":400,"message":"User does not exist"}}'),
        ("mail.send", who, 404, '{"error":{"code":"404","message":null}}'),
        ("customer.profile", who | {"task": "setusername"}, 200, '{"error":{"code":404,"message":"Not found"}}'),
    ]  # fmt: skip
    for name, params, status, body in table:
        reply = recorded.form(f"/apiv2/{name}.json", "GET", **params)
        assert (reply.status, reply.headers["Content-Type"], reply.text) == (status, "application/json", body)
