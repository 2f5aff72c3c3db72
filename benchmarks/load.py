"""The load generator: clients with keep-alive connections, each of which asks again as soon as it
is answered.

A process of its own: the plan comes as JSON in the argument, `measuring` is printed when the
warm-up is over, and what was seen is written as JSON to the file that the plan names.
"""

import asyncio
import itertools
import json
import re
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop
from scenery import FRESH

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: close\r\n", re.IGNORECASE)


@dataclass
class Load:
    """What the clients share.

    :param request: what each of them sends; `expect` is in every good answer.
    :param pause: seconds between an answer and the next request.
    :param out: the file for what was seen; uvloop cuts a long text on standard output short.
    """

    port: int
    clients: int
    seconds: float
    warm: float
    pause: float
    request: str
    expect: str
    out: str
    numbers: Any = field(default_factory=itertools.count)
    samples: list[tuple[float, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    begin: float = 0.0

    def __post_init__(self) -> None:
        # The clients share the processors with what is measured: they do no work twice.
        self.sent = b"" if FRESH in self.request else self.request.encode()
        self.good = self.expect.encode()

    def next_request(self) -> bytes:
        """The request, with a number that was not used yet where it wants one."""
        return self.sent or self.request.replace(FRESH, f"{next(self.numbers):08}").encode()

    def answered(self, started: float, answer: bytes) -> bool:
        """Take note of an answer; whether there is time for another."""
        now = time.monotonic()
        if not answer.startswith(b"HTTP/1.1 200") or self.good not in answer:
            self.errors.append(answer[-200:].decode("latin-1"))
        elif self.begin <= started:
            self.samples.append((started, now - started))
        return now < self.begin + self.seconds


class Client(asyncio.Protocol):
    """One client on one connection; on one after the other, where the server closes each."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.ended = asyncio.get_running_loop().create_future()
        self.received = b""
        self.is_done = self.is_closing = False
        #: The length of an answer that kept the connection.
        self.usual = 0

    async def connect(self) -> None:
        """Begin, or go on."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, "127.0.0.1", self.load.port)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        request = self.load.next_request()
        self.started = time.monotonic()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if len(data) == self.usual and not self.received:
            # As the last one: its head says the same.
            self.take(data)
            return
        self.received += data
        end = self.received.find(b"\r\n\r\n")
        length = _LENGTH.search(self.received, 0, end) if end > 0 else None
        if end < 0 or (length and len(self.received) < end + 4 + int(length[1])):
            return
        answer, self.received = self.received, b""
        self.is_closing = _CLOSES.search(answer, 0, end + 2) is not None
        self.usual = 0 if self.is_closing else len(answer)
        self.take(answer)

    def take(self, answer: bytes) -> None:
        if not self.load.answered(self.started, answer):
            self.is_done = True
            self.transport.close()
        elif self.is_closing:
            self.transport.close()
        elif self.load.pause:
            asyncio.get_running_loop().call_later(self.load.pause, self.ask)
        else:
            self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.is_closing and not self.is_done:
            self.connecting = asyncio.ensure_future(self.connect())
            return
        if not self.is_done:
            self.load.errors.append(f"connection lost: {exc}")
        self.ended.set_result(None)


async def run(load: Load) -> None:
    """Let all clients work until the time is over."""
    loop = asyncio.get_running_loop()
    load.begin = time.monotonic() + load.warm
    loop.add_signal_handler(signal.SIGTERM, setattr, load, "seconds", 0)
    loop.call_at(loop.time() + load.warm, lambda: print("measuring", flush=True))
    clients = [Client(load) for _ in range(load.clients)]
    for client in clients:
        await client.connect()
    try:
        async with asyncio.timeout(load.warm + load.seconds + 60):
            await asyncio.gather(*(client.ended for client in clients))
    except TimeoutError:
        load.errors.append("no answer within a minute")


if __name__ == "__main__":
    load = Load(**json.loads(sys.argv[1]))
    uvloop.run(run(load))
    Path(load.out).write_text(
        json.dumps({"samples": load.samples, "errors": load.errors, "begin": load.begin})
    )
