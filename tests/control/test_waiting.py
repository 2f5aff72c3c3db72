"""Lists that are answered once something is in them."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import requests

from emulator import PASSWORD, Reply, Service, World, fresh
from legacygrid.models.database import Store
from legacygrid.serializers import profiles
from legacygrid.server.lanes import WRITERS
from legacygrid.testing import Adapter, wsgi_app
from posting import Talk
from smtp_logins import TEXT, said
from wire import Cut, Wire, request, wait_until


@pytest.fixture
def people() -> Iterator[ThreadPoolExecutor]:
    """Those who ask while the test does something else."""
    with ThreadPoolExecutor(4) as people:
        yield people


def waiting(service: Service) -> int:
    return service.grid.mailed.waiting + service.grid.answered.waiting


def await_waiters(service: Service, count: int = 1) -> None:
    assert wait_until(lambda: waiting(service) == count), waiting(service)


def subjects(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return [each["subject"] for each in reply.json["messages"]]


def test_what_is_there_already_is_answered_at_once(own_world: World) -> None:
    own_world.mail(subject="First")
    begin = time.monotonic()
    assert subjects(own_world.admin("GET", "messages?to=ada@example.com&wait=30s")) == ["First"]
    assert own_world.admin("GET", "requests?operation=mail.send&wait=30s").json["requests"]
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize("duration", ["50ms", "0.05s", "0.05", "0", "0ms"])
def test_at_the_end_there_is_what_there_is(own_world: World, duration: str) -> None:
    own_world.mail(subject="First")
    assert subjects(own_world.admin("GET", f"messages?subject=Second&wait={duration}")) == []
    assert subjects(own_world.admin("GET", f"messages?count=2&wait={duration}")) == ["First"]
    found = own_world.admin("POST", "requests/find", {"operation": "customer.add", "wait": duration}).json
    assert (found["requests"], found["nearest"]["request"]["operation"]) == ([], "mail.send")


@pytest.mark.parametrize(
    ("wait", "status"), [(0, 200), (0.00001, 200), (True, 400), (-0.5, 400), (None, 400), ([1], 400)]
)
def test_a_duration_may_be_a_number(own_world: World, wait: Any, status: int) -> None:
    assert own_world.admin("POST", "messages/find", {"wait": wait}).status == status


@pytest.mark.parametrize(
    "target",
    [
        "messages/find?wait=5s",
        "messages/find?to=ada%40example.com&count=2",
        "requests/find?limit=1",
        "requests/count?operation=smtp",
        "faults?operation=customer.add",
        "reset?only=messages",
    ],
)
def test_what_goes_into_the_body_is_not_ignored_in_the_query(own_world: World, target: str) -> None:
    own_world.mail()
    reply = own_world.admin("POST", target, {})
    names = re.findall(r"[?&](\w+)=", target)
    assert (reply.status, reply.json) == (400, {"errors": {name: ["goes into the JSON body"] for name in names}})
    assert len(own_world.outbox()) == 1


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("wait=soon", {"wait": ["must be a duration such as 5s, 500ms or 5"]}),
        ("wait=-1", {"wait": ["must be a duration such as 5s, 500ms or 5"]}),
        ("wait=1e3", {"wait": ["must be a duration such as 5s, 500ms or 5"]}),
        ("wait=nan", {"wait": ["must be a duration such as 5s, 500ms or 5"]}),
        ("wait=", {"wait": ["must be a duration such as 5s, 500ms or 5"]}),
        ("wait=\u0665s", {"wait": ["must be a duration such as 5s, 500ms or 5"]}),
        ("wait=61s", {"wait": ["must be at most 60s"]}),
        ("wait=2m", {"wait": ["must be at most 60s"]}),
        ("wait=60001ms", {"wait": ["must be at most 60s"]}),
        ("count=2", {"count": ["goes with wait alone"]}),
        ("count=0&wait=1", {"count": ["Must be greater than or equal to 1 and less than or equal to 100000."]}),
        ("count=3&limit=2&wait=1", {"count": ["must not be more than limit"]}),
    ],
)
@pytest.mark.parametrize("path", ["messages", "requests"])
def test_a_duration_that_is_none(own_world: World, path: str, query: str, errors: dict[str, Any]) -> None:
    from urllib.parse import quote

    reply = own_world.admin("GET", f"{path}?{quote(query, safe='=&')}")
    assert (reply.status, reply.json) == (400, {"errors": errors})


def test_a_mail_ends_the_wait_of_those_who_wait_for_it(own_world: World, people: ThreadPoolExecutor) -> None:
    service = own_world.service
    asked = [
        people.submit(own_world.admin, "GET", f"messages?{query}&wait=30s")
        for query in ("to=ADA@example.com", "subject=Hello", "count=2")
    ]
    await_waiters(service, 3)
    own_world.mail()
    assert [subjects(each.result(10)) for each in asked[:2]] == [["Hello"], ["Hello"]]
    await_waiters(service)
    own_world.mail(subject="Again")
    assert subjects(asked[2].result(10)) == ["Hello", "Again"]


def test_the_mail_of_others_ends_nothing(own_world: World, people: ThreadPoolExecutor) -> None:
    asked = people.submit(own_world.admin, "GET", "messages?to=bob@example.com&wait=30s")
    await_waiters(own_world.service)
    World(own_world.service, prefix=f"/~{fresh('other')}").mail(to="bob@example.com")
    own_world.mail(to="ada@example.com")
    own_world.admin("POST", "reset", {"only": ["messages", "requests"]})
    own_world.mail(to="bob@example.com", subject="At last")
    assert subjects(asked.result(10)) == ["At last"]


def test_without_a_world_the_mail_of_all_counts(own_world: World, people: ThreadPoolExecutor) -> None:
    subject = fresh("subject")
    asked = people.submit(own_world.service.send, "GET", f"/__admin/messages?subject={subject}&wait=30s")
    await_waiters(own_world.service)
    own_world.mail(subject=subject)
    assert subjects(asked.result(10)) == [subject]


def test_a_notice_of_a_bounce_ends_a_wait(own_world: World, people: ThreadPoolExecutor) -> None:
    from legacygrid.models.message import Message

    own_world.mail()
    with own_world.service.grid.store.writing():
        Message.update(bounce_notifications="from").where(Message.world == own_world.prefix[2:]).execute()
    asked = people.submit(own_world.admin, "GET", "messages?via=bounce&wait=30s")
    await_waiters(own_world.service)
    own_world.admin("POST", f"messages/{own_world.outbox()[0]['id']}/events", {"event": "bounce"})
    assert subjects(asked.result(10)) == ["Undelivered Mail Returned to Sender"]


def test_mail_by_smtp_ends_a_wait(sender: World, talk: Talk, people: ThreadPoolExecutor) -> None:
    asked = people.submit(sender.admin, "GET", f"messages?account={sender.name}&wait=30s")
    called = people.submit(sender.admin, "GET", f"requests?account={sender.name}&task=DATA&wait=30s")
    await_waiters(sender.service, 2)
    said(talk, sender.name, PASSWORD)
    for line in ("RCPT TO:<b@example.com>", "DATA"):
        talk.say(line)
    talk.send(TEXT).read()
    assert subjects(asked.result(10)) == ["one"]
    assert called.result(10).json["requests"][0]["operation"] == "smtp"


def test_a_call_is_waited_for_until_it_is_answered(own_world: World, people: ThreadPoolExecutor) -> None:
    asked = people.submit(own_world.admin, "GET", "requests?operation=customer.delete&wait=30s")
    unmatched = people.submit(own_world.admin, "GET", "requests/unmatched?wait=30s")
    await_waiters(own_world.service, 2)
    own_world.call("customer.enable.json", user="nobody")
    own_world.call("customer.delete.json", user="nobody")
    (call,) = asked.result(10).json["requests"]
    assert (call["operation"], call["outcome"], call["status"]) == ("customer.delete", "refused", 200)
    own_world.call("customer.delet.json")
    assert [each["outcome"] for each in unmatched.result(10).json["requests"]] == ["unmatched"]


def test_the_last_of_many_calls_are_waited_for(own_world: World, people: ThreadPoolExecutor) -> None:
    asked = people.submit(own_world.admin, "POST", "requests/find", {"wait": "30s", "count": 3, "limit": 3})
    await_waiters(own_world.service)
    for name in "abc":
        own_world.call("customer.enable.json", user=name)
    assert [each["params"]["user"] for each in asked.result(10).json["requests"]] == ["a", "b", "c"]


# Those who wait, and their neighbours


def ask(service: Service, world: str = "") -> Wire:
    target = f"/~{world or fresh('nobody')}/__admin/messages?to=nobody@example.com&wait=60s"
    return Wire(service.url).send(request("GET", target, Host="127.0.0.1"))


@pytest.mark.parametrize("hang_up", [Wire.reset, Wire.close], ids=["reset", "close"])
def test_who_hangs_up_waits_no_more(recorded: Service, hang_up: Callable[[Wire], None]) -> None:
    wire = ask(recorded)
    await_waiters(recorded)
    hang_up(wire)
    await_waiters(recorded, 0)


def test_who_sends_no_more_is_answered_with_what_there_is(recorded: Service) -> None:
    with ask(recorded) as wire:
        await_waiters(recorded)
        assert wire.end().read().json == {"messages": []}
        assert wire.is_closed()


def test_a_server_that_ends_answers_those_who_wait(store: Store) -> None:
    service = Service(store, profiles.profile("recorded"))
    with ask(service) as wire:
        await_waiters(service)
        begin = time.monotonic()
        service.stop()
        assert time.monotonic() - begin < 4
        assert wire.read().json == {"messages": []}


def test_many_who_wait_hold_no_thread_and_disturb_no_neighbour(own_world: World) -> None:
    """The neighbour's mail wakes all of them each time, and none of them finds its own."""
    service, world = own_world.service, own_world.prefix[2:]
    quiet = timed(own_world, 10)
    threads = threading.active_count()
    target = f"/~{world}/__admin/messages?subject=nothing&wait=60s"
    wires = [Wire(service.url).send(request("GET", target, Host="127.0.0.1")) for _ in range(200)]
    try:
        await_waiters(service, 200)
        assert threading.active_count() <= threads + WRITERS, "the server's workers, which may not have been there"
        assert timed(own_world, 10) < 3 * quiet + 0.1
        own_world.mail(subject="nothing")
        assert all(subjects(wire.read()) == ["nothing"] for wire in wires)
    finally:
        for wire in wires:
            wire.close()


def timed(world: World, count: int) -> float:
    """Seconds that the median of so many mails takes."""
    seconds = []
    for _ in range(count):
        begin = time.perf_counter()
        world.mail()
        seconds.append(time.perf_counter() - begin)
    return sorted(seconds)[count // 2]


# From Python


def test_under_other_servers_a_thread_waits(store: Store, people: ThreadPoolExecutor) -> None:
    with wsgi_app() as app:
        assert app.world.admin.messages(wait=0.05) == []
        asked: Future[Any] = people.submit(app.world.outbox.wait_for, to="ada@example.com", timeout=30)
        grid = app._flask.extensions["legacygrid"]  # type: ignore[attr-defined]
        assert wait_until(lambda: grid.mailed.waiting == 1)
        mail = {"to": "ada@example.com", "from": "a@example.com", "subject": "Hi", "text": "x"}
        with requests.Session() as session:
            session.mount("https://", Adapter(app))
            session.post(app.world.url_for("mail.send"), data=app.world.auth | mail)
        assert asked.result(10).subject == "Hi"
        assert grid.mailed.waiting == 0


def test_a_cut_connection_is_no_answer(recorded: Service) -> None:
    with ask(recorded) as wire:
        await_waiters(recorded)
        wire.socket.settimeout(0.2)
        with pytest.raises((Cut, TimeoutError)):
            wire.read()
    await_waiters(recorded, 0)
