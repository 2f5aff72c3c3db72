"""Clients for a long run: mixed calls over HTTP, SMTP and the control API, as fast as they are answered or at a rate."""

import asyncio
import base64
import itertools
import json
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

from emulator import NEW, PASSWORD
from wire import fields, request

OWNER = "acme"
CLIENTS = 16
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
#: Seconds for an answer.
_PATIENCE = 20.0
#: A request, and what its good answers hold.
Call = tuple[bytes, bytes]
_names = itertools.count(1)
SUCCESS = b'"success"'


def _form(operation: str, expect: bytes, **params: str) -> Call:
    base = "apiv2" if operation.startswith("customer.") else "api"
    return request("POST", f"/{base}/{operation}.json", fields(OWNER, **params)), expect


def _control(method: str, path: str, expect: bytes, body: object = None) -> Call:
    data = None if body is None else json.dumps(body).encode()
    typed = {} if body is None else {"Content-Type": "application/json"}
    return request(method, f"/__admin/{path}", data, **typed), expect


def mail() -> Iterator[Call]:
    """One mail."""
    letter = {"to": "ada@example.com", "from": "bob@example.com", "subject": "Hello", "text": "Hello " * 100}
    yield _form("mail.send", SUCCESS, **letter)


def _subuser() -> Iterator[Call]:
    """One that comes and goes, so that there are never more than clients."""
    name = f"soak-{next(_names)}x"
    yield _form("customer.add", SUCCESS, **NEW | {"username": name})
    yield _form("customer.profile", name.encode(), task="get", username=name)
    yield _form("customer.website_disable", SUCCESS, user=name)
    yield _form("customer.delete", SUCCESS, user=name)


def _read() -> Iterator[Call]:
    yield _form("profile.get", OWNER.encode())
    yield _form("customer.profile", b"[", task="get")


def _ask_control_api() -> Iterator[Call]:
    yield _control("GET", "requests?limit=10", b'"requests"')
    yield _control("POST", "requests/count", b'"count"', {"operation": "mail.send"})
    yield _control("GET", "messages?limit=10", b'"messages"')


#: What is done, and how often in a hundred times; the rest is mail by SMTP.
TASKS: dict[Callable[[], Iterator[Call]], int] = {_read: 50, _subuser: 15, mail: 20, _ask_control_api: 5}
SMTP_SHARE = 10


class Trouble(Exception):  # noqa: N818 - what is reported
    """An answer that is not what it should be."""


class Connection:
    """One client's, to HTTP; it stays, until the server ends it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, call: Call) -> None:
        """A call.

        :raises Trouble: it was not answered as it should be.
        """
        data, expect = call
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(data)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = _LENGTH.search(head)
        body = await (reader.readexactly(int(length[1])) if length else _read_chunks(reader))
        if b"\r\nconnection: close\r\n" in head:
            self.close()
        if not head.startswith((b"http/1.1 200", b"http/1.1 201")) or expect not in body:
            raise Trouble(f"{data[:60].split()[1].decode()}: {head[:12].decode()} {body[:150].decode()}")

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def send_by_smtp(port: int) -> None:
    """A mail on a connection of its own.

    :raises Trouble: it was not taken.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    login = base64.b64encode(f"\0{OWNER}\0{PASSWORD}".encode()).decode()
    text = "Subject: Hello\r\nFrom: bob@example.com\r\nTo: ada@example.com\r\n\r\n" + "Hello\r\n" * 100
    try:
        for line, code in [
            ("", "220"),
            ("EHLO here\r\n", "250"),
            (f"AUTH PLAIN {login}\r\n", "235"),
            ("MAIL FROM:<bob@example.com>\r\n", "250"),
            ("RCPT TO:<ada@example.com>\r\n", "250"),
            ("DATA\r\n", "354"),
            (f"{text}.\r\n", "250"),
            ("QUIT\r\n", "221"),
        ]:
            writer.write(line.encode())
            said = b"   -"
            while said[3:4] == b"-":
                said = await reader.readline()
            if not said.startswith(code.encode()):
                raise Trouble(f"SMTP, after {line[:10].strip()}: {said.decode().strip()}")
    finally:
        writer.close()


@dataclass
class Load:
    """All clients together.

    :param tasks: what they do, by its share; `smtp_share` is that of SMTP.
    :ivar answers: when each answer came, by the monotonic clock, and the seconds since it was due.
    """

    port: int
    smtp_port: int
    tasks: dict[Callable[[], Iterator[Call]], int] = field(default_factory=lambda: {**TASKS})
    smtp_share: int = SMTP_SHARE
    answers: list[tuple[float, float]] = field(default_factory=list)
    errors: list[tuple[float, str]] = field(default_factory=list)

    async def run(self, seconds: float, rate: float = 0.0, most: int = 0) -> Self:
        """Make calls for so long.

        :param rate: of calls a second; 0 for as many as are answered. One that begins late, as the one before it took
            long, counts from when it was due.
        :param most: calls, after which it ends, too.
        """
        end = time.monotonic() + seconds
        await asyncio.gather(*(self._work(number, end, rate / CLIENTS, most) for number in range(CLIENTS)))
        return self

    async def _work(self, number: int, end: float, rate: float, most: int) -> None:
        chance = random.Random(number)
        connection = Connection(self.port)
        due = time.monotonic() + (chance.random() / rate if rate else 0.0)
        while due < end and not 0 < most <= len(self.answers):
            tasks, weights = [*self.tasks, None], [*self.tasks.values(), self.smtp_share]
            (task,) = chance.choices(tasks, weights)
            steps = (connection.ask(call) for call in task()) if task else iter([send_by_smtp(self.smtp_port)])
            for step in steps:
                if rate:
                    await asyncio.sleep(due - time.monotonic())
                await self._take(step, due, connection)
                due = due + 1 / rate if rate else time.monotonic()
        connection.close()

    async def _take(self, step: object, due: float, connection: Connection) -> None:
        try:
            await asyncio.wait_for(step, _PATIENCE)  # type: ignore[arg-type]
        except (Trouble, OSError, EOFError, TimeoutError, ValueError) as error:
            connection.close()
            self.errors.append((time.monotonic(), str(error) or type(error).__name__))
        else:
            now = time.monotonic()
            self.answers.append((now, now - due))
