"""Much mail at once, and a server that dies over it: what was answered with 250 is kept, once."""

import asyncio
import contextlib
import sqlite3
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from emulator import PASSWORD
from generated import FUZZ
from posting import Talk, plain
from wire import SOON, Process, wait_until

NAME = "load-parent"
CLIENTS = 50
#: As many as a test is worth in the gate; `make fuzz` sends all.
MESSAGES = 10_000 if FUZZ > 1 else 2_500
#: Messages answered, at least, before the server is killed.
ANSWERED = 300
#: MiB that the server may take for messages that do not end: the room that there is for them, and some change.
GROWTH = 256 + 100
Report = Callable[[str], None]


def serving(folder: Path, is_anew: bool = False) -> Process:
    database = f"sqlite:///{folder / 'x.db'}"
    return Process(folder, database, "--account", f"{NAME}:{PASSWORD}", "--smtp-port", "0", is_anew=is_anew)


async def post(port: int, client: int, messages: int, answered: Report) -> None:
    """Messages over a connection of their own, each told of once it is answered with 250."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def say(data: bytes, code: bytes) -> None:
        writer.write(data)
        while (line := await reader.readline())[3:4] == b"-":
            pass
        if not line:
            raise ConnectionResetError
        assert line.startswith(code), line

    try:
        await say(b"", b"220")
        await say(b"EHLO here\r\n", b"250")
        await say(f"AUTH PLAIN {plain(NAME, PASSWORD)}\r\n".encode(), b"235")
        for number in range(messages):
            subject = f"{client}-{number}"
            await say(b"MAIL FROM:<from@example.com>\r\n", b"250")
            await say(b"RCPT TO:<to@example.com>\r\n", b"250")
            await say(b"DATA\r\n", b"354")
            await say(f"From: from@example.com\r\nSubject: {subject}\r\n\r\ntext\r\n.\r\n".encode(), b"250")
            answered(subject)
    finally:
        writer.close()


def all_post(port: int, messages: int, answered: Report) -> None:
    """Every client at the same time."""

    async def one(client: int) -> None:
        await post(port, client, messages, answered)

    async def every(posting: list[Awaitable[None]]) -> None:
        await asyncio.gather(*posting)

    asyncio.run(every([one(client) for client in range(CLIENTS)]))


def kept(folder: Path) -> Counter[str]:
    """How often each subject is in the store, and that the store is whole."""
    with closing(sqlite3.connect(folder / "x.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        lonely = "SELECT id FROM message WHERE id NOT IN (SELECT message_id FROM recipient)"
        assert connection.execute(lonely).fetchall() == [], "stored with its recipient, or not at all"
        return Counter(subject for (subject,) in connection.execute("SELECT subject FROM message"))


@pytest.mark.takes(30)
def test_thousands_of_messages_over_50_connections(tmp_path: Path) -> None:
    answered: list[str] = []
    with serving(tmp_path) as server:
        all_post(server.smtp_port, MESSAGES // CLIENTS, answered.append)
        there = kept(tmp_path)
        assert server.log.read_text() == ""
    assert len(answered) == MESSAGES
    assert there == Counter(answered), "none is lost, none is there twice"


@pytest.mark.waits
def test_what_was_answered_survives_a_crash(tmp_path: Path) -> None:
    answered: list[str] = []
    with serving(tmp_path) as server:

        def clients() -> None:
            with contextlib.suppress(ConnectionError):
                all_post(server.smtp_port, MESSAGES, answered.append)

        posting = threading.Thread(target=clients)
        posting.start()
        try:
            assert wait_until(lambda: len(answered) >= ANSWERED)
        finally:
            server.kill()
            posting.join(SOON)
    with serving(tmp_path):
        there = kept(tmp_path)
    assert set(answered) <= set(there)
    assert set(there.values()) == {1}
    assert len(there) <= len(answered) + CLIENTS, "no more than what was on its way"


@pytest.mark.takes(8)
def test_memory_is_bounded(tmp_path: Path) -> None:
    with serving(tmp_path, is_anew=True) as server, ExitStack() as stack:
        talks = [stack.enter_context(Talk(server.smtp_port)).enter(NAME, PASSWORD) for _ in range(CLIENTS)]
        before = server.memory()
        for talk in talks:
            assert [each[:3] for each in talk.all_of(["MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "DATA"])][2] == "354"
            talk.send((b"x" * 78 + b"\r\n") * 250_000)
        assert server.memory() - before < GROWTH
        refused = [talk.send(b"\r\n.\r\n").read()[:3] for talk in talks[::-1]]
        assert "452" in refused
        assert "250" in refused
        with Talk(server.smtp_port) as other:
            assert other.enter(NAME, PASSWORD).post(b"other\r\n.\r\n").startswith("250 ")
