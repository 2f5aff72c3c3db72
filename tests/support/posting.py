"""How the tests speak SMTP: raw, over a connection of their own; and a post office that keeps mail in memory."""

import base64
import itertools
import socket
import ssl
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Self

from legacygrid import reasons
from legacygrid.endpoints import SYSTEMS
from legacygrid.harness.calls import Call
from legacygrid.mail.envelope import make_queue_id
from legacygrid.models.login import OWNER, RESERVED
from legacygrid.reasons import Reason
from legacygrid.serializers.smtp.words import OwnWords, Step, Words, find_words, reply_to
from legacygrid.server.server import Server
from legacygrid.server.smtp import handler
from legacygrid.server.smtp.listener import Listener
from wire import SOON, Cut

SECRET = "post-secret1"


@dataclass
class Mail:
    """What was taken in."""

    name: str
    mail_from: str
    recipients: tuple[str, ...]
    raw: bytes


#: What each login meets, by the step at which it does.
LOGINS: dict[str, tuple[str, dict[str, Exception]]] = {
    "ada": ("owner", {}),
    "zoë": ("owner", {}),
    "cred": ("credential", {}),
    "two": ("smtp2go", {}),
    "mail": ("dotmailer", {}),
    "shut": ("credential", {"authenticate": reasons.NotAuthorised(hint="shut")}),
    "shut-two": ("smtp2go", {"authenticate": reasons.NotAuthorised(hint="shut")}),
    "unstored": ("owner", {"authenticate": reasons.StoreUnavailable()}),
    "disabled": ("owner", {"check": reasons.MailNotAllowed(hint="it is disabled")}),
    "blocked": ("smtp2go", {"check": reasons.MailBlocked()}),
    "spent": ("owner", {"check": reasons.LimitExceeded()}),
    "spent-two": ("smtp2go", {"check": reasons.LimitExceeded()}),
    "late": ("owner", {"accept": reasons.StoreUnavailable()}),
    "late-disabled": ("owner", {"accept": reasons.MailNotAllowed()}),
    "odd": ("owner", {"accept": Reason()}),
    "broken": ("owner", {"accept": KeyError(SECRET)}),
}


@dataclass
class Memory:
    """A post office without a store."""

    mail: list[Mail] = field(default_factory=list)
    #: What `accept` waits for.
    may_store: threading.Event = field(default_factory=threading.Event)
    #: Steps, and the threads that they were carried out by.
    threads: set[tuple[str, str]] = field(default_factory=set)
    waiting: int = 0

    def __post_init__(self) -> None:
        self.may_store.set()
        self._numbers = itertools.count(1)

    def _meet(self, name: str, step: str) -> None:
        self.threads.add((step, threading.current_thread().name))
        if error := LOGINS[name][1].get(step):
            raise error

    def say(self, step: Step, kind: str) -> Words:
        return find_words(step, self._words(kind))

    def reply_to(self, reason: reasons.Reason, kind: str) -> Words:
        return reply_to(reason, self._words(kind))

    def _words(self, kind: str) -> OwnWords:
        return SYSTEMS.of_kind("" if kind == OWNER else kind).smtp_words

    def attempt(self, world: str, address: str) -> Any:
        return SimpleNamespace(world=world, address=address)

    def authenticate(self, name: str, secret: str, attempt: Any) -> Any:
        if name == RESERVED:
            raise reasons.RefusedKey(hint="no such key")
        if secret != SECRET or name not in LOGINS:
            raise reasons.WrongCredentials(hint="no such pair")
        self._meet(name, "authenticate")
        login = SimpleNamespace(name=name, kind=LOGINS[name][0], number=None)
        account = SimpleNamespace(world=attempt.world, numbers=(1, 1))
        return SimpleNamespace(login=login, account=account, primary=name)

    def find_claimed(self, name: str, world: str) -> tuple[str, tuple[int, int, int | None]]:
        return LOGINS.get(name, ("", {}))[0], (0, 0, None)

    def find_fault(self, call: Any, recipients: Any) -> None:
        return None

    def record(self, call: Call, status: int | None) -> None:
        call.finish(status)

    def check_inbound(self, address: str) -> None:
        raise reasons.LoginRequired

    def check(self, principal: Any) -> None:
        self._meet(principal.login.name, "check")

    def accept(
        self,
        principal: Any,
        mail_from: str,
        recipients: tuple[str, ...],
        raw: bytes,
        spam_score: float | None = None,
    ) -> tuple[str, list[int], list[str]]:
        self._meet(principal.login.name, "accept")
        self.waiting += 1
        assert self.may_store.wait(SOON)
        self.waiting -= 1
        self.mail.append(Mail(principal.login.name, mail_from, recipients, raw))
        return make_queue_id(), [next(self._numbers)], []


class Office:
    """An SMTP door that listens."""

    def __init__(self, backend: Any, tls: ssl.SSLContext | None = None) -> None:
        self.backend = backend
        self.server = Server(lambda environ, start_response: [])
        self.listener = Listener(self.server, tls)
        self.port = handler.listen(self.server, backend, self.listener, 0)
        answers = threading.Event()
        self._thread = threading.Thread(target=self.server.run, args=(answers.set,), daemon=True)
        self._thread.start()
        assert answers.wait(SOON)

    def stop(self) -> None:
        self.server.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()


class Talk:
    """One connection, greeted."""

    def __init__(self, port: int, window: int | None = None, source: str = "127.0.0.1") -> None:
        self.socket = socket.socket()
        self.socket.settimeout(SOON)
        if window:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self.socket.makefile("rb")
        self.greeting = self.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> Self:
        self.socket.sendall(data)
        return self

    def read(self) -> str:
        """The next reply, its lines joined.

        :raises Cut: the connection ends before.
        """
        lines = []
        while not lines or lines[-1][3:4] == "-":
            try:
                line = self._file.readline()
            except ConnectionError:
                line = b""
            if not line.endswith(b"\r\n"):
                raise Cut(line)
            lines.append(line.decode("ascii").removesuffix("\r\n"))
        return "\n".join(lines)

    def say(self, command: str | bytes) -> str:
        """A command, and its reply."""
        text = command if isinstance(command, bytes) else command.encode("utf-8")
        return self.send(text + b"\r\n").read()

    def all_of(self, commands: Iterable[str]) -> list[str]:
        return [self.say(each) for each in commands]

    def enter(self, name: str = "ada", secret: str = SECRET) -> Self:
        """Be let in."""
        self.say("EHLO here")
        said = self.say(f"AUTH PLAIN {plain(name, secret)}")
        assert said.startswith("235 "), said
        return self

    def post(self, body: bytes, *recipients: str) -> str:
        """A message, and the reply to its end."""
        commands = ["MAIL FROM:<from@example.com>", *(f"RCPT TO:<{to}>" for to in recipients or ["to@example.com"])]
        for said in self.all_of(commands):
            assert said.startswith("250 "), said
        assert self.say("DATA").startswith("354 ")
        return self.send(body).read()

    def secure(self, context: ssl.SSLContext, before: bytes = b"", name: str = "localhost") -> Self:
        """STARTTLS; what comes before the handshake is sent beside the command."""
        assert self.send(b"STARTTLS\r\n" + before).read().startswith("220 ")
        self._file.close()
        self.socket = context.wrap_socket(self.socket, server_hostname=name)
        self._file = self.socket.makefile("rb")
        return self

    def is_closed(self) -> bool:
        """Whether the server ends the connection, and says no more before."""
        try:
            return self._file.read(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        self._file.close()
        self.socket.close()


def encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def plain(name: str, secret: str = SECRET, other: str = "") -> str:
    """The response of AUTH PLAIN."""
    return encoded(f"{other}\0{name}\0{secret}")
