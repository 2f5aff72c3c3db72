"""The Event Webhook: what is posted, to whom, when again, and what a receiver cannot do to us."""

import base64
import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from emulator import World
from legacygrid.harness.webhooks import making, posting
from legacygrid.harness.webhooks.allowed import Allowed, Forbidden, Unresolved
from legacygrid.harness.webhooks.worker import delivering
from legacygrid.models import webhook_queue, webhooks
from legacygrid.server.lanes import WRITERS
from legacygrid.wsgi.callback_urls import mask_url, read_url
from receiver import Receiver, flush, notify, posts, receiving
from wire import SOON, wait_until

NOON = "2015-03-01T12:00:00Z"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


# What is posted

FORM, LINES, ARRAY = "application/x-www-form-urlencoded", "application/json", "application/json;charset=utf-8"


@pytest.mark.parametrize(
    ("settings", "content_type", "count"),
    [
        ({"version": "1"}, FORM, 4),
        ({"version": ""}, FORM, 4),
        ({"version": "", "batch": "1"}, LINES, 1),
        ({"version": "2"}, LINES, 1),
        ({"version": "3"}, ARRAY, 1),
    ],
)
def test_versions(
    own_world: World, receiver: Receiver, settings: dict[str, str], content_type: str, count: int
) -> None:
    notify(own_world, f"{receiver.url}/hook?a=b%20c", **settings)
    own_world.admin("PUT", "clock", {"frozen": NOON})
    for address in ("ada@example.com", "bob@example.com"):
        own_world.mail(to=address, **{"x-smtpapi": json.dumps({"unique_args": {"order": 7}, "category": ["a", "b"]})})
    told = flush(own_world)
    assert [told[state] for state in webhooks.STATES] == [0, count, 0, 0]
    assert len(receiver.requests) == len(told["webhooks"]) == count
    taken = receiver.requests[0]
    host = receiver.url.removeprefix("http://")
    assert (taken.path, taken.headers) == (
        "/hook?a=b%20c",
        {
            "Host": host,
            "Content-Length": str(len(taken.body)),
            "User-Agent": "SendGrid Event API",
            "Accept-Encoding": "gzip",
            "Content-Type": content_type,
        },
    )
    assert receiver.told == ["processed", "delivered"] * 2
    assert [each["email"] for each in receiver.events] == ["ada@example.com"] * 2 + ["bob@example.com"] * 2
    event = receiver.events[1]
    assert (event["response"], str(event["order"])) == ("250 OK", "7")
    assert len({each["sg_event_id"] for each in receiver.events}) == 4
    (post, *_) = posts(own_world, "whole=true")
    (attempt,) = post.pop("attempts")
    assert attempt.pop("ms") > 0
    assert attempt == {"time": "2015-03-01T12:00:00.000Z", "status": 200, "error": "", "answer": "hello"}
    assert post == {
        "id": post["id"], "events": 4 // count, "account": own_world.name, "world": own_world.prefix[2:],
        "time": "2015-03-01T12:00:00.000Z", "due": None, "subuser": "", "kind": "event", "state": "delivered",
        "url": f"{receiver.url}/hook?a=b%20c", "size": len(taken.body), "body": taken.body.decode(),
        "headers": {name: taken.headers[name] for name in ("User-Agent", "Accept-Encoding", "Content-Type")},
    }  # fmt: skip
    assert own_world.admin("GET", f"webhooks/{post['id']}").json["body"] == post["body"]
    assert own_world.admin("GET", f"webhooks/{post['id']}/body").body == taken.body


def test_a_form_has_the_keys_of_the_manual_first(own_world: World, receiver: Receiver) -> None:
    notify(own_world, receiver.url, "1", delivered="0")
    own_world.mail(**{"x-smtpapi": json.dumps({"category": ["a", "b"], "unique_args": {"userid": "1123"}})})
    flush(own_world)
    assert receiver.requests[0].body.startswith(b"email=ada%40example.com&event=processed&category=a&category=b&")
    assert receiver.requests[0].body.endswith(b"&userid=1123")


def test_only_what_is_wanted_is_told(own_world: World, receiver: Receiver) -> None:
    notify(own_world, receiver.url, processed="0", bounce="1")
    own_world.mail()
    (message,) = own_world.outbox()
    own_world.admin("POST", f"messages/{message['id']}/events", {"event": "bounce", "reason": "no such user"})
    flush(own_world)
    assert receiver.told == ["delivered", "bounce"]
    assert [receiver.events[1][name] for name in ("reason", "status", "type")] == ["no such user", "5.1.1", "bounce"]


#: What is told of an event that a test has happen, of that alone: documented.
DETAILS: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"event": "bounce"}, {"reason": "", "status": "5.1.1", "type": "bounce"}),
    (
        {"event": "bounce", "reason": "550 no", "status": "5.0.0"},
        {"reason": "550 no", "status": "5.0.0", "type": "bounce"},
    ),
    ({"event": "block", "reason": "spam"}, {"reason": "spam", "status": "4.0.0", "type": "blocked"}),
    ({"event": "defer"}, {"attempt": "1", "response": "400 try again later"}),
    ({"event": "defer", "reason": "450 full"}, {"attempt": "1", "response": "450 full"}),
    ({"event": "deliver"}, {"response": "250 OK"}),
    ({"event": "deliver", "reason": "250 queued"}, {"response": "250 queued"}),
    ({"event": "open", "reason": "curious"}, {"ip": "127.0.0.1", "useragent": ""}),
    ({"event": "spamreport", "reason": "abuse"}, {}),
    ({"event": "unsubscribe"}, {}),
]
OF_ALL = {"email", "event", "timestamp", "sg_event_id", "sg_message_id"}


@pytest.mark.parametrize(("command", "details"), DETAILS)
def test_what_is_told_of_an_event_alone(
    own_world: World, receiver: Receiver, command: dict[str, str], details: dict[str, str]
) -> None:
    notify(own_world, receiver.url, version="3")
    own_world.mail(to="ada@example.com")
    assert own_world.admin("POST", f"messages/{own_world.message()['id']}/events", command).status == 200
    flush(own_world)
    event = receiver.events[-1]
    assert event.keys() >= OF_ALL
    assert {key: event[key] for key in event.keys() - OF_ALL - {"smtp-id"}} == details


def test_a_subuser_has_its_own(own_world: World, receiver: Receiver) -> None:
    own_world.add("sub")
    notify(own_world, receiver.url)
    own_world.mail()
    own_world.mail(api_user="sub", api_key="somepass1")
    flush(own_world)
    assert len(receiver.events) == 2
    assert posts(own_world, "subuser=sub") == []
    assert len(posts(own_world, f"account={own_world.name}")) == 1
    assert posts(own_world, "account=nobody") == []


# Who answers how


@pytest.mark.parametrize(
    ("version", "path", "status", "state", "error"),
    [
        ("3", "200", 200, "delivered", ""),
        ("3", "202", 202, "delivered", ""),
        ("2", "200", 200, "delivered", ""),
        ("2", "202", 202, "waiting", ""),
        ("1", "202", 202, "waiting", ""),
        ("3", "500", 500, "waiting", ""),
        ("3", "404", 404, "waiting", ""),
        ("3", "redirects", 302, "waiting", ""),
        ("3", "closes", None, "waiting", "Remote end closed connection without response"),
        ("3", "hangs", None, "waiting", "no answer within 0.3 s"),
        ("3", "drips", None, "waiting", "no answer within 0.3 s"),
        ("3", "huge", 200, "delivered", ""),
    ],
)
def test_receivers(
    own_world: World,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    path: str,
    status: int | None,
    state: str,
    error: str,
) -> None:
    monkeypatch.setattr(posting, "DEADLINE", 0.3)
    notify(own_world, f"{receiver.url}/{path}", version, processed="0")
    own_world.mail()
    flush(own_world)
    (post,) = posts(own_world)
    (attempt,) = post["attempts"]
    assert (attempt["status"], post["state"], attempt["error"]) == (status, state, error)
    assert len(attempt["answer"]) <= posting.MOST_KEPT
    # Nothing else was asked of it, such as what a redirect leads to.
    assert [each.path for each in receiver.requests] == [f"/{path}"]


def test_nobody_listens(own_world: World) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        notify(own_world, f"http://127.0.0.1:{closed.getsockname()[1]}/")
        own_world.mail()
        flush(own_world)
    (post,) = posts(own_world)
    assert (post["state"], post["attempts"][0]["error"]) == ("waiting", "Connection refused")


# When again


def test_it_is_attempted_for_a_day(own_world: World, receiver: Receiver) -> None:
    notify(own_world, f"{receiver.url}/503")
    own_world.admin("PUT", "clock", {"frozen": NOON})
    own_world.mail()
    dues = []
    for _ in range(3):
        flush(own_world)
        dues.append(posts(own_world)[0]["due"][11:19])
    assert dues == ["12:01:00", "12:02:00", "12:04:00"]
    own_world.admin("PUT", "clock", {"advance": 80_000})
    flush(own_world)
    assert posts(own_world)[0]["due"] == "2015-03-02T10:21:20.000Z"
    own_world.admin("PUT", "clock", {"advance": 6_400})
    assert flush(own_world)["failed"] == 1
    (post,) = posts(own_world, "state=failed")
    assert (len(post["attempts"]), post["due"]) == (5, None)
    assert flush(own_world)["webhooks"] == []


def test_the_worker_posts_what_is_due_by_the_clock(own_world: World, receiver: Receiver) -> None:
    notify(own_world, f"{receiver.url}/503")
    own_world.admin("PUT", "clock", {"frozen": NOON})
    with delivering(own_world.service.grid.webhooks):
        own_world.mail()
        own_world.mail()
        for count, seconds in enumerate((1, 60, 120, 240), 1):
            own_world.admin("PUT", "clock", {"advance": seconds})
            assert wait_until(lambda count=count: len(receiver.requests) == count)
            assert wait_until(lambda count=count: len(posts(own_world)[0]["attempts"]) == count)
    assert {len(each.events) for each in receiver.requests} == {4}


def test_the_worker_posts_soon_and_a_list_waits_for_it(own_world: World, receiver: Receiver) -> None:
    notify(own_world, receiver.url)
    with delivering(own_world.service.grid.webhooks):
        own_world.mail()
        (post,) = posts(own_world, f"wait={SOON}s&state=delivered")
    assert post["events"] == len(receiver.events) == 2


def test_the_worker_ends_at_once_beside_a_receiver_that_hangs(own_world: World, receiver: Receiver) -> None:
    notify(own_world, f"{receiver.url}/hangs")
    own_world.mail()
    with delivering(own_world.service.grid.webhooks):
        assert wait_until(lambda: len(receiver.requests) == 1)
    # Nothing came of it, so that it is attempted anew.
    (post,) = posts(own_world)
    assert (post["state"], post["attempts"]) == ("waiting", [])


@pytest.mark.parametrize("by", ["receiver", "server"])
def test_flushes_keep_nobody_from_writing_beside_a_receiver_that_hangs(
    own_world: World, receiver: Receiver, by: str
) -> None:
    """They are more than the threads that write; it ends when the receiver closes, or the server stops posting."""
    notify(own_world, f"{receiver.url}/hangs")
    own_world.mail()
    deliveries = own_world.service.grid.webhooks
    with ThreadPoolExecutor(WRITERS + 1) as threads:
        flushes = [threads.submit(flush, own_world) for _ in range(WRITERS + 1)]
        try:
            assert wait_until(lambda: deliveries.ended.waiting >= len(flushes) and bool(receiver.requests))
            own_world.add()
            assert not any(each.done() for each in flushes)
        finally:
            {"receiver": receiver.closing.set, "server": deliveries.stop}[by]()
    found = [each.result()["waiting"] for each in flushes]
    assert sum(found) >= 1, "the post of those who began"
    # Those who came later had a turn of their own.
    assert set(found) == ({1} if by == "receiver" else {0, 1})
    assert 1 <= len(receiver.requests) <= 2


def test_who_flushes_beside_a_turn_shares_the_next_one(own_world: World, receiver: Receiver) -> None:
    """Whatever falls due meanwhile, of which the worker tells every half second, no other turn is added."""
    notify(own_world, f"{receiver.url}/holds")
    own_world.mail()
    deliveries, world = own_world.service.grid.webhooks, own_world.prefix[2:]
    (taken,) = deliveries.begin_flush(world)
    try:
        assert wait_until(lambda: len(receiver.requests) == 1)
        own_world.mail()
        (following,) = deliveries.begin_flush(world)
        for _ in range(2):
            deliveries.begin(own_world.account.id, world)
        assert deliveries.begin_flush(world) == [following]
        assert following is not taken
    finally:
        receiver.closing.set()
    assert (len(taken.result()), following.result()) == (2, [])


def test_a_flush_posts_what_is_queued_behind_many_that_wait(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "_MOST_WAITING", 1)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        notify(own_world, f"http://127.0.0.1:{port}/")
        for waiting in (1, 1):
            own_world.mail()
            assert flush(own_world)["waiting"] == waiting
    assert own_world.admin("GET", "webhooks").json["queued"] == 2
    with receiving(port) as receiver:
        assert flush(own_world)["delivered"] == 2
    assert receiver.told == ["processed", "delivered"] * 2


# Who may be posted to

ELSEWHERE = {
    "hooks.example.com": "192.0.2.7",
    "inner.example.com": "10.1.2.3",
    "evil.example.com": "169.254.169.254",
    "both.example.com": "169.254.169.254 192.0.2.8",
    "six.example.com": "fe80::1",
    "mapped.example.com": "::ffff:169.254.169.254",
    "nat.example.com": "64:ff9b::a9fe:a9fe",
    "none.example.com": "0.0.0.0",
    "cloud.example.com": "fd00:ec2::254",
    "own.example.com": "127.0.0.1",
}


def resolve(host: str, *args: Any, **kwargs: Any) -> list[Any]:
    if host not in ELSEWHERE:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return [(0, 0, 0, "", (address, 0)) for address in ELSEWHERE[host].split()]


@pytest.mark.parametrize(
    ("allowed", "url", "found"),
    [
        ((), "http://127.0.0.1:8000/x", ["127.0.0.1"]),
        ((), "127.0.0.1:8000/x", ["127.0.0.1"]),
        ((), "localhost/x", ["127.0.0.1", "::1"]),
        ((), "http://app.localhost/x", ["127.0.0.1", "::1"]),
        ((), "http://[::1]:80/", ["::1"]),
        ((), "http://127.8.9.10/", ["127.8.9.10"]),
        ((), "www.example.com/x", Forbidden),
        ((), "http://own.example.com/", Forbidden),
        ((), "http://192.0.2.1/", Forbidden),
        ((), "http://0.0.0.0/", Forbidden),
        ((), "http://2130706433/", Forbidden),
        ((), "http://user:pass@192.0.2.1/", Forbidden),
        (("hooks.example.com",), "https://HOOKS.example.com/x", ["192.0.2.7"]),
        (("inner.example.com",), "inner.example.com", ["10.1.2.3"]),
        (("192.0.2.1",), "http://192.0.2.1/", ["192.0.2.1"]),
        (("own.example.com",), "http://own.example.com/", ["127.0.0.1"]),
        (("both.example.com",), "http://both.example.com/", ["192.0.2.8"]),
        (("hooks.example.com",), "http://other.example.com/", Forbidden),
        (("gone.example.com",), "http://gone.example.com/", Unresolved),
        *(((name,), f"http://{name}/", Forbidden) for name in (
            "evil.example.com", "six.example.com", "mapped.example.com", "nat.example.com", "none.example.com",
            "cloud.example.com", "169.254.169.254", "0.0.0.0", "fe80::1", "224.0.0.1", "100.100.100.200",
        ) if ":" not in name),
        (("fe80::1",), "http://[fe80::1]/", Forbidden),
        (("off",), "http://127.0.0.1/", Forbidden),
        (("off", "hooks.example.com"), "http://hooks.example.com/", Forbidden),
    ],
)  # fmt: skip
def test_who_may_be_posted_to(monkeypatch: pytest.MonkeyPatch, allowed: tuple[str, ...], url: str, found: Any) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    if isinstance(found, list):
        assert Allowed.of(allowed).find_addresses(read_url(url)) == found
    else:
        with pytest.raises(found):
            Allowed.of(allowed).find_addresses(read_url(url))


def test_what_may_not_leave_is_told_of(own_world: World) -> None:
    notify(own_world, "www.example.com/notification")
    own_world.mail()
    assert flush(own_world)["forbidden"] == 1
    (post,) = posts(own_world, "state=forbidden")
    assert post["attempts"][0]["error"] == ("would post; www.example.com is not this machine: see --webhooks")
    assert flush(own_world)["webhooks"] == []


def test_the_control_api_takes_no_webhooks(own_world: World) -> None:
    notify(own_world, f"{own_world.service.url}/__admin/webhooks/flush")
    own_world.mail()
    flush(own_world)
    assert [each["status"] for each in posts(own_world)[0]["attempts"]] == [403]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://bob:s3cret@127.0.0.1:81/x?y=a@b", "http://***@127.0.0.1:81/x?y=a@b"),
        ("bob:s3cret@example.com/x", "***@example.com/x"),
        ("//bob:s3cret@example.com", "//***@example.com"),
        ("http://bob:s3@cret@example.com", "http://***@example.com"),
        ("http://example.com/a@b", "http://example.com/a@b"),
        ("", ""),
    ],
)
def test_what_is_shown_of_a_url(url: str, shown: str) -> None:
    assert mask_url(url) == shown


def test_name_and_password_are_sent_and_never_shown(
    own_world: World, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    notify(own_world, receiver.url.replace("http://", "http://bob:s3%20cret@"))
    own_world.mail()
    flush(own_world)
    pair = base64.b64encode(b"bob:s3 cret").decode()
    assert receiver.requests[0].headers["Authorization"] == f"Basic {pair}"
    told = own_world.admin("GET", "webhooks?whole=true").text + caplog.text
    assert "***@127.0.0.1" in told
    assert not [secret for secret in ("s3%20cret", "s3 cret", pair) if secret in told]


def test_the_journal_has_no_url_that_an_account_sets(own_world: World) -> None:
    url = "http://bob:s3cret@127.0.0.1:1/x"
    for name, params in {
        "eventposturl.set": {},
        "filter.setup": {"name": "eventnotify"},
        "parse.set": {"hostname": "in.example.com"},
    }.items():
        own_world.call(f"{name}.json", url=url, **params)
    told = own_world.admin("POST", "inbound", {"from": "a@example.com", "to": ["b@in.example.com"], "text": "x"})
    assert told.json["posts"][0]["url"] == "http://***@127.0.0.1:1/x"
    assert "s3cret" not in own_world.admin("GET", "requests").text


# Faults, signatures, and what is forgotten


def test_a_post_comes_twice(own_world: World, receiver: Receiver) -> None:
    notify(own_world, receiver.url)
    own_world.admin("PUT", "webhooks/faults", {"twice": 1})
    for _ in range(2):
        own_world.mail()
        flush(own_world)
    first, again, other = (each.body for each in receiver.requests)
    assert first == again != other
    assert [len(each["attempts"]) for each in posts(own_world)] == [2, 1]
    assert own_world.admin("GET", "webhooks/faults").json == {"twice": 0, "out_of_order": 0}


@pytest.mark.parametrize(
    ("version", "count", "told"),
    [
        ("3", 1, ["delivered", "processed", "processed", "delivered"]),
        ("2", 1, ["delivered", "processed", "processed", "delivered"]),
        ("1", 2, ["delivered", "processed", "processed", "delivered"]),
    ],
)
def test_events_come_out_of_order(
    own_world: World, receiver: Receiver, version: str, count: int, told: list[str]
) -> None:
    notify(own_world, receiver.url, version)
    own_world.admin("PUT", "webhooks/faults", {"out_of_order": count})
    for _ in range(2):
        own_world.mail()
        flush(own_world)
    assert receiver.told == told


def test_a_reset_of_faults_forgets_them(own_world: World) -> None:
    own_world.admin("PUT", "webhooks/faults", {"out_of_order": 5, "twice": 7})
    own_world.admin("POST", "reset", {"only": ["faults"]})
    assert own_world.admin("GET", "webhooks/faults").json == {"twice": 0, "out_of_order": 0}


def test_posts_are_signed(own_world: World, receiver: Receiver) -> None:
    notify(own_world, receiver.url)
    told = own_world.admin("PUT", "webhooks/signing", {"account": own_world.name}).json
    assert own_world.admin("GET", f"webhooks/signing?account={own_world.name}").json == told
    own_world.admin("PUT", "clock", {"frozen": NOON})
    own_world.mail()
    flush(own_world)
    (taken,) = receiver.requests
    key = load_der_public_key(base64.b64decode(told["public_key"]))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signature = base64.b64decode(taken.headers["X-Twilio-Email-Event-Webhook-Signature"])
    timestamp = taken.headers["X-Twilio-Email-Event-Webhook-Timestamp"]
    assert timestamp == "1425211200"
    key.verify(signature, timestamp.encode() + taken.body, ec.ECDSA(hashes.SHA256()))
    assert own_world.admin("PUT", "webhooks/signing", {"account": own_world.name, "on": False}).json == {
        "account": own_world.name,
        "on": False,
        "public_key": None,
    }
    own_world.mail()
    flush(own_world)
    assert "X-Twilio-Email-Event-Webhook-Signature" not in receiver.requests[1].headers


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", "reset", {"only": ["messages"]}),
        ("POST", "reset", {"only": ["state"]}),
        ("POST", "reset", None),
        ("DELETE", "webhooks", None),
        ("DELETE", "state", None),
    ],
)
def test_what_is_forgotten(own_world: World, receiver: Receiver, method: str, target: str, body: Any) -> None:
    notify(own_world, receiver.url)
    own_world.mail()
    flush(own_world)
    own_world.mail()
    assert own_world.admin("GET", "webhooks").json["queued"] == 2
    assert own_world.admin(method, target, body).status == 200
    assert own_world.admin("GET", "webhooks").json == {"webhooks": [], "queued": 0}
    assert flush(own_world)["webhooks"] == []


def test_a_reset_of_an_account_leaves_the_others(own_world: World, receiver: Receiver) -> None:
    other = World(own_world.service, own_world.prefix)
    for world in (own_world, other):
        notify(world, receiver.url)
        world.mail()
    own_world.admin("POST", "reset", {"account": own_world.name, "only": ["messages"]})
    flush(own_world)
    assert [each["account"] for each in posts(own_world)] == [other.name]


def test_a_snapshot_has_what_is_queued(own_world: World, receiver: Receiver) -> None:
    notify(own_world, receiver.url)
    own_world.mail()
    own_world.admin("PUT", "snapshots/queued")
    flush(own_world)
    own_world.admin("POST", "snapshots/queued")
    assert own_world.admin("GET", "webhooks").json == {"webhooks": [], "queued": 2}
    flush(own_world)
    assert receiver.told == ["processed", "delivered"] * 2


def test_old_posts_go(own_world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    notify(own_world, receiver.url)
    for _ in range(5):
        own_world.mail()
        flush(own_world)
    monkeypatch.setattr(webhook_queue, "KEPT", 2)
    numbers = [each["id"] for each in posts(own_world)]
    with own_world.service.grid.store.writing():
        webhook_queue.prune()
    assert [each["id"] for each in posts(own_world)] == numbers[-2:]


def test_another_kind_of_post_goes_the_same_way(own_world: World, receiver: Receiver) -> None:
    account, now = own_world.account, own_world.service.grid.clock.now(own_world.prefix[2:])
    with own_world.service.grid.store.writing():
        webhooks.add_post(
            account.id, account.world, webhooks.PARSE, f"{receiver.url}/503", {"Content-Type": "x/y"}, b"\x00mail", now
        )
    flush(own_world)
    assert (receiver.requests[0].body, receiver.requests[0].headers["Content-Type"]) == (b"\x00mail", "x/y")
    own_world.admin("PUT", "clock", {"advance": 2 * 86_400})
    assert flush(own_world)["waiting"] == 1
    own_world.admin("PUT", "clock", {"advance": 86_400})
    assert flush(own_world)["failed"] == 1
    assert [each["kind"] for each in posts(own_world, "kind=parse")] == ["parse"]
    assert posts(own_world, "kind=event") == []


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "field"),
    [
        ("GET", "webhooks?state=lost", None, 400, "state"),
        ("GET", "webhooks?kind=x", None, 400, "kind"),
        ("GET", "webhooks?limit=0", None, 400, "limit"),
        ("GET", "webhooks?url=x", None, 400, "url"),
        ("GET", "webhooks/0", None, 404, "id"),
        ("GET", "webhooks/99999999999999999999", None, 404, "id"),
        ("GET", "webhooks/99999999/body", None, 404, "id"),
        ("PUT", "webhooks/faults", {"twice": -1}, 400, "twice"),
        ("PUT", "webhooks/faults", {"twice": "1"}, 400, "twice"),
        ("PUT", "webhooks/faults", {"thrice": 1}, 400, "thrice"),
        ("PUT", "webhooks/signing", {}, 400, "account"),
        ("PUT", "webhooks/signing", {"account": "nobody"}, 400, "account"),
        ("GET", "webhooks/signing?account=nobody", None, 400, "account"),
        ("DELETE", "webhooks?limit=1", None, 400, "limit"),
    ],
)
def test_what_is_refused(own_world: World, method: str, target: str, body: Any, status: int, field: str) -> None:
    reply = own_world.admin(method, target, body)
    assert (reply.status, list(reply.json["errors"])) == (status, [field])


def test_a_list_is_paged(own_world: World, receiver: Receiver) -> None:
    notify(own_world, receiver.url, "1")
    for _ in range(30):
        own_world.mail()
    flush(own_world)
    numbers = [each["id"] for each in posts(own_world)]
    assert len(numbers) == 60
    assert [each["id"] for each in posts(own_world, "limit=2")] == numbers[-2:]
    assert [each["id"] for each in posts(own_world, f"after={numbers[9]}&limit=2")] == numbers[10:12]
