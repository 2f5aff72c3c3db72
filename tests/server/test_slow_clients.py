"""Clients that stop in the middle, never read, hang up, or write HTTP as one does by hand."""

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from big_store import PARENT, fill, make_store
from emulator import NEW, PASSWORD, Reply, Service, World, fresh
from legacygrid.endpoints.sendgrid import customer
from legacygrid.models.database import Store
from legacygrid.models.subuser_lists import Profiles
from legacygrid.serializers import profiles
from legacygrid.server import http_protocol, server, wsgi_bridge
from legacygrid.wsgi.body_limits import MAX_BODY
from wire import Cut, Process, Wire, chunked, fields, request, settle, wait_until

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

#: Of a list of which the lists of all clients are three times what the server may grow by.
ROWS = 30_000
CLIENTS = 50
#: Seconds in which every call is answered, whatever others do.
PROMPT = 2.0
#: MiB that the server may grow by, whatever its clients do.
GROWTH = 120
SUCCESS = '{"message":"success"}'
LIST = "/apiv2/customer.profile.json"

# Many at once, beside whom others are answered


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('slow') / 'x.db'}"
    make_store(url, ROWS)
    return url


@pytest.fixture
def process(tmp_path: Path, database: str) -> Iterator[Process]:
    """A server of its own, which has answered every kind of call once."""
    with Process(tmp_path, database, is_anew=True) as process:
        answer_others(process.url)
        yield process


def whole_list(version: str = "1.1", format: str = "json") -> bytes:
    return request("POST", f"/apiv2/customer.profile.{format}", fields(PARENT, task="get"), version)


def half_body(url: str) -> Wire:
    return Wire(url).send(request("POST", LIST, b"api_user=" + b"x" * 10_000, Content_Length=20_000))


def no_body(url: str) -> Wire:
    return Wire(url).send(request("POST", LIST, b"", Content_Length=20_000))


def half_head(url: str) -> Wire:
    return Wire(url).send(b"GET /" + b"x" * 10_000)


def unread_json(url: str) -> Wire:
    return Wire(url, window=4096).send(whole_list()).await_answer()


def unread_xml(url: str) -> Wire:
    return Wire(url, window=4096).send(whole_list(format="xml")).await_answer()


def unread_file(url: str) -> Wire:
    """HTTP/1.0 has no chunks, so the whole list has to be measured first."""
    return Wire(url, window=4096).send(whole_list("1.0"))


def unread_pipeline(url: str) -> Wire:
    return Wire(url, window=4096).send(request("GET", "/nothing") * 200).await_answer()


WAYS: dict[str, list[Callable[[str], Wire]]] = {
    "who stop in the middle": [half_body, no_body, half_head],
    "who never read": [unread_json, unread_xml],
    "who never read, and speak HTTP/1.0": [unread_file],
    "who never read, and ask on": [unread_pipeline],
}


def answer_others(url: str) -> float:
    """The longest that one of several calls took; all of them are answered right."""
    owner, name = {"api_user": PARENT, "api_key": PASSWORD}, fresh("prompt")
    calls: list[tuple[str, dict[str, str], Callable[[Reply], bool]]] = [
        ("/__admin/health", {}, lambda reply: reply.json["status"] == "ok"),
        ("/api/profile.get.json", owner, lambda reply: reply.json[0]["username"] == PARENT),
        ("/apiv2/customer.enable.xml", owner | {"user": "many-2"}, lambda reply: reply.xml[0].text == "success"),
        ("/apiv2/customer.add.json", owner | NEW | {"username": name}, lambda reply: reply.text == SUCCESS),
        (
            LIST,
            owner | {"task": "get", "username": name},
            lambda reply: [row["username"] for row in reply.json] == [name],
        ),
        ("/apiv2/customer.delete.json", owner | {"user": name}, lambda reply: reply.text == SUCCESS),
        ("/api/profile.get.json", owner | {"api_key": fresh()}, lambda reply: reply.json["error"]["code"] == 401),
    ]
    longest = 0.0
    for path, params, is_right in calls:
        query = "&".join(f"{key}={quote(value)}" for key, value in params.items())
        began = time.monotonic()
        with Wire(url) as wire:
            reply = wire.send(request("GET", f"{path}?{query}")).read()
        longest = max(longest, time.monotonic() - began)
        assert is_right(reply), reply.text
    return longest


@pytest.mark.parametrize("ways", WAYS.values(), ids=WAYS)
@pytest.mark.takes(4)
def test_others_are_answered_beside_fifty(process: Process, ways: list[Callable[[str], Wire]]) -> None:
    before = process.memory()
    with ExitStack() as stack:
        for way in ways:
            for _ in range(CLIENTS):
                stack.enter_context(way(process.url))
        for _ in range(3):
            assert answer_others(process.url) < PROMPT
            assert process.memory() - before < GROWTH


@pytest.mark.takes(6)
def test_it_stops_beside_all_of_them(process: Process) -> None:
    with ExitStack() as stack:
        for way in chain.from_iterable(WAYS.values()):
            for _ in range(8):
                stack.enter_context(way(process.url))
        assert answer_others(process.url) < PROMPT
        process.signal(signal.SIGTERM)
        assert process.status(server.GRACE + 3) == 0
    assert "Traceback" not in process.log.read_text()


WHOLE = whole_list()
HEAD = WHOLE.index(b"\r\n\r\n") + 4
#: How far a client comes before it hangs up.
STAGES = {
    "after connect": b"",
    "in the request line": WHOLE[:20],
    "after the request line": WHOLE[: WHOLE.index(b"\n") + 1],
    "in the headers": WHOLE[: HEAD - 12],
    "after the headers": WHOLE[:HEAD],
    "in the body": WHOLE[: HEAD + 12],
    "after the request": WHOLE,
    "after a write": request("POST", "/apiv2/customer.enable.json", fields(PARENT, user="many-2")),
    "in a second request": request("GET", "/__admin/health") + WHOLE[: HEAD + 12],
}


def test_resets_at_every_stage_harm_nobody(process: Process) -> None:
    before = process.memory()
    for _ in range(10):
        for sent in STAGES.values():
            Wire(process.url).send(sent).reset()
        assert answer_others(process.url) < PROMPT
    assert process.memory() - before < GROWTH
    assert "fault" not in process.log.read_text()
    assert "Traceback" not in process.log.read_text()


@pytest.mark.parametrize("way", [unread_json, unread_file])
def test_nothing_is_done_for_those_who_hung_up(process: Process, way: Callable[[str], Wire]) -> None:
    """They do so while their answers are made; who is told to stop then has nobody to wait for."""
    before = process.memory()
    for _ in range(CLIENTS):
        with way(process.url) as wire:
            settle(process.url)
            wire.reset()
    assert answer_others(process.url) < PROMPT
    assert process.memory() - before < GROWTH
    process.signal(signal.SIGTERM)
    assert process.status(2) == 0


def test_a_pipeline_that_nobody_reads_is_not_taken_in(process: Process) -> None:
    """A client writes on, and reads no answer; at some point the server has to stop reading it."""
    before = process.memory()
    calls = request("GET", "/nothing") * 1000
    with Wire(process.url, window=4096) as wire:
        wire.socket.settimeout(1)
        try:
            for _ in range(8_000_000 // len(calls)):
                wire.send(calls)
        except TimeoutError:
            pass
        assert answer_others(process.url) < PROMPT
        assert process.memory() - before < GROWTH


# Half bodies, and bodies that are too much

#: How each back end refuses in each format; {} is the code, the second the text.
REFUSALS = {
    "/apiv2/customer.add.json": '{{"error":{{"code":{},"message":"{}"}}}}',
    "/apiv2/customer.add.xml": "<result><message>{1}</message></result>",
    "/api/credentials/add.json": '{{"error": "{1}"}}',
    "/api/credentials/add.xml": "<result><message>error</message><errors><error>{1}</error></errors></result>",
}
every_refusal = pytest.mark.parametrize(("path", "refusal"), REFUSALS.items(), ids=REFUSALS)
#: Beginnings of bodies, and what the head says of them.
HALVES: dict[str, tuple[bytes, dict[str, str | int]]] = {
    "no byte": (b"", {"Content_Length": 100}),
    "some bytes": (b"api_user=", {"Content_Length": 100}),
    "all but one": (b"api_user=a", {"Content_Length": 11}),
    "many bytes": (b"api_user=" + b"x" * 200_000, {"Content_Length": 200_010}),
    "no chunk": (b"", {"Transfer_Encoding": "chunked"}),
    "a chunk": (chunked(b"api_user=a"), {"Transfer_Encoding": "chunked"}),
    "half a chunk": (b"a\r\napi_", {"Transfer_Encoding": "chunked"}),
    "no end of the end": (chunked(b"api_user=a") + b"0\r\n", {"Transfer_Encoding": "chunked"}),
}
every_half = pytest.mark.parametrize(("begun", "headers"), HALVES.values(), ids=HALVES)


@every_refusal
@every_half
def test_a_half_body_and_no_more_is_refused(
    recorded: Service, path: str, refusal: str, begun: bytes, headers: dict[str, Any]
) -> None:
    with Wire(recorded.url) as wire:
        reply = wire.send(request("POST", path, begun, **headers)).end().read()
        assert (reply.status, reply.text) == (400, refusal.format(400, "The body was cut short"))
        assert wire.is_closed()


@every_refusal
@every_half
def test_a_half_body_and_silence_is_refused(
    recorded: Service, monkeypatch: pytest.MonkeyPatch, path: str, refusal: str, begun: bytes, headers: dict[str, Any]
) -> None:
    monkeypatch.setattr(wsgi_bridge, "BODY_DEADLINE", 0.05)
    with Wire(recorded.url) as wire:
        wire.socket.settimeout(2)
        reply = wire.send(request("POST", path, begun, **headers)).read()
        assert (reply.status, reply.text) == (408, refusal.format(408, "The body did not arrive in time"))
        assert reply.headers["Connection"] == "close"
        assert wire.is_closed()


def test_a_body_that_drips_is_refused(recorded: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi_bridge, "BODY_DEADLINE", 0.3)
    with Wire(recorded.url) as wire:
        wire.send(request("POST", "/apiv2/customer.add.json", b"", Content_Length=10_000))
        wire.socket.settimeout(0.01)

        def drip() -> bool:
            wire.send(b"x")
            try:
                return bool(wire.socket.recv(1, socket.MSG_PEEK))
            except TimeoutError:
                return False

        assert wait_until(drip)
        assert wire.read().status == 408


def test_a_body_may_come_in_pieces(world: World) -> None:
    whole = request("POST", "/apiv2/customer.add.json", fields(world.name, **(NEW | {"username": fresh()})))
    with Wire(world.service.url) as wire:
        for place in range(0, len(whole), 20):
            wire.send(whole[place : place + 20])
            settle(world.service.url)
        assert wire.read().text == SUCCESS


def padded(world: World, length: int) -> bytes:
    """The form of a list of subusers, as long as that."""
    form = fields(world.name, task="get") + b"&x="
    return form.ljust(length, b"x")


def by_length(target: str, body: bytes) -> bytes:
    return request("POST", target, body)


def by_chunks(target: str, body: bytes) -> bytes:
    pieces = [body[place : place + 100_000] for place in range(0, len(body), 100_000)]
    return request("POST", target, chunked(*pieces) + b"0\r\n\r\n", Transfer_Encoding="chunked")


every_framing = pytest.mark.parametrize("framed", [by_length, by_chunks])


@every_framing
def test_a_body_of_just_the_limit_is_taken(world: World, framed: Callable[[str, bytes], bytes]) -> None:
    with Wire(world.service.url) as wire:
        assert wire.send(framed(LIST, padded(world, MAX_BODY))).read().text == "[]"


@every_framing
@every_refusal
def test_a_body_over_the_limit_is_refused(
    recorded: Service, path: str, refusal: str, framed: Callable[[str, bytes], bytes]
) -> None:
    with Wire(recorded.url) as wire:
        reply = wire.send(framed(path, b"x" * (MAX_BODY + 1))).read()
        assert (reply.status, reply.text) == (413, refusal.format(413, "The body is too large"))


@every_framing
def test_a_body_over_the_limit_does_not_spoil_the_next_call(
    world: World, framed: Callable[[str, bytes], bytes]
) -> None:
    with Wire(world.service.url) as wire:
        assert wire.send(framed(LIST, padded(world, MAX_BODY + 200_000))).read().status == 413
        assert wire.send(request("POST", LIST, fields(world.name, task="get"))).read().text == "[]"


@every_refusal
def test_the_rest_of_a_body_over_the_limit_is_not_awaited(recorded: Service, path: str, refusal: str) -> None:
    begun = b"x" * (MAX_BODY + 1)
    with Wire(recorded.url) as wire:
        reply = wire.send(request("POST", path, begun, Content_Length=100 * MAX_BODY)).read()
        assert (reply.status, reply.text) == (413, refusal.format(413, "The body is too large"))


# Heads


HEADS = {
    "nothing": b"",
    "half a request line": b"GET /__admin/hea",
    "half of the headers": b"GET /__admin/health HTTP/1.1\r\nHost: loc",
    "all but the end": b"GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n",
}


@pytest.mark.parametrize("begun", HEADS.values(), ids=HEADS)
def test_a_head_that_is_never_complete_ends_the_connection(
    recorded: Service, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_DEADLINE", 0.1)
    with Wire(recorded.url) as wire:
        assert wire.send(begun).is_closed()


@pytest.mark.parametrize(
    "begun", [half for half in HEADS.values() if half], ids=[name for name in HEADS if HEADS[name]]
)
def test_a_second_head_that_is_never_complete_ends_the_connection(
    recorded: Service, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_DEADLINE", 0.1)
    with Wire(recorded.url) as wire:
        assert wire.send(request("GET", "/__admin/health")).read().status == 200
        assert wire.send(begun).is_closed()


def test_the_deadline_of_a_head_does_not_touch_its_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_DEADLINE", 0.1)
    with Wire(world.service.url) as wire:
        half = request("POST", LIST, fields(world.name, task="get"))
        wire.send(half[:-1])
        assert not wire.answers_within(0.3)
        assert wire.send(half[-1:]).read().text == "[]"
        assert not wire.answers_within(0.3)
        assert wire.send(half).read().text == "[]"


LARGE = {
    "path": (b"GET /", b"x"),
    "query": (b"GET /?x=", b"x"),
    "raw query": (b"GET /?x=", ("é" + "x" * 98).encode()),
    "header": (b"GET / HTTP/1.1\r\nX: ", b"x"),
    "headers": (b"GET / HTTP/1.1\r\n", b"X: y\r\n"),
}


@pytest.mark.parametrize(("start", "more"), LARGE.values(), ids=LARGE)
def test_a_head_that_is_too_large_is_refused(recorded: Service, start: bytes, more: bytes) -> None:
    with Wire(recorded.url) as wire:
        assert refuses_endless(wire.send(start), more)
    settle(recorded.url)


@pytest.mark.parametrize("header", ["Authorization", "X-Anything"])
def test_a_head_within_the_limit_is_taken(world: World, header: str) -> None:
    query = fields(world.name, task="get").decode() + "&x=" + "y" * 30_000
    with Wire(world.service.url) as wire:
        reply = wire.send(request("GET", f"{LIST}?{query}", **{header: "z" * 30_000})).read()
        assert (reply.status, reply.text) == (200, "[]")


@pytest.mark.parametrize("more", [b"X: y\r\n", b"x"], ids=["many", "one"])
def test_a_trailer_that_is_too_large_is_refused(recorded: Service, more: bytes) -> None:
    body = chunked(b"api_user=a") + b"0\r\nX: "
    with Wire(recorded.url) as wire:
        wire.send(request("POST", LIST, body, Transfer_Encoding="chunked"))
        assert refuses_endless(wire, more)


def refuses_endless(wire: Wire, more: bytes) -> bool:
    """Whether the server hangs up, while it is sent much more than what a head may be."""
    piece = more * (60_000 // len(more))
    try:
        for _ in range(256 * http_protocol.MAX_HEAD // len(piece)):
            wire.send(piece)
    except ConnectionError:
        return True
    return False


# Connections that are kept


@pytest.fixture
def hasty(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service that keeps idle connections and unread answers for less than a second."""
    monkeypatch.setattr(server, "KEEP_ALIVE", 0.3)
    monkeypatch.setattr(wsgi_bridge, "SEND_DEADLINE", 0.2)
    monkeypatch.setattr(http_protocol, "LINGER", 0.2)
    service = Service(store, profiles.profile("recorded"))
    # Connections have it of the socket that listens; the system rounds it up.
    service.server.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    yield service
    service.stop()


def connections(service: Service) -> int:
    return len(service.server._uvicorn.server_state.connections)


IDLE = {
    "nothing": (request("GET", "/nothing"), b""),
    "an empty line": (request("GET", "/nothing"), b"\r\n"),
    "an empty line at once": (request("GET", "/nothing") + b"\r\n", b""),
    "the empty line of old browsers": (request("POST", "/nothing", b"a=b") + b"\r\n", b""),
    "half of what is left of a refused body": (
        request("POST", LIST, b"x" * (MAX_BODY + 1), Content_Length=100 * MAX_BODY),
        b"x" * 1000,
    ),
}


@pytest.mark.parametrize(("sent", "more"), IDLE.values(), ids=IDLE)
def test_an_idle_connection_is_not_kept_for_long(hasty: Service, sent: bytes, more: bytes) -> None:
    with Wire(hasty.url) as wire:
        wire.socket.settimeout(2)
        wire.send(sent).read()
        assert wire.send(more).is_closed()


#: Rows of a list that leaves in pieces, and of one that leaves at once; neither fits in the sockets' buffers.
SIZES = {"a long list": 1000, "a short list": 80}


@pytest.mark.parametrize("rows", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("connection", ["close", "keep-alive"])
def test_a_client_that_does_not_read_is_cut(hasty: Service, rows: int, connection: str) -> None:
    world = World(hasty)
    with hasty.grid.store.writing():
        fill(world.account, rows, first_name="x" * 200)
    assert wait_until(lambda: connections(hasty) == 0)
    with Wire(hasty.url, window=1) as wire:
        wire.send(request("POST", LIST, fields(world.name, task="get"), Connection=connection)).await_answer()
        assert wait_until(lambda: connections(hasty) == 0, 3)
        with pytest.raises(Cut):
            wire.read()


def test_a_client_that_reads_slowly_gets_everything(hasty: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline is for each piece: at this pace one takes a quarter of it, and all of them take more than it."""
    monkeypatch.setattr(wsgi_bridge, "SEND_DEADLINE", 0.5)
    world = World(hasty)
    with hasty.grid.store.writing():
        fill(world.account, 2000, first_name="x" * 100)
    began, got, pace = time.monotonic(), b"", 400_000
    with Wire(hasty.url, window=32_768) as wire:
        wire.send(request("POST", LIST, fields(world.name, task="get")))
        while time.monotonic() - began < 2 * wsgi_bridge.SEND_DEADLINE:
            due = int((time.monotonic() - began) * pace) - len(got)
            if due > 0:
                got += wire.socket.recv(due)
            else:
                settle(hasty.url)
        assert not got.endswith(b"\r\n0\r\n\r\n"), "it was too short for this test"
        while not got.endswith(b"\r\n0\r\n\r\n"):
            more = wire.socket.recv(1_000_000)
            assert more, "it was cut"
            got += more
    assert got.count(b'"username":') == 2000


# HTTP as it is


@pytest.fixture
def long_list(world: World) -> World:
    """An account with a list of some 600 kB."""
    with world.service.grid.store.writing():
        fill(world.account, 2000, **{name: text for name, text in NEW.items() if "password" not in name})
    return world


def names(reply: Reply) -> list[str | None]:
    if reply.body.startswith(b"["):
        return [row["username"] for row in reply.json]
    return [user.findtext("username") for user in reply.xml]


def are_all(listed: list[str | None]) -> bool:
    return len(listed) == len(set(listed)) == 2000 and listed[0] == f"many-{int(str(listed[-1])[5:]) - 1999}"


every_format = pytest.mark.parametrize("format", ["json", "xml"])


@every_format
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_http_1_0_has_a_length_and_closes(long_list: World, format: str, method: str) -> None:
    path, form = f"/apiv2/customer.profile.{format}", fields(long_list.name, task="get")
    query, body = (f"?{form.decode()}", None) if method == "GET" else ("", form)
    with Wire(long_list.service.url) as wire:
        reply = wire.send(request(method, path + query, body, "1.0")).read()
        assert "Transfer-Encoding" not in reply.headers
        assert int(reply.headers["Content-Length"]) == len(reply.body) > 500_000
        assert are_all(names(reply))
        assert wire.is_closed()


def test_http_1_0_head_has_no_body(long_list: World) -> None:
    target = f"{LIST}?{fields(long_list.name, task='get').decode()}"
    with Wire(long_list.service.url) as wire:
        reply = wire.send(request("HEAD", target, version="1.0")).read(bodiless=True)
        assert reply.status == 200
        assert wire.is_closed()


def test_http_1_0_closes_after_a_short_answer(world: World) -> None:
    with Wire(world.service.url) as wire:
        reply = wire.send(request("POST", LIST, fields(world.name, task="get"), "1.0")).read()
        assert (reply.status, reply.text, reply.headers["Content-Length"]) == (200, "[]", "2")
        assert wire.is_closed()


@every_format
def test_http_1_1_has_chunks_and_is_kept(long_list: World, format: str) -> None:
    asked = request("POST", f"/apiv2/customer.profile.{format}", fields(long_list.name, task="get"))
    with Wire(long_list.service.url) as wire:
        for _ in range(3):
            reply = wire.send(asked).read()
            assert reply.headers["Transfer-Encoding"] == "chunked"
            assert "Content-Length" not in reply.headers
            assert are_all(names(reply))


@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_who_has_said_all_still_gets_the_answer(long_list: World, version: str, format: str) -> None:
    asked = request("POST", f"/apiv2/customer.profile.{format}", fields(long_list.name, task="get"), version)
    with Wire(long_list.service.url, window=4096) as wire:
        assert are_all(names(wire.send(asked).end().read()))
        assert wire.is_closed()


def test_who_has_said_all_still_gets_the_answers(world: World) -> None:
    name = fresh()
    add = request("POST", "/apiv2/customer.add.json", fields(world.name, **(NEW | {"username": name})))
    listed = request("POST", LIST, fields(world.name, task="get"))
    with Wire(world.service.url) as wire:
        wire.send(add + listed + b"GET /half HTT").end()
        assert wire.read().text == SUCCESS
        assert names(wire.read()) == [name]
        assert wire.is_closed()


def test_pipelined_calls_are_answered_in_order(long_list: World) -> None:
    """A write on a worker thread, a list that leaves in pieces, and an answer that is there at once."""
    name = fresh()
    add = request("POST", "/apiv2/customer.add.json", fields(long_list.name, **(NEW | {"username": name})))
    listed = request("POST", LIST, fields(long_list.name, task="get"))
    health = request("GET", "/__admin/health")
    with Wire(long_list.service.url) as wire:
        wire.send(add + listed + health)
        assert wire.read().text == SUCCESS
        assert names(wire.read())[-1] == name
        assert wire.read().json["status"] == "ok"
        assert wire.send(health).read().json["status"] == "ok"


def test_a_pipeline_of_hundreds_is_answered_in_order(recorded: Service) -> None:
    with Wire(recorded.url) as wire:
        wire.send(b"".join(request("GET", f"/apiv2/customer.{turn}.json?api_user={turn}") for turn in range(500)))
        wire.send(request("GET", "/__admin/health"))
        assert [wire.read().status for _ in range(501)] == [404] * 500 + [200]


def test_expect_100_continue(world: World) -> None:
    body = fields(world.name, task="get")
    head = request("POST", LIST, b"", Content_Length=len(body), Expect="100-continue")
    with Wire(world.service.url) as wire:
        reply = wire.send(head).read()
        assert (reply.status, reply.body) == (100, b"")
        assert wire.send(body).read().text == "[]"
        assert wire.send(request("POST", LIST, body)).read().text == "[]"


RAW = {
    "punctuation": '{}[]|\\^"<>`~!$()*,;:@?/-_.',
    "a hash": "before#after#",
    "text": "Zoë 🚀 日本".replace(" ", "%20"),
    "garbage": "100%zz%4%",
    "escapes": "%41%e2%82%ac%7b",
}
READ = {"text": "Zoë 🚀 日本", "escapes": "A€{"}


@pytest.mark.parametrize("kind", RAW)
def test_raw_queries_are_taken(world: World, kind: str) -> None:
    name = world.add()
    who = fields(world.name).decode()
    with Wire(world.service.url) as wire:
        target = f"/apiv2/customer.profile.json?{who}&task=set&user={name}&first_name={RAW[kind]}&last_name=last"
        assert wire.send(request("GET", target)).read().text == SUCCESS
        row = world.row(name)
        assert (row["first_name"], row["last_name"]) == (READ.get(kind, RAW[kind]), "last")
        found = wire.send(request("GET", f"{LIST}?{who}&task=get&first_name={RAW[kind]}")).read()
        assert names(found) == [name]


def test_a_request_may_be_cut_anywhere(world: World) -> None:
    """Its two pieces come one after the other, as by a client that writes line by line."""
    name = world.add()
    body = f"user={name}&last_name=日本&city=Zürich".encode()
    target = f"{LIST}?{fields(world.name).decode()}&task=set&first_name=Zoë"
    whole = request("POST", target, body)
    wrong = []
    places = {near + step for near, byte in enumerate(whole) if byte in b"\r\n" or byte > 127 for step in range(-1, 2)}
    for place in sorted(places & set(range(1, len(whole)))):
        with Wire(world.service.url) as wire:
            wire.send(whole[:place])
            settle(world.service.url)
            told = wire.send(whole[place:]).read().text
        row = world.row(name)
        if (told, row["first_name"], row["last_name"], row["city"]) != (SUCCESS, "Zoë", "日本", "Zürich"):
            wrong.append((whole[:place], told, row["last_name"], row["city"]))
        world.call("customer.profile.json", task="set", user=name, first_name="", last_name="", city="")
    assert wrong == []


# Failures in the middle


@pytest.fixture
def failing_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets each list fail after so many rows."""

    def fail_after(rows: int) -> None:
        def failing(*args: Any, **filters: Any) -> Iterator[Any]:
            yield from islice(Profiles(*args, **filters), rows)
            raise RuntimeError("in the middle")

        monkeypatch.setattr(customer, "Profiles", failing)

    return fail_after


@every_format
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_list_that_fails_in_the_middle_is_cut(
    long_list: World, failing_after: Callable[[int], None], format: str, version: str
) -> None:
    failing_after(1500)
    asked = request("POST", f"/apiv2/customer.profile.{format}", fields(long_list.name, task="get"), version)
    with Wire(long_list.service.url) as wire, pytest.raises(Cut):
        wire.send(asked).read()
    settle(long_list.service.url)


@every_format
def test_a_list_that_fails_at_once_is_refused(
    long_list: World, failing_after: Callable[[int], None], format: str
) -> None:
    failing_after(10)
    asked = request("POST", f"/apiv2/customer.profile.{format}", fields(long_list.name, task="get"))
    with Wire(long_list.service.url) as wire:
        reply = wire.send(asked).read()
        said = REFUSALS[f"/apiv2/customer.add.{format}"].format(500, "The emulator failed; its log says where")
        assert (reply.status, reply.text) == (500, said)
        assert wire.send(request("GET", "/__admin/health")).read().status == 200
