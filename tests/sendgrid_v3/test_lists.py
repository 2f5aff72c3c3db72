"""Lists of suppressed addresses: the same ones as v2's."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from emulator import Reply, World
from legacygrid.models import suppression
from legacygrid.models.account import Account
from smtp2go_api import new_key
from v3_api import Api
from v3_mail import ADA, BOB, CAROL, send, to

#: By name in v3: its kind here, its name in v2, and the keys of an entry.
LISTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "bounces": ("bounce", "bounces", ("created", "email", "reason", "status")),
    "blocks": ("block", "blocks", ("created", "email", "reason", "status")),
    "invalid_emails": ("invalid", "invalidemails", ("created", "email", "reason")),
    "spam_reports": ("spamreport", "spamreports", ("created", "email", "ip")),
    "unsubscribes": ("unsubscribe", "unsubscribes", ("created", "email")),
}
CHANGED = [name for name in LISTS if name != "unsubscribes"]


def put(world: World, name: str, *addresses: str, at: float = 1_400_000_000, account: Account | None = None) -> None:
    """Put addresses on a list, one a second."""
    with world.service.grid.store.writing():
        for n, address in enumerate(addresses):
            entry = (account or world.account, LISTS[name][0], address, at + n)
            suppression.add(*entry, reason="550 no such user", status="5.1.1", ip="192.0.2.1")


def get(world: World, target: str, user: str | None = None) -> Any:
    reply = Api(world)("GET", target, user=user)
    assert reply.status == 200, reply.body
    return reply.json


def emails(world: World, name: str, query: str = "") -> list[str]:
    return [each["email"] for each in get(world, f"suppression/{name}{query}")]


@pytest.mark.parametrize("name", LISTS)
def test_entries_are_told_with_their_moments(own_world: World, name: str) -> None:
    put(own_world, name, ADA, at=1_400_000_000.75)
    (entry,) = get(own_world, f"suppression/{name}")
    values = {
        "created": 1_400_000_000, "email": ADA, "reason": "550 no such user", "status": "5.1.1", "ip": "192.0.2.1",
    }  # fmt: skip
    assert list(entry.items()) == [(key, values[key]) for key in LISTS[name][2]]


#: By query: which of five entries, one a second, are told.
NARROWED: dict[str, tuple[str, list[int]]] = {
    "all": ("", [0, 1, 2, 3, 4]),
    "from a moment on": ("?start_time=1400000003", [3, 4]),
    "up to a moment, which is one of them": ("?end_time=1400000001", [0, 1]),
    "between moments": ("?start_time=1400000001&end_time=1400000002", [1, 2]),
    "the first": ("?limit=2", [0, 1]),
    "a page": ("?limit=2&offset=2", [2, 3]),
    "past the end": ("?offset=5", []),
    "what begins so": ("?email=R1", [1]),
    "anywhere": ("?email=%25example.c", [0, 1, 2, 3, 4]),
    "in pieces": ("?email=r%25x%253", []),
    "a page of what fits": ("?email=%25@&limit=2&offset=1", [1, 2]),
    "the letters of SQL": ("?email=r_", []),
}  # fmt: skip


@pytest.mark.parametrize(("query", "told"), NARROWED.values(), ids=NARROWED)
def test_lists_are_narrowed(own_world: World, query: str, told: list[int]) -> None:
    put(own_world, "bounces", *[f"r{n}@example.com" for n in range(5)])
    assert emails(own_world, "bounces", query) == [f"r{n}@example.com" for n in told]


def test_a_page_has_five_hundred_entries(own_world: World) -> None:
    put(own_world, "blocks", *[f"r{n}@example.com" for n in range(501)])
    assert len(emails(own_world, "blocks")) == len(emails(own_world, "blocks", "?limit=500")) == 500
    assert emails(own_world, "blocks", "?offset=500") == ["r500@example.com"]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "limit=", "offset=-1", "start_time=x", "end_time=1.5",
                                   "limit=1&limit=2", "email=" + "x" * 321])  # fmt: skip
def test_what_is_no_query(own_world: World, query: str) -> None:
    reply = Api(own_world)("GET", f"suppression/bounces?{query}")
    assert reply.status == 400
    assert [each["field"] for each in reply.json["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize("name", CHANGED)
def test_one_address(own_world: World, name: str) -> None:
    put(own_world, name, ADA, BOB)
    key, target = new_key(own_world), f"suppression/{name}/"
    for spelling in (ADA, ADA.upper(), quote(ADA, safe="")):
        assert [each["email"] for each in get(own_world, target + spelling)] == [ADA]
    assert get(own_world, target + CAROL) == []
    reply = Api(own_world, key)("DELETE", target + ADA)
    assert (reply.status, reply.body, reply.headers["Content-Type"]) == (204, b"", None)
    again = Api(own_world, key)("DELETE", target + ADA)
    assert (again.status, again.text) == (404, '{"errors":[{"field":null,"message":"not found"}]}')
    assert emails(own_world, name) == [BOB]


DELETED: dict[str, tuple[Any, int, list[str]]] = {
    "all": ({"delete_all": True}, 204, []),
    "all, and none by name": ({"delete_all": True, "emails": []}, 204, []),
    "some": ({"emails": [ADA.upper(), BOB]}, 204, [CAROL]),
    "as documented": ({"delete_all": False, "emails": [ADA]}, 204, [BOB, CAROL]),
    "some that are not there": ({"emails": [ADA, "dora@example.com"]}, 204, [BOB, CAROL]),
    "both": ({"delete_all": True, "emails": [ADA]}, 400, [ADA, BOB, CAROL]),
    "nothing": ({}, 400, [ADA, BOB, CAROL]),
    "no body": (None, 400, [ADA, BOB, CAROL]),
    "not all": ({"delete_all": False}, 400, [ADA, BOB, CAROL]),
    "nobody": ({"emails": []}, 400, [ADA, BOB, CAROL]),
    "no boolean": ({"delete_all": "true"}, 400, [ADA, BOB, CAROL]),
    "no array": ({"emails": ADA}, 400, [ADA, BOB, CAROL]),
    "no address": ({"emails": [""]}, 400, [ADA, BOB, CAROL]),
}


@pytest.mark.parametrize(("body", "status", "left"), DELETED.values(), ids=DELETED)
def test_several_addresses(own_world: World, body: Any, status: int, left: list[str]) -> None:
    put(own_world, "spam_reports", ADA, BOB, CAROL)
    reply = Api(own_world)("DELETE", "suppression/spam_reports", body)
    assert reply.status == status
    assert emails(own_world, "spam_reports") == left


def test_a_list_of_unsubscribes_is_changed_elsewhere(own_world: World) -> None:
    assert Api(own_world)("DELETE", "suppression/unsubscribes").status == 405


# asm/suppressions/global


def test_global_unsubscribes(own_world: World) -> None:
    key, target = new_key(own_world), "asm/suppressions/global"
    for _ in range(2):
        reply = Api(own_world, key)("POST", target, {"recipient_emails": [ADA, BOB]})
        assert (reply.status, reply.text) == (201, f'{{"recipient_emails":["{ADA}","{BOB}"]}}')
    assert emails(own_world, "unsubscribes") == [ADA, BOB]
    found = Api(own_world, key)("GET", f"{target}/{ADA.upper()}")
    assert (found.status, found.text) == (200, f'{{"recipient_email":"{ADA}"}}')
    for _ in range(2):
        assert Api(own_world, key)("DELETE", f"{target}/{ADA}").status == 204
    assert Api(own_world, key)("GET", f"{target}/{ADA}").text == "{}"


@pytest.mark.parametrize(
    "body", [{}, {"recipient_emails": []}, {"recipient_emails": [1]}, {"recipient_emails": ADA}, None]
)
def test_no_addresses(own_world: World, body: Any) -> None:
    reply = Api(own_world)("POST", "asm/suppressions/global", body)
    assert reply.status == 400
    assert emails(own_world, "unsubscribes") == []


# One store


@pytest.mark.parametrize("name", CHANGED)
def test_what_v3_deletes_is_gone_in_v2(own_world: World, name: str) -> None:
    put(own_world, name, ADA, BOB)
    v2 = LISTS[name][1]
    assert [each["email"] for each in own_world.call(f"{v2}.get.json").json] == [ADA, BOB]
    assert Api(own_world)("DELETE", f"suppression/{name}/{ADA}").status == 204
    assert [each["email"] for each in own_world.call(f"{v2}.get.json").json] == [BOB]
    assert own_world.call(f"{v2}.delete.json", email=BOB).json == {"message": "success"}
    assert emails(own_world, name) == []
    assert Api(own_world)("DELETE", f"suppression/{name}/{BOB}").status == 404


def test_a_bounce_of_mail_is_on_both_lists_until_one_deletes_it(own_world: World) -> None:
    key = new_key(own_world)
    send(own_world, to(ADA))
    (message,) = own_world.outbox()
    event = {"event": "bounce", "reason": "550 gone", "status": "5.1.1"}
    assert own_world.admin("POST", f"messages/{message['id']}/events", event).status == 200
    (v3,) = get(own_world, "suppression/bounces")
    (v2,) = own_world.call("bounces.get.json", date="1").json
    assert (v3["email"], v3["reason"], v3["status"]) == (v2["email"], v2["reason"], v2["status"])
    # v2 tells the moment in the account's time zone, v3 in seconds.
    assert datetime.fromtimestamp(v3["created"], UTC).strftime(":%M:%S") == v2["created"][13:]
    send(own_world, to(ADA))
    assert Api(own_world, key)("DELETE", f"suppression/bounces/{ADA}").status == 204
    assert own_world.call("bounces.get.json").json == []
    send(own_world, to(ADA))
    outcomes = [each["recipients"][0]["outcome"] for each in own_world.outbox()]
    assert outcomes == ["bounced", "dropped", "delivered"]


def test_who_unsubscribes_by_v3_gets_no_mail_of_v2(own_world: World) -> None:
    Api(own_world)("POST", "asm/suppressions/global", {"recipient_emails": [ADA]})
    own_world.mail()
    assert own_world.message()["recipients"][0]["reason"] == "Unsubscribed Address"
    assert own_world.call("unsubscribes.delete.json", email=ADA).json == {"message": "success"}
    assert get(own_world, f"asm/suppressions/global/{ADA}") == {}


def test_on_behalf_of_a_subuser(own_world: World) -> None:
    name = own_world.add()
    with own_world.service.grid.store.reading():
        subuser = Account.get(Account.username == name)
    put(own_world, "bounces", ADA, account=subuser)
    put(own_world, "bounces", BOB)
    assert [each["email"] for each in get(own_world, "suppression/bounces", user=name)] == [ADA]
    assert emails(own_world, "bounces") == [BOB]
    deleted = Api(own_world)("DELETE", "suppression/bounces", {"delete_all": True}, user=name)
    assert deleted.status == 204
    assert own_world.call("user.bounces.json", task="get", user=name).json == []
    assert emails(own_world, "bounces") == [BOB]


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("suppression.bounces.read", {"GET bounces"}),
        ("suppression.read", {"GET bounces", "GET blocks"}),
        ("suppression.bounces.delete", {"DELETE bounces"}),
        ("suppression.delete", {"DELETE bounces", "DELETE blocks"}),
        ("asm.suppressions.global.read", set()),
    ],
)
def test_scopes(own_world: World, scope: str, allowed: set[str]) -> None:
    key = new_key(own_world, calls=[scope])
    replies: dict[str, Reply] = {
        f"{verb} {name}": Api(own_world, key)(
            verb, f"suppression/{name}", {"delete_all": True} if verb == "DELETE" else None
        )
        for verb in ("GET", "DELETE")
        for name in ("bounces", "blocks")
    }
    assert {name for name, reply in replies.items() if reply.status in (200, 204)} == allowed
    assert all(reply.status == 403 for name, reply in replies.items() if name not in allowed)
