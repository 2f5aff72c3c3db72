"""The proxy in front of a server: who gets through, who is refused, and clients that use neither as they should."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from big_store import fill
from emulator import Reply, Service, World
from legacygrid.endpoints import SYSTEMS
from legacygrid.models.database import Store
from legacygrid.serializers import profiles
from legacygrid.server import http_protocol, listeners, listening, server
from legacygrid.server.proxy import authority, proxy, tunnel
from legacygrid.server.proxy.authority import Authority
from legacygrid.server.proxy.proxy import Guard
from wire import Wire, fields, request, wait_until

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

HEALTH = request("GET", "/__admin/health")
PROFILE = "/api/profile.get.json"
TUNNEL = b"CONNECT api.sendgrid.com:443 HTTP/1.1\r\nHost: api.sendgrid.com:443\r\n\r\n"
PLAIN = b"CONNECT sendgrid.com:80 HTTP/1.0\r\n\r\n"


@dataclass
class Proxied:
    """A server that has a proxy."""

    service: Service
    url: str
    guard: Guard
    trust: ssl.SSLContext

    def tunnel(self, head: bytes = TUNNEL, window: int | None = None) -> Wire:
        wire = Wire(self.url, window).send(head)
        assert wire.read(bodiless=True).status == 200
        return wire

    def secure(self, name: str = "api.sendgrid.com", window: int | None = None) -> Wire:
        """TLS through a tunnel."""
        wire = self.tunnel(window=window)
        wire._file.close()
        wire.socket = self.trust.wrap_socket(wire.socket, server_hostname=name)
        wire._file = wire.socket.makefile("rb")
        return wire

    def answers(self) -> bool:
        """Whether others are answered at once."""
        with self.secure() as wire:
            wire.socket.settimeout(2)
            return wire.send(HEALTH).read().json["status"] == "ok"

    def ask(self, data: bytes) -> Reply:
        with Wire(self.url) as wire:
            return wire.send(data).read()


@pytest.fixture(scope="module")
def ours() -> Authority:
    return authority.create()


def opened(store: Store, ours: Authority) -> Proxied:
    made: list[tuple[Guard, int]] = []
    service = Service(
        store,
        profiles.profile("recorded"),
        lambda each: made.append(listeners.open_proxy(each, listeners.open_tls(each, ours))),
    )
    guard, port = made[0]
    return Proxied(service, f"http://127.0.0.1:{port}", guard, ssl.create_default_context(cadata=ours.pem.decode()))


@pytest.fixture(scope="module")
def proxied(store: Store, ours: Authority) -> Iterator[Proxied]:
    made = opened(store, ours)
    yield made
    made.service.stop()


@pytest.fixture
def impatient(store: Store, ours: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxied]:
    """One that gives a client little time."""
    for module in (http_protocol, proxy, listening):
        monkeypatch.setattr(module, "HEAD_DEADLINE", 0.3)
    for module in (http_protocol, tunnel):
        monkeypatch.setattr(module, "LINGER", 0.2)
    made = opened(store, ours)
    yield made
    made.service.stop()


@pytest.fixture
def owner(proxied: Proxied) -> World:
    return World(proxied.service)


# Who gets through


@pytest.mark.parametrize("name", [name.replace("*", "any-customer") for name in SYSTEMS.hosts])
def test_two_calls_through_one_tunnel(proxied: Proxied, owner: World, name: str) -> None:
    with proxied.secure(name) as wire:
        for _ in range(2):
            reply = wire.send(request("POST", PROFILE, fields(owner.name), Host=name)).read()
            assert reply.json[0]["username"] == owner.name


def test_the_certificate_is_of_sendgrid_s_names_alone(proxied: Proxied) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        proxied.secure("smtp.sendgrid.com")


def test_http_through_a_tunnel(proxied: Proxied, owner: World) -> None:
    with proxied.tunnel(PLAIN) as wire:
        reply = wire.send(request("POST", PROFILE, fields(owner.name))).end().read()
        assert reply.json[0]["username"] == owner.name
        assert wire.is_closed()


@pytest.mark.parametrize(
    "base",
    [
        "http://api.sendgrid.com",
        "http://SendGrid.com:80",
        "https://api.sendgrid.com",
        "http://user:password@www.sendgrid.com.",
    ],
)
def test_a_whole_url(proxied: Proxied, owner: World, base: str) -> None:
    with Wire(proxied.url) as wire:
        for _ in range(2):
            reply = wire.send(request("POST", f"{base}{PROFILE}?a=b", fields(owner.name))).read()
            assert reply.json[0]["username"] == owner.name


def test_a_whole_url_without_a_path(proxied: Proxied) -> None:
    answered = proxied.ask(request("GET", "http://api.sendgrid.com"))
    assert answered.status == proxied.service.send("GET", "/").status != 403


def test_bytes_one_by_one(proxied: Proxied) -> None:
    with Wire(proxied.url) as wire:
        for byte in PLAIN:
            wire.send(bytes([byte]))
        assert wire.read(bodiless=True).status == 200
        assert wire.send(HEALTH).read().status == 200
    with Wire(proxied.url) as wire:
        for byte in request("GET", "http://api.sendgrid.com/__admin/health"):
            wire.send(bytes([byte]))
        assert wire.read().status == 200


def test_a_client_that_does_not_wait_for_its_tunnel(proxied: Proxied) -> None:
    with Wire(proxied.url) as wire:
        wire.send(PLAIN + HEALTH)
        assert wire.read(bodiless=True).status == 200
        assert wire.read().json["status"] == "ok"


def test_many_tunnels_at_once(proxied: Proxied) -> None:
    with ExitStack() as stack:
        wires = [stack.enter_context(proxied.secure()) for _ in range(50)]
        for wire in wires:
            wire.send(HEALTH)
        assert {wire.read().status for wire in wires} == {200}


# Who is refused


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (b"CONNECT first.example:443 HTTP/1.1\r\n\r\n", "first.example:443"),
        (b"CONNECT second.example HTTP/1.1\r\n\r\n", "second.example:443"),
        (b"CONNECT api.sendgrid.com:587 HTTP/1.1\r\n\r\n", "api.sendgrid.com:587"),
        (b"CONNECT smtp.sendgrid.net:443 HTTP/1.1\r\n\r\n", "smtp.sendgrid.net:443"),
        (b"CONNECT api.sendgrid.com.third.example:443 HTTP/1.1\r\n\r\n", "api.sendgrid.com.third.example:443"),
        (b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\n\r\n", "[2001:db8::1]:443"),
        (request("GET", "http://fourth.example/"), "fourth.example:80"),
        (request("POST", "http://fifth.example:8080/a?b", b"secret=1"), "fifth.example:8080"),
        (request("GET", "https://sixth.example/"), "sixth.example:443"),
        (request("GET", "http://api.sendgrid.com@seventh.example/"), "seventh.example:80"),
        (request("GET", "http://eighth.example/", Host="api.sendgrid.com"), "eighth.example:80"),
        # Neither back to this machine, nor to what only this machine reaches, however it is written.
        (b"CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n", "127.0.0.1:443"),
        (b"CONNECT localhost:80 HTTP/1.1\r\n\r\n", "localhost:80"),
        (b"CONNECT [::1]:443 HTTP/1.1\r\n\r\n", "[::1]:443"),
        (b"CONNECT [::ffff:127.0.0.1]:443 HTTP/1.1\r\n\r\n", "[::ffff:127.0.0.1]:443"),
        (b"CONNECT 0x7f000001:443 HTTP/1.1\r\n\r\n", "0x7f000001:443"),
        (b"CONNECT 2130706433:80 HTTP/1.1\r\n\r\n", "2130706433:80"),
        (b"CONNECT 10.0.0.1:443 HTTP/1.1\r\n\r\n", "10.0.0.1:443"),
        (b"CONNECT api.sendgrid.com@169.254.1.1:443 HTTP/1.1\r\n\r\n", "169.254.1.1:443"),
        (request("GET", "http://169.254.169.254/latest/meta-data/"), "169.254.169.254:80"),
        (request("GET", "http://127.0.0.1/__admin/state"), "127.0.0.1:80"),
        (request("GET", "http://0.0.0.0:443/"), "0.0.0.0:443"),
    ],
)
def test_every_other_host(proxied: Proxied, asked: bytes, named: str) -> None:
    with Wire(proxied.url) as wire:
        reply = wire.send(asked).read()
        assert (reply.status, reply.headers["Connection"]) == (403, "close")
        assert "it answers for api.sendgrid.com, sendgrid.com" in reply.text
        assert wire.is_closed()
    assert proxied.guard.refused[named] == 1


def test_another_host_on_the_same_connection(proxied: Proxied) -> None:
    with Wire(proxied.url) as wire:
        assert wire.send(request("GET", "http://api.sendgrid.com/__admin/health")).read().status == 200
        assert wire.send(request("GET", "http://ninth.example/__admin/health")).read().status == 403
        assert wire.is_closed()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (HEALTH, 403),
        (request("GET", "http://[bad/"), 400),
        (request("GET", "http://api.sendgrid.com:port/"), 400),
        (b"CONNECT\r\n\r\n", 400),
        (b"CONNECT  \r\n\r\n", 400),
        (b"CONNECT :443 HTTP/1.1\r\n\r\n", 403),
        (b"CONNECT api.sendgrid.com:99999 HTTP/1.1\r\n\r\n", 400),
        (b"CONNECT \xff HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", 400),
        (b"\r\n\r\n\x00", 400),
    ],
)
def test_what_is_no_request_of_a_proxy(proxied: Proxied, asked: bytes, status: int) -> None:
    assert proxied.ask(asked).status == status
    assert proxied.answers()


def test_a_tunnel_is_asked_for_first_or_not_at_all(proxied: Proxied) -> None:
    with Wire(proxied.url) as wire:
        assert wire.send(request("GET", "http://api.sendgrid.com/__admin/health")).read().status == 200
        assert wire.send(TUNNEL).read().status in (400, 403)
        assert wire.is_closed()


def test_no_more_names_are_kept_than_a_person_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "MAX_NAMED", 2)
    guard = Guard("127.0.0.1", {443: 1})
    for name in ("a.example", "b.example", "c.example", "a.example", "\x1b[2J.example", "d.example"):
        assert guard.port_for(name, 443) is None
    assert guard.refused == {"a.example:443": 2, "b.example:443": 1, "others": 3}


# Clients that harm nobody


def silent(proxied: Proxied) -> Wire:
    return Wire(proxied.url)


def half_a_connect(proxied: Proxied) -> Wire:
    return Wire(proxied.url).send(TUNNEL[:-2])


def silent_in_the_tunnel(proxied: Proxied) -> Wire:
    return proxied.tunnel()


def half_a_handshake(proxied: Proxied) -> Wire:
    return proxied.tunnel().send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")


def half_a_head(proxied: Proxied) -> Wire:
    return proxied.secure().send(HEALTH[:-2])


WAYS = [silent, half_a_connect, silent_in_the_tunnel, half_a_handshake, half_a_head]


@pytest.mark.parametrize("way", WAYS)
def test_who_stops_in_the_middle_is_let_go(impatient: Proxied, way: object) -> None:
    with way(impatient) as wire:  # type: ignore[operator]
        assert impatient.answers()
        assert wire.is_closed()


@pytest.mark.parametrize("way", WAYS)
def test_who_hangs_up_in_the_middle_leaves_nothing(proxied: Proxied, way: object) -> None:
    for _ in range(20):
        way(proxied).reset()  # type: ignore[operator]
        way(proxied).close()  # type: ignore[operator]
    assert proxied.answers()
    connections = proxied.service.server._uvicorn.server_state.connections
    assert wait_until(lambda: not connections and not proxied.guard.tunnels)


@pytest.mark.parametrize("way", ["close", "reset"])
def test_who_has_been_answered_leaves_nothing(proxied: Proxied, way: str) -> None:
    for opened in (proxied.secure, lambda: proxied.tunnel(PLAIN)):
        for _ in range(20):
            wire = opened()
            assert wire.send(HEALTH).read().status == 200
            getattr(wire, way)()
    assert wait_until(lambda: not proxied.guard.tunnels)


def test_garbage_instead_of_tls(proxied: Proxied) -> None:
    with proxied.tunnel() as wire:
        wire.send(b"GET / HTTP/1.1\r\n\r\n" + b"x" * 100_000)
        while wire.socket.recv(4096):
            pass
    assert proxied.answers()


def test_a_head_without_end(proxied: Proxied, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "MAX_HEAD", 10_000)
    with Wire(proxied.url) as wire:
        assert wire.send(TUNNEL[:-2] + b"a: " + b"x" * 20_000).read().status == 431


@pytest.mark.parametrize("is_secure", [True, False])
def test_a_client_that_reads_slowly_gets_all(proxied: Proxied, owner: World, is_secure: bool) -> None:
    with owner.service.grid.store.writing():
        fill(owner.account, 10_000, email="many@example.com", address="x" * 100)
    call = request("POST", "/apiv2/customer.profile.json", fields(owner.name, task="get"))
    direct = owner.call("customer.profile.json", task="get")
    with proxied.secure(window=4096) if is_secure else proxied.tunnel(PLAIN, window=4096) as wire:
        wire.send(call).socket.settimeout(30)
        assert proxied.answers()
        assert wire.read().body == direct.body


def test_who_never_reads_is_let_go(impatient: Proxied) -> None:
    owner = World(impatient.service)
    with owner.service.grid.store.writing():
        fill(owner.account, 30_000, email="many@example.com", address="x" * 100)
    call = request("POST", "/apiv2/customer.profile.json", fields(owner.name, task="get"), Connection="close")
    with impatient.tunnel(PLAIN, window=4096) as wire:
        wire.send(call).await_answer()
        assert impatient.answers()


@pytest.mark.parametrize("way", [*WAYS, Proxied.secure])
def test_nobody_holds_up_the_end(store: Store, ours: Authority, way: object) -> None:
    made = opened(store, ours)
    with way(made):  # type: ignore[operator]
        made.service.server.stop()
        made.service._thread.join(4)
        assert not made.service._thread.is_alive()


def test_a_server_that_is_gone(store: Store, ours: Authority) -> None:
    made = opened(store, ours)
    try:
        made.guard.ports = {443: 1}
        with Wire(made.url) as wire:
            assert wire.send(TUNNEL).read().status == 502
    finally:
        made.service.stop()


def test_a_tunnel_tells_whom_it_is_from(ours: Authority) -> None:
    # Else anybody whom the proxy lets in would be this machine, to the control API.
    def tell(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(environ["REMOTE_ADDR"])))])
        return [environ["REMOTE_ADDR"].encode()]

    made = server.Server(tell)
    _, port = listeners.open_proxy(made, listeners.open_tls(made, ours))
    ready = threading.Event()
    thread = threading.Thread(target=made.run, args=(ready.set,))
    thread.start()
    assert ready.wait(10)
    told = []
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.2", 0)) as client:
            client.sendall(PLAIN + b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
            client.settimeout(10)
            told.append(client.makefile("rb").read().rpartition(b"\r\n")[2])
    made.stop()
    thread.join()
    assert told == [b"127.0.0.2"] * 2
