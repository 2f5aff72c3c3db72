"""`serve --workers`: several processes answer at the same ports, over one store."""

import os
import re
import smtplib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from signal import SIGCONT, SIGINT, SIGKILL, SIGSTOP, SIGTERM, Signals
from typing import Any

import pytest

from emulator import NEW, PASSWORD, Reply
from shell import Shell
from wire import SOON, Cut, Process, Wire, fields, request, wait_until

# Processes and deadlines: not for the inner loop.
pytestmark = [pytest.mark.waits, pytest.mark.takes(20)]

NAME = "acme"
SUCCESS = {"message": "success"}


@contextmanager
def serving(folder: Path, *options: str, workers: int = 2) -> Iterator[Process]:
    database = f"sqlite:///{folder / 'store.db'}"
    with Process(folder, database, "--workers", str(workers), "--account", f"{NAME}:{PASSWORD}", *options) as process:
        yield process


def find_workers(process: Process) -> list[int]:
    """The numbers of the processes that it started."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = place.read_text()
        except OSError:
            continue
        # What is in brackets may have anything in it.
        state, parent = told.rpartition(")")[2].split()[:2]
        if int(parent) == process.number and state != "Z":
            found.append(int(place.parent.name))
    return sorted(found)


def is_there(number: int) -> bool:
    """Whether a process runs; one of which nobody has taken note has ended."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def find_sockets(number: int) -> set[str]:
    """The sockets of a process, as the system numbers them."""
    found = set()
    for place in os.scandir(f"/proc/{number}/fd"):
        # It may be closed by now.
        with suppress(OSError):
            found.add(os.readlink(place.path))
    return {each[8:-1] for each in found if each.startswith("socket:[")}


def find_holders(wires: list[Wire], workers: list[int]) -> list[int | None]:
    """Which of these processes holds the other end of each connection; none if it is not taken yet."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {(parts[1][-4:], parts[2][-4:]): parts[9] for parts in lines}
    holders = {each: worker for worker in workers for each in find_sockets(worker)}
    ends = [(wire.socket.getpeername()[1], wire.socket.getsockname()[1]) for wire in wires]
    return [holders.get(sockets.get((f"{near:04X}", f"{far:04X}"), "")) for near, far in ends]


def ask(wire: Wire, name: str = "customer.profile", /, **params: str) -> Reply:
    given = params or {"task": "get"}
    return wire.send(request("POST", f"/apiv2/{name}.json", fields(NAME, **given))).read()


def call(url: str, name: str = "customer.profile", /, **params: str) -> Reply:
    with Wire(url) as wire:
        return ask(wire, name, **params)


def names(reply: Reply) -> list[str]:
    return sorted(row["username"] for row in reply.json)


@contextmanager
def one_each(process: Process) -> Iterator[list[Wire]]:
    """A connection to each of the workers."""
    workers, found = find_workers(process), dict[int, Wire]()
    with ExitStack() as opened:

        def connect() -> bool:
            wire = opened.enter_context(Wire(process.url))
            assert ask(wire).status == 200
            (holder,) = find_holders([wire], workers)
            assert holder
            found.setdefault(holder, wire)
            return len(found) == len(workers)

        assert wait_until(connect)
        yield list(found.values())


def test_what_one_worker_writes_the_other_reads_at_once(tmp_path: Path) -> None:
    with serving(tmp_path) as process, one_each(process) as (one, other):
        for number in range(20):
            # Both have read what is there, and remember it.
            assert names(ask(one)) == names(ask(other))
            assert ask(one, "customer.add", **NEW | {"username": f"new-{number}x"}).json == SUCCESS
            assert f"new-{number}x" in names(ask(other))
            one, other = other, one


def test_each_takes_some_of_many_connections(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        workers = find_workers(process)
        assert len(workers) == 2
        port = f":{int(process.url.rpartition(':')[2]):04X}"

        def have_clients() -> bool:
            lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
            ends = {parts[9] for parts in lines if parts[1].endswith(port) and not parts[2].endswith(":0000")}
            return any(ends & find_sockets(each) for each in workers)

        for _ in range(20):
            with ExitStack() as opened:
                wires = [opened.enter_context(Wire(process.url)) for _ in range(16)]
                assert wait_until(lambda wires=wires: all(find_holders(wires, workers)))  # type: ignore[misc]
                holders = Counter(find_holders(wires, workers))
            assert max(holders.values()) <= 12, holders
            # Both know by now that these clients are gone.
            assert wait_until(lambda: not have_clients())


def test_nobody_waits_for_a_worker_that_does_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        still = find_workers(process)[0]
        os.kill(still, SIGSTOP)
        try:
            with ExitStack() as opened:
                wires = [opened.enter_context(Wire(process.url)) for _ in range(16)]
                assert {ask(wire).status for wire in wires} == {200}
        finally:
            os.kill(still, SIGCONT)


def test_both_write_at_the_same_time(tmp_path: Path) -> None:
    many, clients = 400, 16

    def add(url: str, numbers: range) -> set[tuple[int, Any]]:
        with Wire(url) as wire:
            added = [ask(wire, "customer.add", **NEW | {"username": f"sub-{number}x"}) for number in numbers]
        return {(each.status, each.json["message"]) for each in added}

    with serving(tmp_path, "--no-limits") as process, ThreadPoolExecutor(clients) as pool:
        ran = [pool.submit(add, process.url, range(first, many, clients)) for first in range(clients)]
        assert set().union(*(each.result() for each in ran)) == {(200, "success")}
        assert names(call(process.url)) == sorted(f"sub-{number}x" for number in range(many))


def test_smtp_and_tls_are_answered_by_workers(tmp_path: Path) -> None:
    places = ("--smtp-port", "0", "--tls", "--tls-port", "0", "--proxy-port", "0", "--ca-dir", str(tmp_path / "ca"))
    with serving(tmp_path, *places) as process:
        context = ssl.create_default_context(cafile=str(tmp_path / "ca" / "ca.pem"))
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "acme@example.com", "ada@example.com", "Hello"
        with smtplib.SMTP("127.0.0.1", process.smtp_port, timeout=SOON) as smtp:
            smtp.starttls(context=context)
            smtp.login(NAME, PASSWORD)
            smtp.send_message(mail)
        found = re.search(r"^Listening on https://(127.0.0.1):(\d+)$", process.told, re.MULTILINE)
        assert found
        with (
            socket.create_connection((found[1], int(found[2])), timeout=SOON) as plain,
            context.wrap_socket(plain, server_hostname=found[1]) as secure,
        ):
            secure.sendall(request("GET", "/__admin/health", Connection="close"))
            answer = b"".join(iter(lambda: secure.recv(65536), b""))
        assert b'"smtp": "127.0.0.1:%d"' % process.smtp_port in answer


def test_a_tunnel_of_the_proxy_ends_at_the_worker_that_dug_it(tmp_path: Path) -> None:
    """Any other would take the client for this machine."""
    with serving(tmp_path, "--proxy-port", "0", "--ca-dir", str(tmp_path / "ca")) as process:
        found = re.search(r"Proxy: +(\S+)", process.told)
        assert found
        for number in range(10):
            # Its address is that of the client, which another process could not know.
            with Wire(found[1], source="127.0.0.2") as wire:
                wire.send(b"CONNECT api.sendgrid.com:80 HTTP/1.1\r\n\r\n")
                assert wire._line() == b"HTTP/1.1 200 Connection established"
                assert wire._line() == b""
                workers = find_workers(process)
                ends = [each for each in workers if _has_both_ends(find_sockets(each))]
                assert ends == find_holders([wire], workers), number


def _has_both_ends(sockets: set[str]) -> bool:
    """Whether a process has both ends of a connection."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    own = {(parts[1], parts[2]) for parts in lines if parts[3] == "01" and parts[9] in sockets}
    return any((there, here) in own for here, there in own)


def test_a_worker_that_was_killed_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        before = find_workers(process)
        os.kill(before[0], SIGKILL)
        assert wait_until(lambda: len(set(find_workers(process)) - set(before)) == 1)
        assert f"worker {before[0]} was ended by SIGKILL; another is started" in process.log.read_text()
        for _ in range(20):
            assert call(process.url).status == 200
        with one_each(process) as wires:
            assert len(wires) == 2


@pytest.mark.parametrize("number", [SIGTERM, SIGINT])
def test_a_signal_ends_all_and_calls_in_hand_are_answered(tmp_path: Path, number: Signals) -> None:
    with serving(tmp_path) as process, one_each(process) as (one, other):
        workers = find_workers(process)
        one.send(request("POST", "/apiv2/customer.add.json", fields(NAME, **NEW, username="last"))[:-1])
        assert ask(other).status == 200
        process.signal(number)
        assert other.is_closed()
        one.send(b"t")
        assert one.read().status == 200
        assert process.status(SOON) == 0
        assert not any(map(is_there, workers))
        assert process.log.read_text() == ""


def test_what_a_terminal_sends_to_all_ends_all_without_a_word(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        workers = find_workers(process)
        os.killpg(process.number, SIGINT)
        assert process.status(SOON) == 0
        assert not any(map(is_there, workers))
        assert process.log.read_text() == ""


def test_workers_end_with_whoever_started_them(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        workers = find_workers(process)
        assert len(workers) == 2
        process.signal(SIGKILL)
        assert wait_until(lambda: not any(map(is_there, workers)))
        with pytest.raises((ConnectionError, Cut)):
            call(process.url)


#: What a Python does at its start that finds it in its path.
AT_START = """
import os, sys
if "legacygrid.commands.worker" in sys.orig_argv and not os.path.exists("may-start"):
    {}
"""


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("os._exit(7)", "a worker ended with status 7 before it answered"),
        ("os.kill(os.getpid(), 9)", "a worker was ended by SIGKILL before it answered"),
        (
            "open('ca/ca-key.pem', 'w').write('x')",
            "ca/ca-key.pem holds no key and certificate; remove it, and a new one is made",
        ),
    ],
)
def test_a_start_of_which_nothing_comes_is_told(tmp_path: Path, trouble: str, told: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(AT_START.format(trouble))
    shell = Shell(tmp_path, {"PYTHONPATH": str(tmp_path)})
    assert shell.refuses("serve", "--workers", "2", "--port", "0", "--proxy-port", "0", "--ca-dir", "ca") == told


def test_a_worker_that_cannot_start_is_tried_again_and_the_other_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(AT_START.format("os._exit(7)"))
    (may_start := tmp_path / "may-start").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with serving(tmp_path) as process:
        may_start.unlink()
        os.kill(find_workers(process)[0], SIGKILL)
        failure = "a worker ended with status 7 before it answered; another is started"
        assert wait_until(lambda: process.log.read_text().count(failure) >= 2)
        assert call(process.url).status == 200
        may_start.touch()
        assert wait_until(lambda: len(find_workers(process)) == 2)
        with one_each(process) as wires:
            assert len(wires) == 2


def test_what_was_answered_is_there_though_workers_are_killed(tmp_path: Path) -> None:
    added: set[str] = set()
    may_end = threading.Event()

    def add(url: str, client: int) -> None:
        for number in count():
            with suppress(ConnectionError, Cut):
                reply = call(url, "customer.add", **NEW | {"username": f"sub-{client}-{number}x"})
                assert (reply.status, reply.json) == (200, SUCCESS)
                added.add(f"sub-{client}-{number}x")
            if may_end.is_set():
                return

    with serving(tmp_path, "--no-limits") as process, ThreadPoolExecutor(8) as pool:
        adding = [pool.submit(add, process.url, client) for client in range(8)]
        assert wait_until(lambda: len(added) > 20)
        os.kill(find_workers(process)[0], SIGKILL)
        enough = len(added) + 20
        assert wait_until(lambda: len(added) > enough)
        may_end.set()
        for each in adding:
            each.result()
        assert set(names(call(process.url))) >= added


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--workers", "2", "--database", "sqlite:///:memory:"), "--workers needs a store that all processes share"),
        (("--workers", "0"), "Invalid value for '--workers'"),
        (("--workers", "65"), "Invalid value for '--workers'"),
        (("--workers", "two"), "Invalid value for '--workers'"),
        (("--workers", "2", "--inbound"), "--inbound needs --smtp-port"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    assert told in Shell(tmp_path, {}).misuse("serve", "--port", "0", *options)


def test_a_variable_of_the_environment_sets_them(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {"LEGACYGRID_WORKERS": "2"})
    assert "--workers needs a store" in shell.misuse("serve", "--database", "sqlite:///:memory:")
