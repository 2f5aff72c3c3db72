"""A full disk: each door says so, what was answered stays, and what makes room works."""

import json
import os
import smtplib
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shell import PASSWORD, Served, Shell

pytestmark = pytest.mark.waits

MEGABYTE = 1024 * 1024
DATABASE = ("--database", "sqlite:///disk/legacygrid.db")
SERVE = ("--port", "0", "--smtp-port", "0", "--bcrypt-cost", "4", "--account", f"acme:{PASSWORD}", *DATABASE)
ACME = {"api_user": "acme", "api_key": PASSWORD}
MAIL = {"to": "ada@example.com", "from": "acme@example.com", "subject": "Hello"}
FULL = "The emulator cannot store anything: the disk is full"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "legacygrid-test", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def served(tmp_path: Path, disk: Path) -> Iterator[Served]:
    with Shell(tmp_path).serving(*SERVE) as served:
        yield served


def fill(disk: Path) -> Path:
    """Leave not one byte, as somebody else who uses the disk."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass
    assert os.statvfs(disk).f_bavail == 0
    return path


def ask(served: Served, target: str, method: str = "POST", body: bytes | None = None, **form: str) -> tuple[int, Any]:
    try:
        if body is None and method == "POST":
            return 200, served.call(target, **form)
        request = urllib.request.Request(served.url + target, body, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def mail(served: Served, size: int, **more: str) -> tuple[int, Any]:
    return ask(served, "/api/mail.send.json", **ACME, **MAIL | {"text": "x" * size} | more)


def mail_by_smtp(served: Served, size: int) -> tuple[int, str]:
    (line,) = [line for line in served.banner if line.startswith("SMTP on ")]
    host, _, port = line.removeprefix("SMTP on ").partition(":")
    with smtplib.SMTP(host, int(port), timeout=30) as client:
        client.login("acme", PASSWORD)
        client.mail("acme@example.com")
        client.rcpt("ada@example.com")
        code, text = client.data(b"Subject: Hello\r\n\r\n" + (b"x" * 70 + b"\r\n") * (size // 72))
        return code, text.decode()


def messages(served: Served) -> list[Any]:
    found: list[Any] = ask(served, "/__admin/messages", "GET")[1]["messages"]
    return found


def health(served: Served) -> tuple[int, str]:
    status, answer = ask(served, "/__admin/health", "GET")
    return status, (answer if status == 200 else json.loads(answer))["status"]


def is_whole(disk: Path) -> bool:
    with closing(sqlite3.connect(disk / "legacygrid.db")) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


def test_a_mail_that_is_larger_than_the_disk(served: Served, disk: Path) -> None:
    assert mail(served, 1000)[0] == 200
    for _ in range(3):
        assert mail(served, 2 * MEGABYTE) == (503, '{"errors":["' + FULL + '"],"message":"error"}')
        assert mail_by_smtp(served, 2 * MEGABYTE) == (452, "Insufficient system storage: the disk is full")
        # A smaller one has room, and so has health.
        assert mail(served, 1000)[0] == 200
        assert health(served) == (200, "ok")
    assert len(messages(served)) == 4
    assert "cannot rollback" not in served.log.read_text()
    assert is_whole(disk)


def test_many_at_once_fill_the_disk(served: Served, disk: Path) -> None:
    """Whoever shares a commit with one that has no room is stored, or is told as well."""

    def mail_until_full(client: int) -> int:
        sent = 0
        while mail(served, 20_000 + client)[0] == 200:
            sent += 1
        return sent

    with ThreadPoolExecutor(8) as clients:
        sent = sum(clients.map(mail_until_full, range(8)))
    assert len(messages(served)) == sent > 0
    assert is_whole(disk)


@pytest.mark.parametrize("make_room", ["DELETE messages", "DELETE messages of one", "reset", "remove the filler"])
def test_what_makes_room_works_on_a_full_disk(served: Served, disk: Path, make_room: str) -> None:
    kept = 0
    while mail(served, 100_000)[0] == 200:
        kept += 1
    filler = fill(disk)
    assert mail(served, 100_000)[0] == 503
    assert health(served) == (503, "the disk is full")
    # All that was answered is there, and reading goes on.
    assert len(messages(served)) == kept
    match make_room:
        case "DELETE messages":
            assert ask(served, "/__admin/messages", "DELETE") == (200, {"removed": kept})
        case "DELETE messages of one":
            assert ask(served, "/__admin/messages?to=ada@example.com", "DELETE") == (200, {"removed": kept})
        case "reset":
            assert ask(served, "/__admin/reset", "POST", b"{}")[0] == 200
        case "remove the filler":
            filler.unlink()
            assert health_becomes_ok(served)
            assert mail(served, 10)[0] == 200
            return
    assert messages(served) == []
    assert health_becomes_ok(served)
    assert mail(served, 100_000)[0] == 200
    assert is_whole(disk)


def test_retention_makes_room_for_the_next_mail(tmp_path: Path, disk: Path) -> None:
    """Long before as many have come as it looks after by itself."""
    with Shell(tmp_path).serving(*SERVE, "--outbox", "3") as served:
        answers = [mail(served, 100_000)[0] for _ in range(40)]
        assert 503 in answers
        assert answers.count(200) > 20
        assert (200, 503, 503) not in zip(answers, answers[1:], answers[2:], strict=False)
        assert answers[-1] == 200 or mail(served, 100_000)[0] == 200
    assert is_whole(disk)


@pytest.mark.parametrize("workers", [1, 2], ids="{} workers".format)
def test_what_is_kept_back_is_there_for_each_process(tmp_path: Path, disk: Path, workers: int) -> None:
    with Shell(tmp_path).serving(*SERVE, "--outbox", "3", "--workers", str(workers)) as served:
        for _ in range(8):
            assert mail(served, 50_000)[0] == 200
        fill(disk)
        assert 200 in [mail(served, 50_000)[0] for _ in range(3)]
    assert is_whole(disk)
    assert not (disk / "legacygrid.db-reserve").exists()


ADD = ("account", "add", "--password-stdin", "--bcrypt-cost", "4", *DATABASE)


def test_a_server_that_starts_on_a_full_disk_says_so(tmp_path: Path, disk: Path) -> None:
    shell = Shell(tmp_path)
    shell.does(*ADD, "first", stdin=PASSWORD)
    filler = fill(disk)
    assert shell.refuses("serve", *SERVE).endswith("the disk is full")
    filler.unlink()
    with shell.serving(*SERVE) as served:
        assert health(served) == (200, "ok")


def test_a_command_on_a_full_disk(tmp_path: Path, disk: Path) -> None:
    shell = Shell(tmp_path)
    shell.does(*ADD, "acme", stdin=PASSWORD)
    fill(disk)
    assert shell.refuses("domain", "add", "acme", "em.example.com", *DATABASE)
    assert shell.refuses(*ADD, "other", stdin=PASSWORD).endswith("the disk is full")


def health_becomes_ok(served: Served) -> bool:
    """Within a second."""
    end = time.monotonic() + 1
    while time.monotonic() < end:
        if health(served) == (200, "ok"):
            return True
    return False
