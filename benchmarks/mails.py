"""What mail costs the emulator by SMTP, beside bare aiosmtpd, which keeps it in memory.

Run as a program, it is that.
"""

import asyncio
import smtplib
import sys
from collections.abc import Iterator
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
MESSAGES, ROUNDS = 100, 15


def measure_mails(folder: Path) -> Iterator[Figure]:
    """A message by SMTP, by turns."""
    url = plant(folder / "mails.db", 0)
    with (
        serving(sys.executable, __file__, line=processes.SMTP) as bare,
        emulator(url, 4, "--smtp-port", "0", line=processes.SMTP) as served,
    ):
        pairs = [(_seconds(bare), _seconds(served, NAME, PASSWORD)) for _ in range(ROUNDS + 2)]
    # The first ones warm both up.
    pairs = pairs[2:]
    alone, taken = (median(each) * 1e6 for each in zip(*pairs, strict=True))
    ratio = median(taken / alone for alone, taken in pairs)
    yield at_most("a message of 500 bytes by SMTP, times bare aiosmtpd", ratio, 2.5, "x", 2)
    yield Figure("the same, beside bare aiosmtpd", f"{taken:.0f} us beside {alone:.0f} us")


def _seconds(served: Served, *login: str) -> float:
    """Processor seconds that a server takes for one message, of many on one connection."""
    before = spent(served.process.pid)
    with smtplib.SMTP("127.0.0.1", served.port) as client:
        if login:
            client.login(*login)
        for _ in range(MESSAGES):
            client.sendmail(FROM, [TO], MAIL)
    return (spent(served.process.pid) - before) / MESSAGES


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
