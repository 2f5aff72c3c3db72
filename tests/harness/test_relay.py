"""One message on to a real mailbox: by the control API and by the command, to a second SMTP server."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from emulator import Service, World
from legacygrid.harness import NONE, STARTTLS, TLS, relay
from legacygrid.harness.relay import Relay, RelayError
from legacygrid.models.database import Store
from legacygrid.serializers import profiles
from shell import Shell

pytestmark = pytest.mark.waits

SECRET = "relay-secret1"


@dataclass
class Mailbox:
    """A server that takes mail: what it took, and what it refuses."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    is_secure: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address.startswith("no"):
            return f"550 5.1.1 no mailbox {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        self.is_secure.append(bool(session.ssl))
        return "554 5.7.1 that is spam" if b"spam" in envelope.content else "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == SECRET.encode(), handled=False)


class AnyPort(Controller):
    """aiosmtpd's own controller, on any free port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mailbox(**options: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    controller = AnyPort(box, "127.0.0.1", 0, authenticator=box.authenticate, auth_require_tls=False, **options)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture
def sending(store: Store) -> Iterator[tuple[World, Any]]:
    """A world with one mail in it, and what sets its relay."""
    service = Service(store, profiles.profile("recorded"))
    world = World(service, prefix="/~relaying")

    def configure(out: Relay | None) -> None:
        object.__setattr__(service.grid, "relay", out)

    yield world, configure
    world.admin("DELETE", "state")
    service.stop()


def sent(world: World, **params: Any) -> int:
    world.mail(**{"to[]": ["ada@example.com", "bob@example.com"], "to": "ada@example.com"} | params)
    return int(world.outbox()[-1]["id"])


def test_a_message_goes_to_those_who_are_named_and_to_nobody_else(sending: Any, box: Mailbox) -> None:
    world, configure = sending
    configure(Relay("127.0.0.1", box.port))
    number = sent(world, text="Grüße\n.dot\n")
    assert box.envelopes == [], "never by itself"
    reply = world.admin("POST", f"messages/{number}/relay", {"to": ["me@real.example"]})
    assert (reply.status, reply.json) == (200, {"relayed": ["me@real.example"], "refused": {}})
    (envelope,) = box.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("acme@example.com", ["me@real.example"])
    source = world.admin("GET", f"messages/{number}/source").body
    assert envelope.content == source


@pytest.mark.parametrize(
    ("asked", "sender", "recipients"),
    [
        ({"original_recipients": True}, "acme@example.com", ["ada@example.com", "bob@example.com"]),
        ({"to": ["me@x.example", "me@x.example"], "from": "bounces@x.example"}, "bounces@x.example", ["me@x.example"]),
        ({"to": ["me@x.example"], "from": ""}, "", ["me@x.example"]),
        ({"to": ["me@bücher.example"]}, "acme@example.com", ["me@xn--bcher-kva.example"]),
        (
            {"to": ["ada@example.com"], "original_recipients": True},
            "acme@example.com",
            ["ada@example.com", "bob@example.com"],
        ),
    ],
)
def test_whom_the_envelope_names(sending: Any, box: Mailbox, asked: Any, sender: str, recipients: list[str]) -> None:
    world, configure = sending
    configure(Relay("127.0.0.1", box.port))
    reply = world.admin("POST", f"messages/{sent(world)}/relay", asked)
    assert (reply.status, reply.json["relayed"]) == (200, recipients)
    assert (str(box.envelopes[0].mail_from).strip("<>"), box.envelopes[0].rcpt_tos) == (sender, recipients)


@pytest.mark.parametrize(
    ("asked", "status", "errors"),
    [
        ({}, 400, {"to": ["name at least one recipient"]}),
        ({"to": []}, 400, {"to": ["name at least one recipient"]}),
        ({"to": "me@x.example"}, 400, {"to": ["Not a valid list."]}),
        ({"to": ["me"]}, 400, {"to": ["not a valid e-mail address"]}),
        ({"to": ["a@x.example\r\nRCPT TO:<b@x>"]}, 400, {"to": ["must not contain line breaks or other control characters"]}),
        ({"to": ["a@x.example"], "from": "x y"}, 400, {"from": ["not a valid e-mail address"]}),
        ({"to": ["a@other.example"]}, 400, {"to": ["a@other.example is none of the addresses that mail may go to"]}),
        ({"to": ["a@x.example"], "host": "evil"}, 400, {"host": ["there is no such field; there are to, original_recipients, from"]}),
        ({"to": ["nobody@x.example"]}, 502, {"relay": ["127.0.0.1:PORT refuses all recipients: nobody@x.example: 550 5.1.1 no mailbox nobody@x.example"]}),
    ],
)  # fmt: skip
def test_what_is_refused(sending: Any, box: Mailbox, asked: Any, status: int, errors: dict[str, list[str]]) -> None:
    world, configure = sending
    configure(Relay("127.0.0.1", box.port, allowed=("*@X.example", "me@*")))
    reply = world.admin("POST", f"messages/{sent(world)}/relay", asked)
    assert reply.status == status
    assert reply.text.replace(str(box.port), "PORT").strip() == world.service.app.json.dumps(
        {"errors": errors}, separators=(",", ":")
    )
    assert box.envelopes == []


def test_some_recipients_are_refused(sending: Any, box: Mailbox) -> None:
    world, configure = sending
    configure(Relay("127.0.0.1", box.port))
    reply = world.admin("POST", f"messages/{sent(world)}/relay", {"to": ["no@x.example", "me@x.example"]})
    assert reply.json == {"relayed": ["me@x.example"], "refused": {"no@x.example": "550 5.1.1 no mailbox no@x.example"}}


def test_without_the_setting_it_is_turned_off(own_world: World) -> None:
    reply = own_world.admin("POST", f"messages/{sent(own_world)}/relay", {"to": ["me@x.example"]})
    assert (reply.status, reply.json) == (
        409, {"errors": {"relay": ["turned off; start the server with --relay HOST:PORT"]}},
    )  # fmt: skip


def test_a_message_of_another_world_is_not_there(sending: Any, box: Mailbox) -> None:
    world, configure = sending
    configure(Relay("127.0.0.1", box.port))
    number = sent(world)
    reply = world.service.send("POST", f"/~other/__admin/messages/{number}/relay", '{"to": ["me@x.example"]}')
    assert (reply.status, box.envelopes) == (404, [])


# The relay by itself

SOURCE = b"Subject: Hi\nX: 1\n\nbare\nlines\r.\r\n"
CLEAR = ["me@x.example"]


def test_line_ends_are_those_of_smtp(box: Mailbox) -> None:
    Relay("127.0.0.1", box.port).send(SOURCE, "a@x.example", CLEAR)
    assert box.envelopes[0].content == b"Subject: Hi\r\nX: 1\r\n\r\nbare\r\nlines\r\n.\r\n"


def test_what_the_relay_says_of_the_message(box: Mailbox) -> None:
    with pytest.raises(RelayError, match=r"127\.0\.0\.1:\d+ refuses: 554 5\.7\.1 that is spam"):
        Relay("127.0.0.1", box.port).send(b"\r\nspam", "a@x.example", CLEAR)


def test_a_log_in(box: Mailbox) -> None:
    out = Relay("127.0.0.1", box.port, user="me", password=SECRET)
    out.send(SOURCE, "a@x.example", CLEAR)
    assert box.logins == [b"me"]
    assert SECRET not in repr(out) + str(out)
    with pytest.raises(RelayError, match="refuses: 535 ") as error:
        replace(out, password="another-secret").send(SOURCE, "a@x.example", CLEAR)
    assert "another-secret" not in str(error.value)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate of this machine that Python trusts."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.mark.parametrize("mode", ["auto", STARTTLS, NONE])
def test_starttls(trusted: ssl.SSLContext, mode: str) -> None:
    with mailbox(tls_context=trusted) as box:
        Relay("127.0.0.1", box.port, mode, "me", SECRET).send(SOURCE, "a@x.example", CLEAR)
        assert box.is_secure == [mode != NONE]


def test_tls_from_the_first_byte(trusted: ssl.SSLContext) -> None:
    with mailbox() as box, tunnel(box.port, trusted) as port:
        Relay("localhost", port, TLS).send(SOURCE, "a@x.example", CLEAR)
        assert len(box.envelopes) == 1


def test_a_certificate_that_nobody_trusts_is_refused(trusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with mailbox(tls_context=trusted) as box:
        with pytest.raises(RelayError, match="CERTIFICATE_VERIFY_FAILED"):
            Relay("127.0.0.1", box.port).send(SOURCE, "a@x.example", CLEAR)
        assert box.envelopes == box.logins == []


def test_starttls_that_is_not_offered(box: Mailbox) -> None:
    with pytest.raises(RelayError, match="STARTTLS extension not supported"):
        Relay("127.0.0.1", box.port, STARTTLS).send(SOURCE, "a@x.example", CLEAR)
    assert box.envelopes == []


def test_a_password_is_not_sent_in_clear_to_another_machine(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "is_loopback", lambda host: False)
    out = Relay("127.0.0.1", box.port, user="me", password=SECRET)
    with pytest.raises(RelayError, match="offers no TLS"):
        out.send(SOURCE, "a@x.example", CLEAR)
    assert box.logins == []
    replace(out, tls=NONE).send(SOURCE, "a@x.example", CLEAR)
    assert box.logins == [b"me"]


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(RelayError, match=rf"127\.0\.0\.1:{port}: .*refused"):
        Relay("127.0.0.1", port).send(SOURCE, "a@x.example", CLEAR)
    with pytest.raises(RelayError, match=r"no-such\.invalid:25: "):
        Relay("no-such.invalid", 25).send(SOURCE, "a@x.example", CLEAR)


def test_a_relay_that_says_nothing_or_one_byte_at_a_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        out = Relay("127.0.0.1", silent.getsockname()[1])
        monkeypatch.setattr(relay, "STEP", 0.1)
        with pytest.raises(RelayError, match="timed out"):
            out.send(SOURCE, "a@x.example", CLEAR)
    monkeypatch.setattr(relay, "STEP", 10.0)
    monkeypatch.setattr(relay, "DEADLINE", 0.1)
    with slow_server() as port, pytest.raises(RelayError, match=f"127.0.0.1:{port}: "):
        Relay("127.0.0.1", port).send(SOURCE, "a@x.example", CLEAR)


def test_one_message_at_a_time(sending: Any) -> None:
    world, configure = sending
    with socket.create_server(("127.0.0.1", 0)) as silent:
        out = Relay("127.0.0.1", silent.getsockname()[1])
        configure(out)
        number = sent(world)
        thread = threading.Thread(target=world.admin, args=("POST", f"messages/{number}/relay", {"to": CLEAR}))
        thread.start()
        connection, _ = silent.accept()
        reply = world.admin("POST", f"messages/{number}/relay", {"to": CLEAR})
        assert (reply.status, "another message is passed on just now" in reply.text) == (502, True)
        assert world.mail().status == 200, "the neighbours go on"
        connection.close()
        thread.join(10)


@contextmanager
def slow_server() -> Iterator[int]:
    """Greets, and then says a byte every now and then."""
    ended = threading.Event()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"220 hello\r\n")
            while not ended.wait(0.02):
                try:
                    connection.sendall(b"2")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        ended.set()
        thread.join(10)


@contextmanager
def tunnel(port: int, context: ssl.SSLContext) -> Iterator[int]:
    """TLS in front of a server; its port."""

    def copy(source: socket.socket, target: socket.socket) -> None:
        while data := source.recv(65536):
            target.sendall(data)

    def serve() -> None:
        accepted, _ = listening.accept()
        with (
            context.wrap_socket(accepted, server_side=True) as outer,
            socket.create_connection(("127.0.0.1", port)) as inner,
        ):
            back = threading.Thread(target=copy, args=(inner, outer))
            back.start()
            copy(outer, inner)
            inner.shutdown(socket.SHUT_WR)
            back.join(10)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


# The command and the options


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_the_command_and_the_server(shell: Shell, box: Mailbox) -> None:
    """A message that the server took in; it goes on by the server's own relay, and by the command."""
    options = ("--relay", f"127.0.0.1:{box.port}", "--relay-user", "me", "--relay-allow", "*@x.example")
    with shell.serving("--port", "0", "--demo", *options, LEGACYGRID_RELAY_PASSWORD=SECRET) as served:
        mail = {"to": "ada@example.com", "from": "a@example.com", "subject": "Hi", "text": "x"}
        served.call("/api/mail.send.json", api_user="demo", api_key="demo-password", **mail)
        from legacygrid.testing import Admin, AdminError

        admin = Admin(served.url)
        (message,) = admin.messages()
        assert admin.relay(message.id, ["me@x.example"]) == {"relayed": ["me@x.example"], "refused": {}}
        with pytest.raises(AdminError, match="none of the addresses"):
            admin.relay(message.id, original_recipients=True)
        log = served.log.read_text()
        assert SECRET not in log
        assert f"relay 127.0.0.1:{box.port} message={message.id} passed=1 refused=0" in log
        assert f"relay 127.0.0.1:{box.port} message={message.id}: ada@example.com is none of" in log
        assert f"  Relay:    127.0.0.1:{box.port}; single messages go there, on command" in served.banner
        page = urlopen(served.url).read().decode() + urlopen(f"{served.url}/console/login").read().decode()
        assert (page.count("by the relay"), "Nothing leaves" in page) == (2, False)
    assert box.logins == [b"me"]
    command = ("relay", str(message.id), "--smtp", f"127.0.0.1:{box.port}")
    done = shell.does(*command, "--to", "you@x.example", "--user", "you", "--password", "-", stdin=f"{SECRET}\n")
    assert done.out == "you@x.example: passed on\n"
    assert [each.rcpt_tos for each in box.envelopes] == [["me@x.example"], ["you@x.example"]]
    assert shell.does(*command, "--original-recipients", "--from", "b@x.example").out == "ada@example.com: passed on\n"
    assert box.envelopes[-1].mail_from == "b@x.example"
    for arguments, code, said in (
        (command, 2, "name a recipient with --to, or pass --original-recipients"),
        (("relay", "99", *command[2:], "--to", "me@x.example"), 1, "there is no message 99"),
        ((*command, "--to", "no@x.example"), 1, "refuses all recipients: no@x.example: 550"),
        ((*command, "--to", "no@x.example", "--to", "me@x.example"), 1, "some recipients were refused"),
        ((*command, "--to", "me@y.example", "--allow", "*@x.example"), 1, "none of the addresses"),
        ((*command, "--to", "me@x.example", "--user", "demo"), 2, "--user needs a password"),
        (("relay", "1", "--smtp", "nowhere", "--to", "me@x.example"), 2, "write HOST:PORT"),
    ):
        refused = shell.run(*arguments)
        assert (refused.code, said in refused.err) == (code, True), refused
