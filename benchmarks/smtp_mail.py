"""What mail costs the emulator by SMTP, beside bare aiosmtpd, which keeps it in memory.

Run as a program, it is that.
"""

import asyncio
import os
import smtplib
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import processes
from against import spent
from aiosmtpd.smtp import SMTP
from processes import Served, emulator, serving
from scenery import NAME, PASSWORD, Figure, at_most, plant

FROM, TO = "ada@example.com", "babbage@example.com"
_HEADER = f"From: {FROM}\r\nTo: {TO}\r\nSubject: Hello\r\n\r\n"
#: 500 bytes, in lines of 70.
MAIL = _HEADER + f"{'x' * 68}\r\n" * 6 + "\r\n" * 5
#: Messages of a turn, and turns of each.
MESSAGES, ROUNDS = 100, 21


def measure_mails(folder: Path) -> Iterator[Figure]:
    """A message by SMTP, by turns: on processors of their own, and as the system places them."""
    alone, taken, ratio = _compare(folder / "mails.db", clients=1, is_placed=True)
    yield at_most("a message of 500 bytes by SMTP, times bare aiosmtpd", ratio, 2.5, "x", 2)
    yield Figure("the same, beside bare aiosmtpd", f"{taken:.0f} us beside {alone:.0f} us")
    for clients, name in ((1, "one client"), (8, "8 clients at a time")):
        *_, ratio = _compare(folder / f"mails-{clients}.db", clients, is_placed=False)
        yield Figure(f"the same, on whichever processors, {name}", f"{ratio:.2f} x")


def _compare(store: Path, clients: int, is_placed: bool) -> tuple[float, float, float]:
    """Microseconds of bare aiosmtpd, those of the emulator, and the median ratio of both."""
    with (
        _processors(is_placed) as place_client,
        serving(sys.executable, __file__, line=processes.SMTP) as bare,
        emulator(plant(store, 0), 4, "--smtp-port", "0", line=processes.SMTP) as served,
    ):
        place_client()
        pairs = [
            (_seconds(bare, clients), _seconds(served, clients, NAME, PASSWORD))
            for _ in range(ROUNDS + 2)
        ]
    # The first ones warm both up.
    pairs = pairs[2:]
    alone, taken = (median(each) * 1e6 for each in zip(*pairs, strict=True))
    return alone, taken, median(taken / alone for alone, taken in pairs)


@contextmanager
def _processors(is_placed: bool) -> Iterator[Callable[[], None]]:
    """Let processes that begin here have one processor, and this one the other once it is called:
    to wake a thread costs twice as much on another processor, and where the system puts a client
    beside a server of one thread, or of two, is a matter of chance.
    """
    allowed = os.sched_getaffinity(0)
    first, last = min(allowed), max(allowed)
    try:
        if is_placed:
            os.sched_setaffinity(0, {last})
        yield lambda: os.sched_setaffinity(0, {first} if is_placed else allowed)
    finally:
        os.sched_setaffinity(0, allowed)


def _seconds(served: Served, clients: int, *login: str) -> float:
    """Processor seconds that a server takes for one message, of many on each connection."""
    with ExitStack() as stack, ThreadPoolExecutor(clients) as threads:
        connections = [
            stack.enter_context(smtplib.SMTP("127.0.0.1", served.port)) for _ in range(clients)
        ]
        for each in connections:
            if login:
                each.login(*login)
            _send(each, 1)
        before, count = spent(served.process.pid), MESSAGES // clients
        list(threads.map(_send, connections, [count] * clients))
        return (spent(served.process.pid) - before) / (count * clients)


def _send(client: smtplib.SMTP, count: int) -> None:
    for _ in range(count):
        client.sendmail(FROM, [TO], MAIL)


class Memory:
    """What aiosmtpd does with a message: it is kept in memory."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a message; aiosmtpd's name."""
        self.kept.append(envelope)
        return "250 OK"


async def serve_bare() -> None:
    """Serve bare aiosmtpd until SIGTERM."""
    memory, loop = Memory(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(memory), "127.0.0.1", 0)
    print(f"SMTP on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve_bare())
