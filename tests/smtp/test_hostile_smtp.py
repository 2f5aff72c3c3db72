"""Clients of SMTP that hang, flood, vanish, guess and lie: others are served, nothing is half stored, nothing is told."""

import contextlib
import logging
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from legacygrid.server.listening import Listening
from legacygrid.server.proxy import authority
from legacygrid.server.smtp import commands as smtp_commands
from legacygrid.server.smtp import connection as smtp_connection
from legacygrid.server.smtp import receive_buffer
from posting import SECRET, Memory, Office, Talk, plain
from wire import SOON, Cut, wait_until

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

#: Seconds in which everybody else is served.
PROMPT = 2.0
BEGUN = b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"
END = b"\r\n.\r\n"


@pytest.fixture(scope="module")
def shared() -> Iterator[Office]:
    office = Office(Memory(), authority.create().context())
    yield office
    office.stop()


@pytest.fixture
def office(shared: Office, caplog: pytest.LogCaptureFixture) -> Iterator[Office]:
    """A door, at which no test leaves a traceback, a secret or a connection behind."""
    shared.backend.mail.clear()
    caplog.set_level(logging.INFO)
    yield shared
    lines = shared.listener.connections
    assert wait_until(lambda: not lines), "every connection ends with its client"
    # A message that is being stored is there a moment longer than its client.
    budget = shared.listener.budget
    is_free = wait_until(lambda: budget.left == receive_buffer.MAX_MESSAGES)
    assert is_free, "and gives back what its message took"
    assert not [record for record in caplog.records if record.exc_info or record.levelno > logging.INFO]
    assert SECRET not in caplog.text


def others_are_served(office: Office) -> None:
    started = time.monotonic()
    with Talk(office.port) as talk:
        assert talk.enter().post(b"other" + END).startswith("250 ")
    assert time.monotonic() - started < PROMPT
    assert office.backend.mail.pop().raw == b"other\r\n"


def begun(office: Office) -> Talk:
    """A client within its message."""
    talk = Talk(office.port).enter().send(BEGUN)
    assert [talk.read()[:3] for _ in range(3)] == ["250", "250", "354"]
    return talk


def vanish(talk: Talk) -> None:
    """Hang up without a goodbye."""
    talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    talk.close()


def talk_on(talk: Talk, said: bytes, pause: float) -> list[str]:
    """The replies, as long as there are any."""
    replies: list[str] = []
    with contextlib.suppress(Cut, ConnectionError):
        while len(replies) < 1000:
            replies.append(talk.send(said).read())
            time.sleep(pause)
    return replies


# Nobody there


def test_a_client_that_says_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_connection, "IDLE", 0.2)
    with Talk(office.port) as talk:
        others_are_served(office)
        assert talk.read() == "421 Timeout, closing the connection"
        assert talk.is_closed()


def test_what_is_no_command_keeps_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_connection, "IDLE", 0.5)
    with Talk(office.port) as talk:
        replies = talk_on(talk, b"x\r\n", pause=0.05)
        assert replies[-1].startswith("421 "), "long before the commands are too many"
        assert len(replies) < 30


def test_a_message_that_never_ends(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_commands, "DATA_DEADLINE", 0.3)
    with begun(office) as talk:
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                talk.send(b"x\r\n")
                time.sleep(0.02)
        assert talk.read() == "421 Timeout, closing the connection"
    assert office.backend.mail == []


def test_a_tls_handshake_that_never_ends(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_commands, "HANDSHAKE", 0.3)
    with Talk(office.port) as talk:
        assert talk.say("STARTTLS").startswith("220 ")
        assert talk.is_closed()


def test_no_tls_after_all(office: Office) -> None:
    with Talk(office.port) as talk:
        assert talk.say("STARTTLS").startswith("220 ")
        talk.send(b"EHLO plain\r\n" * 10)
        assert talk._file.read(1) in (b"", b"\x15"), "an alert of TLS, or nothing"


@pytest.mark.parametrize("how", ["reset", "close"])
@pytest.mark.parametrize("where", ["greeted", "in AUTH", "in DATA", "at the dot", "in TLS"])
def test_a_client_that_vanishes(office: Office, where: str, how: str) -> None:
    talk = begun(office) if where in ("in DATA", "at the dot") else Talk(office.port)
    if where == "in AUTH":
        talk.say("EHLO x")
        assert talk.say("AUTH LOGIN").startswith("334 ")
    elif where == "in TLS":
        assert talk.say("STARTTLS").startswith("220 ")
        talk.send(b"\x16\x03\x01\x02")
    elif where != "greeted":
        talk.send(b"half of it" + (b"\r\n." if where == "at the dot" else b""))
    if how == "reset":
        vanish(talk)
    talk.close()
    assert wait_until(lambda: not office.listener.connections)
    assert office.backend.mail == []
    others_are_served(office)


def test_a_client_that_vanishes_while_its_message_is_stored(office: Office) -> None:
    office.backend.may_store.clear()
    talk = begun(office).send(b"whole" + END)
    assert wait_until(lambda: office.backend.waiting == 1)
    vanish(talk)
    assert wait_until(lambda: not office.listener.connections)
    office.backend.may_store.set()
    assert wait_until(lambda: bool(office.backend.mail)), "it was all there, so it is stored"


# Floods


def test_commands_without_end_that_nobody_reads_the_replies_of(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_connection, "IDLE", 1.0)
    with Talk(office.port, window=4096) as talk:
        talk.enter().socket.settimeout(0.3)
        with pytest.raises((TimeoutError, ConnectionError)):
            # The server reads no more of it.
            talk.send(b"EHLO x\r\n" * 5_000_000)
        others_are_served(office)
        assert wait_until(lambda: not office.listener.connections), "it is cut off, though not all is written"


def test_100_000_commands_at_once(office: Office) -> None:
    with Talk(office.port) as talk:
        talk.enter()
        sending = threading.Thread(target=talk.send, args=(b"NOOP\r\n" * 100_000,))
        sending.start()
        others_are_served(office)
        assert all(talk.read() == "250 OK" for _ in range(100_000))
        sending.join(SOON)


def test_who_says_much_at_once_has_a_turn_like_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    commands, done = 40_000, []

    async def noop(line: smtp_commands.Commands, arg: str) -> None:
        done.append(arg)
        await line.push("250 OK")

    monkeypatch.setattr(smtp_commands.Commands, "noop", noop)
    with Talk(office.port) as talk, Talk(office.port) as other:
        talk.enter().send(b"NOOP\r\n" * commands)
        # They arrive in a handful of pieces; a turn after each piece would not do.
        assert [other.say("NOOP mine") for _ in range(20)] == ["250 OK"] * 20
        assert len(done) < commands, "the other does not wait until all are done"
        assert all(talk.read() == "250 OK" for _ in range(commands))


def test_10_000_recipients(office: Office) -> None:
    with Talk(office.port) as talk:
        talk.enter().say("MAIL FROM:<a@example.com>")
        rcpt = "".join(f"RCPT TO:<r{number}@example.com>\r\n" for number in range(10_000)).encode()
        sending = threading.Thread(target=talk.send, args=(rcpt,))
        sending.start()
        others_are_served(office)
        replies = [talk.read()[:3] for _ in range(10_000)]
        sending.join(SOON)
        assert replies == ["250"] * 1000 + ["452"] * 9000


def test_commands_before_auth(office: Office) -> None:
    with Talk(office.port) as talk:
        talk.send(b"NOOP\r\n" * (smtp_connection.MAX_UNAUTHENTICATED + 10))
        assert [talk.read() for _ in range(smtp_connection.MAX_UNAUTHENTICATED)] == [
            "250 OK"
        ] * smtp_connection.MAX_UNAUTHENTICATED
        assert talk.read() == "421 Too many commands without authentication"
        assert talk.is_closed()


def test_a_line_without_end(office: Office) -> None:
    with Talk(office.port) as talk:
        for _ in range(500):
            talk.send(b"x" * 100_000)
        others_are_served(office)
        assert talk.say("") == "500 Line too long"
        assert talk.say("NOOP") == "250 OK"


def test_a_message_of_100_mb(office: Office) -> None:
    with begun(office) as talk:
        for _ in range(100):
            talk.send(b"x" * 998 * 1000 + b"\r\n")
        others_are_served(office)
        assert talk.send(END).read() == "552 Message size exceeds fixed limit"
        assert talk.say("NOOP") == "250 OK"
    assert office.backend.mail == []


def test_more_messages_at_once_than_there_is_room(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.listener.budget, "left", 3_000_000)
    with begun(office) as first, begun(office) as second:
        first.send(b"x" * 2_000_000)
        assert wait_until(lambda: office.listener.budget.left < 1_500_000)
        assert second.send(b"y" * 2_000_000 + END).read() == "452 Too much mail at once, try again later"
        others_are_served(office)
        assert first.send(END).read().startswith("250 ")
        assert second.post(b"y" * 2_000_000 + END).startswith("250 "), "now there is"
    assert office.listener.budget.left == 3_000_000


def test_one_tenant_takes_half_of_the_room(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.listener.budget, "left", 6_000_000)
    monkeypatch.setattr(office.listener.budget, "share", 3_000_000)
    with contextlib.ExitStack() as stack:
        greedy = [stack.enter_context(begun(office)) for _ in range(9)]
        for talk in greedy:
            talk.send(b"x" * 900_000)
        assert wait_until(lambda: office.listener.budget.left < 3_500_000)
        with Talk(office.port) as neighbour:
            assert neighbour.enter("cred").post(b"y" * 2_000_000 + END).startswith("250 ")
        assert sorted({talk.send(END).read()[:3] for talk in greedy}) == ["250", "452"]
    assert office.listener.budget.left == 6_000_000


@pytest.fixture
def limited(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Few connections, half of them for one address or tenant; whenever the log would say so, it is beside the point."""
    monkeypatch.setattr(Listening, "_tell", lambda *_: None)
    for limits in (office.listener.limits, office.listener.tenants):
        monkeypatch.setattr(limits, "total", 20)
        monkeypatch.setattr(limits, "by_address", 10)
        monkeypatch.setattr(limits, "over_share", 0)
        monkeypatch.setattr(limits, "over_total", 0)
    return office


def test_idle_ones_leave_room_for_neighbours(limited: Office) -> None:
    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(Talk(limited.port, source="127.0.0.2")) for _ in range(30)]
        assert len(limited.listener.limits) == 10
        others_are_served(limited)
        assert idle[0].read() == "421 Too many connections, try again later"
        assert idle[0].is_closed()
        assert [each.say("NOOP") for each in idle[20:]] == ["250 OK"] * 10


def test_in_a_message_one_address_has_half(limited: Office) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            talk = stack.enter_context(Talk(limited.port, source="127.0.0.2")).enter()
            assert [each[:3] for each in talk.all_of(["MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "DATA"])] == [
                "250",
                "250",
                "354",
            ]
        with Talk(limited.port, source="127.0.0.2") as one_more:
            assert one_more.greeting == "421 Too many connections, try again later"
            assert one_more.is_closed()
        for source in ("127.0.0.1", "127.0.0.3"):
            with Talk(limited.port, source=source) as neighbour:
                assert neighbour.enter("cred").post(b"other" + END).startswith("250 ")


def test_a_tenant_has_half_from_wherever_it_comes(limited: Office) -> None:
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(Talk(limited.port, source="127.0.0.2")).enter()
        for number in range(9):
            talk = stack.enter_context(Talk(limited.port, source=f"127.0.0.{3 + number % 5}")).enter()
            assert [each[:3] for each in talk.all_of(["MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "DATA"])] == [
                "250",
                "250",
                "354",
            ]
        talk = stack.enter_context(Talk(limited.port, source="127.0.0.9")).enter()
        assert first.read() == "421 Too many connections, try again later", "its own idle one has to leave"
        assert talk.all_of(["MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "DATA"])[2].startswith("354 ")
        with Talk(limited.port, source="127.0.0.10") as one_more:
            assert one_more.say(f"AUTH PLAIN {plain('ada')}") == "421 Too many connections, try again later"
        with Talk(limited.port, source="127.0.0.10") as neighbour:
            assert neighbour.enter("cred").post(b"other" + END).startswith("250 ")


def test_a_slow_store_stops_only_mail(office: Office) -> None:
    office.backend.may_store.clear()
    with begun(office) as talk:
        talk.send(b"whole" + END)
        with Talk(office.port) as other:
            assert other.enter().say("NOOP") == "250 OK"
        office.backend.may_store.set()
        assert talk.read().startswith("250 ")


# Smuggling and other lies


@pytest.mark.parametrize(
    "end",
    [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\r\r\n.\r\r\n", b"\n\n.\r\n", b"\r\n\0.\r\n", b"\r\n.\0\r\n"],
)  # fmt: skip
def test_nothing_else_ends_a_message(office: Office, end: bytes) -> None:
    smuggled = BEGUN.replace(b"a@example.com", b"admin@example.com") + b"smuggled"
    with begun(office) as talk:
        assert talk.send(b"first" + end + smuggled + END).read().startswith("250 ")
        assert talk.say("NOOP") == "250 OK"
    (mail,) = office.backend.mail
    assert mail.mail_from == "a@example.com"
    assert mail.raw.endswith(b"smuggled\r\n")


@pytest.mark.parametrize("verb", ["GET / HTTP/1.1", "POST / HTTP/1.1", "CONNECT a:1 HTTP/1.1", "OPTIONS *"])
def test_a_browser_is_hung_up_on(office: Office, verb: str) -> None:
    with Talk(office.port) as talk:
        talk.send(f"{verb}\r\nHost: localhost\r\n\r\nEHLO x\r\nAUTH PLAIN {plain('ada')}\r\n".encode())
        assert talk.is_closed()


def test_noise(office: Office) -> None:
    noise = bytes(range(256)) * 400
    with Talk(office.port) as talk, contextlib.suppress(ConnectionError):
        talk.send(noise)
        assert {reply[:3] for reply in talk_on(talk, b"", pause=0)} <= {"500", "421"}
    others_are_served(office)


# The end of the server


def test_the_server_ends(caplog: pytest.LogCaptureFixture) -> None:
    office = Office(Memory())
    office.backend.may_store.clear()
    idle, talk = Talk(office.port), begun(office).send(b"whole" + END)
    assert wait_until(lambda: office.backend.waiting == 1)
    stopping = threading.Thread(target=office.stop)
    stopping.start()
    try:
        assert idle.read() == "421 Service not available, closing the connection"
        assert idle.is_closed()
        office.backend.may_store.set()
        assert talk.read().startswith("250 "), "what is being stored is, and is answered"
        assert talk.read() == "421 Service not available, closing the connection"
    finally:
        office.backend.may_store.set()
        stopping.join(SOON)
        idle.close()
        talk.close()
    assert not [record for record in caplog.records if record.exc_info]
