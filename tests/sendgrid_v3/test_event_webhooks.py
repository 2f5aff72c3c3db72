"""user/webhooks/event: several webhooks beside the one of v2, each told of its own events."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from emulator import World
from receiver import Receiver, flush, posts, receiving
from smtp2go_api import new_key
from v3_api import Api, errors_of

PATH = "user/webhooks/event/settings"
EVENTS = [
    "group_resubscribe", "delivered", "group_unsubscribe", "spam_report", "bounce", "deferred", "unsubscribe", "processed",
    "open", "click", "dropped",
]  # fmt: skip
OFF = dict.fromkeys(EVENTS, False)
URL = "http://127.0.0.1:9/hook"
NOON, DATE = "2015-03-01T12:00:00Z", "2015-03-01T12:00:00Z"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def listed(v3: Api) -> list[dict[str, Any]]:
    told: dict[str, Any] = v3.does("GET", f"{PATH}/all")
    assert told["max_allowed"] == 5
    hooks: list[dict[str, Any]] = told["webhooks"]
    return hooks


# The one that v2 knows


def test_the_only_webhook_is_that_of_v2(own_world: World) -> None:
    v3 = Api(own_world)
    nothing = {**OFF, "enabled": False, "url": ""}
    assert v3.does("GET", PATH) == nothing
    assert listed(v3) == []
    told = v3.does("PATCH", PATH, {"enabled": True, "url": URL, "spam_report": True, "click": True})
    assert told == {**OFF, "enabled": True, "url": URL, "spam_report": True, "click": True} == v3.does("GET", PATH)
    assert list(told) == sorted(told)
    assert own_world.call("eventposturl.get.json").json == [{"url": URL}]
    stored = own_world.call("filter.getsettings.json", name="eventnotify").json["settings"]
    assert {name for name, value in stored.items() if value == "1"} == {"spamreport", "click"}
    assert stored["version"] == "3"
    # What v2 changes, v3 tells.
    own_world.call("filter.setup.json", name="eventnotify", spamreport="0", bounce="1")
    own_world.call("eventposturl.set.json", url="www.example.com/notify")
    own_world.call("filter.deactivate.json", name="eventnotify")
    changed = {**OFF, "enabled": False, "url": "www.example.com/notify", "bounce": True, "click": True}
    assert v3.does("GET", PATH) == changed
    (hook,) = listed(v3)
    assert {name: hook[name] for name in changed} == changed
    # Nobody knows since when it is there.
    assert hook["created_date"] is None
    assert "updated_date" not in hook


def test_the_webhook_of_v2_has_an_id(own_world: World) -> None:
    v3 = Api(own_world)
    own_world.call("eventposturl.set.json", url=URL)
    (hook,) = listed(v3)
    one = f"{PATH}/{hook['id']}"
    assert v3.does("GET", one) == hook
    assert v3.does("PATCH", one, {"friendly_name": "v2's", "open": True})["friendly_name"] == "v2's"
    assert listed(v3) == [{**hook, "open": True, "friendly_name": "v2's"}]
    assert v3.does("DELETE", one, status=204) is None
    assert listed(v3) == []
    assert own_world.call("eventposturl.get.json").json == []
    assert v3("GET", one).status == 404


# Further ones


@pytest.mark.parametrize("first", [{}, {"url": f"{URL}/first", "enabled": False}])
def test_a_webhook_from_first_to_last(own_world: World, first: dict[str, Any]) -> None:
    """The first one, and a further one."""
    own_world.admin("PUT", "clock", {"frozen": NOON})
    v3 = Api(own_world)
    if first:
        own_world.call("eventposturl.set.json", url=first["url"])
    told = v3.does("POST", PATH, {"url": URL, "bounce": True, "friendly_name": "Bounces"}, status=201)
    assert list(told) == ["enabled", "url", *EVENTS, "friendly_name", "id", "created_date", "updated_date"]
    dates = {"created_date": DATE, "updated_date": DATE}
    assert told == {
        **OFF,
        **dates,
        "enabled": False,
        "url": URL,
        "bounce": True,
        "friendly_name": "Bounces",
        "id": told["id"],
    }
    one = f"{PATH}/{told['id']}"
    assert v3.does("GET", one) == told
    own_world.admin("PUT", "clock", {"advance": 60})
    changed = v3.does("PATCH", one, {"bounce": False, "open": True, "enabled": True, "friendly_name": None})
    assert changed["updated_date"] == "2015-03-01T12:01:00Z"
    assert {name for name, value in changed.items() if value is True} == {"open", "enabled"}
    assert "friendly_name" not in changed
    assert listed(v3)[-1] == changed
    # The oldest of all is the one that calls without an id are about.
    only = v3.does("GET", PATH)
    assert only == {**OFF, "url": "", **first} if first else {**OFF, "open": True, "enabled": True, "url": URL}
    assert v3.does("DELETE", one, status=204) is None
    assert len(listed(v3)) == bool(first)
    assert own_world.call("eventposturl.get.json").json == ([{"url": first["url"]}] if first else [])


def test_the_first_webhook_is_seen_by_v2(own_world: World) -> None:
    v3 = Api(own_world)
    own_world.call("filter.setup.json", name="eventnotify", click="1")
    told = v3.does("POST", PATH, {"url": URL, "bounce": True, "enabled": True}, status=201)
    assert not told["click"]
    assert own_world.call("eventposturl.get.json").json == [{"url": URL}]
    v3.does("POST", PATH, {"url": f"{URL}/2"}, status=201)
    own_world.call("eventposturl.delete.json")
    assert [each["url"] for each in listed(v3)] == [f"{URL}/2"]
    # v2's is another one again, and the first.
    own_world.call("eventposturl.set.json", url=f"{URL}/3")
    assert [each["url"] for each in listed(v3)] == [f"{URL}/3", f"{URL}/2"]


def test_a_change_of_the_account_is_told_where_it_is_asked_for(own_world: World) -> None:
    v3, member = Api(own_world), "account_status_change"
    told = v3.does("POST", PATH, {"url": URL, member: True}, status=201)
    assert member not in told
    assert v3.does("GET", f"{PATH}/{told['id']}?include={member}")[member] is True
    (hook,) = v3.does("GET", f"{PATH}/all?include={member}")["webhooks"]
    assert hook[member] is True


def test_five_at_most(own_world: World) -> None:
    v3 = Api(own_world)
    own_world.call("eventposturl.set.json", url=URL)
    for number in range(4):
        v3.does("POST", PATH, {"url": f"{URL}/{number}"}, status=201)
    said = "You have reached the maximum number of webhooks per your current billing plan."
    assert errors_of(v3("POST", PATH, {"url": f"{URL}/4"})) == (400, [{"message": said}])
    assert [each["url"] for each in listed(v3)] == [URL, *(f"{URL}/{number}" for number in range(4))]


REFUSED: list[tuple[Any, int, dict[str, Any]]] = [
    ({}, 400, {"field": "url", "message": "url is required"}),
    ({"url": "example.com/hook"}, 400, {"message": "'example.com/hook' is not a valid url"}),
    ({"url": "ftp://example.com/"}, 400, {"message": "'ftp://example.com/' is not a valid url"}),
    ({"url": "http://ada:secret@exa mple/"}, 400, {"message": "'http://***@exa mple/' is not a valid url"}),
    ({"url": URL, "bounce": 1}, 400, {"field": "bounce", "message": "bounce must be a boolean"}),
    ({"url": URL, "oauth_token_url": "http://a.example"}, 501, {"field": None, "message": "oauth_token_url is not emulated"}),
]  # fmt: skip


@pytest.mark.parametrize(("given", "status", "said"), REFUSED)
def test_what_does_not_fit(own_world: World, given: Any, status: int, said: dict[str, Any]) -> None:
    v3 = Api(own_world)
    assert errors_of(v3("POST", PATH, given)) == (status, [said])
    assert listed(v3) == []


def test_no_two_post_to_one_url(own_world: World) -> None:
    v3 = Api(own_world)
    secret = "http://ada:secret@127.0.0.1:9/"
    first, other = (v3.does("POST", PATH, {"url": url}, status=201) for url in (secret, URL))
    shown = "http://***@127.0.0.1:9/"
    said = f"Webhook at '{shown}' already exists. Please provide a unique URL."
    taken = (400, [{"id": first["id"], "message": said, "url": shown}])
    assert errors_of(v3("POST", PATH, {"url": secret})) == taken
    assert errors_of(v3("PATCH", f"{PATH}/{other['id']}", {"url": secret})) == taken
    # Its own it may keep.
    assert v3.does("PATCH", f"{PATH}/{first['id']}", {"url": secret, "open": True})["open"]
    assert "secret" not in str(own_world.journal())


def test_an_id_that_is_none(own_world: World) -> None:
    v3, unknown = Api(own_world), (404, [{"message": "Invalid id provided."}])
    other = Api(own_world, new_key(own_world, World(own_world.service, own_world.prefix).account))
    theirs = other.does("POST", PATH, {"url": URL}, status=201)["id"]
    for uid in ("nothing", theirs):
        assert errors_of(v3("GET", f"{PATH}/{uid}")) == unknown
        assert errors_of(v3("PATCH", f"{PATH}/{uid}", {})) == unknown
        assert errors_of(v3("DELETE", f"{PATH}/{uid}")) == unknown
        assert errors_of(v3("GET", f"{PATH}/signed/{uid}")) == unknown
        assert errors_of(v3("POST", "user/webhooks/event/test", {"url": URL, "id": uid})) == unknown
    # What is to be deleted has to be named.
    assert v3("DELETE", PATH).status == 405


# What is posted


def test_each_is_told_of_its_own_events(own_world: World, receiver: Receiver) -> None:
    v3, settings = Api(own_world), {"enabled": True, "processed": True}
    own_world.call("filter.setup.json", name="eventnotify", version="1", delivered="1", url=f"{receiver.url}/v2")
    own_world.call("filter.activate.json", name="eventnotify")
    v3.does("POST", PATH, {**settings, "delivered": True, "url": f"{receiver.url}/both"}, status=201)
    v3.does("POST", PATH, {**settings, "url": f"{receiver.url}/one"}, status=201)
    v3.does("POST", PATH, {**settings, "enabled": False, "url": f"{receiver.url}/off"}, status=201)
    own_world.mail()
    own_world.mail(to="bob@example.com")
    flush(own_world)
    told = [(each.path, [event["event"] for event in each.events]) for each in receiver.requests]
    assert told == [
        ("/v2", ["delivered"]),
        ("/v2", ["delivered"]),
        ("/both", ["processed", "delivered"] * 2),
        ("/one", ["processed"] * 2),
    ]
    # One event is the same, whoever hears of it.
    ids = [[event["sg_event_id"] for event in each.events] for each in receiver.requests]
    assert ids[2][::2] == ids[3]
    assert receiver.requests[2].headers["Content-Type"] == "application/json;charset=utf-8"


def test_what_was_queued_for_one_that_is_gone_is_for_nobody(own_world: World, receiver: Receiver) -> None:
    v3 = Api(own_world)
    hooks = [
        v3.does("POST", PATH, {"enabled": True, "processed": True, "url": f"{receiver.url}/{name}"}, status=201)
        for name in ("gone", "stays")
    ]
    own_world.mail()
    v3.does("DELETE", f"{PATH}/{hooks[0]['id']}", status=204)
    flush(own_world)
    assert [each.path for each in receiver.requests] == ["/stays"]
    assert own_world.admin("GET", "webhooks").json["queued"] == 0


def test_a_subuser_has_webhooks_of_its_own(own_world: World, receiver: Receiver) -> None:
    v3, sub = Api(own_world), own_world.add()
    given = {"enabled": True, "processed": True, "url": receiver.url}
    v3.does("POST", PATH, given, user=sub, status=201)
    assert listed(v3) == []
    own_world.mail()
    own_world.mail(api_user=sub, api_key="somepass1")
    flush(own_world)
    assert receiver.told == ["processed"]
    assert len(posts(own_world, f"subuser={sub}")) == 1


# Signatures


def verify(public_key: str, headers: dict[str, str], body: bytes) -> None:
    """See that a post is signed.

    :raises InvalidSignature: it is not by that key.
    """
    key: Any = load_der_public_key(base64.b64decode(public_key))
    name = "X-Twilio-Email-Event-Webhook-"
    signature = base64.b64decode(headers[f"{name}Signature"])
    key.verify(signature, headers[f"{name}Timestamp"].encode() + body, ec.ECDSA(hashes.SHA256()))


def test_each_is_signed_by_a_key_of_its_own(own_world: World, receiver: Receiver) -> None:
    v3, given = Api(own_world), {"enabled": True, "processed": True}
    v3.does("PATCH", PATH, {**given, "url": f"{receiver.url}/first"})
    ids = [
        v3.does("POST", PATH, {**given, "url": f"{receiver.url}/{name}"}, status=201)["id"]
        for name in ("second", "plain")
    ]
    off = {"id": "", "public_key": ""}
    assert v3.does("GET", f"{PATH}/signed") == off
    first = v3.does("PATCH", f"{PATH}/signed", {"enabled": True})
    assert first["id"] == ""
    assert v3.does("GET", f"{PATH}/signed") == first
    second = v3.does("PATCH", f"{PATH}/signed/{ids[0]}", {"enabled": True})
    assert second["id"] == ids[0]
    # The same, until it ends.
    assert v3.does("PATCH", f"{PATH}/signed/{ids[0]}", {"enabled": True}) == second
    keys = [each.get("public_key") for each in listed(v3)]
    assert keys == [first["public_key"], second["public_key"], None]
    assert len(set(keys)) == 3
    own_world.mail()
    flush(own_world)
    for taken, key in zip(receiver.requests[:2], keys[:2], strict=True):
        verify(str(key), taken.headers, taken.body)
    assert not [name for name in receiver.requests[2].headers if "Signature" in name]
    assert v3.does("PATCH", f"{PATH}/signed", {"enabled": False}) == off
    assert errors_of(v3("PATCH", f"{PATH}/signed", {})) == (
        400,
        [{"field": "enabled", "message": "enabled is required"}],
    )


def test_a_receiver_is_tried(own_world: World, receiver: Receiver) -> None:
    v3 = Api(own_world)
    uid = v3.does("POST", PATH, {"url": f"{receiver.url}/hook"}, status=201)["id"]
    key = v3.does("PATCH", f"{PATH}/signed/{uid}", {"enabled": True})["public_key"]
    assert v3.does("POST", "user/webhooks/event/test", {"url": f"{receiver.url}/try", "id": uid}, status=204) is None
    flush(own_world)
    (taken,) = receiver.requests
    assert taken.path == "/try"
    kinds = [name.replace("_report", "report") for name in EVENTS]
    assert sorted(event["event"] for event in taken.events) == sorted(kinds)
    verify(key, taken.headers, taken.body)
    bad = {"message": "'nowhere' is not a valid url"}
    assert errors_of(v3("POST", "user/webhooks/event/test", {"url": "nowhere"})) == (400, [bad])


# Beside everything else that is kept


def test_they_come_back_with_a_reset_and_from_an_export(own_world: World) -> None:
    v3 = Api(own_world)
    for given in ({"url": f"{URL}/1", "open": True}, {"url": URL, "bounce": True, "friendly_name": "Bounces"}):
        v3.does("POST", PATH, given, status=201)
    hooks = listed(v3)
    state = own_world.admin("GET", "state").json
    (account,) = state["accounts"]
    (entry,) = account["event_webhooks"]
    assert {name: entry[name] for name in ("id", "url", "events", "friendly_name")} == {
        "id": hooks[1]["id"], "url": URL, "events": ["bounce"], "friendly_name": "Bounces",
    }  # fmt: skip
    # What a world was seeded with, it goes back to; its account came by itself.
    with own_world.service.grid.store.writing():
        own_world.account.remove()
    assert own_world.admin("POST", "seed", state).status == 200
    assert listed(v3) == hooks
    v3.does("DELETE", f"{PATH}/{hooks[0]['id']}", status=204)
    v3.does("PATCH", f"{PATH}/{hooks[1]['id']}", {"open": True})
    assert listed(v3) != hooks
    assert own_world.admin("POST", "reset", {"only": ["state"]}).status == 200
    assert listed(v3) == hooks
