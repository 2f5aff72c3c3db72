"""Long work shows how far it is: a bar at a terminal, lines elsewhere, nothing under --quiet; and what would be faster."""

import json
import os
import pty
import select
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from legacygrid.cli import main
from legacygrid.commands import progress, seeding
from wire import COMMAND, clean_environment

pytestmark = pytest.mark.usefixtures("apart")
MANY = 40


def seed_of(folder: Path) -> Path:
    """A seed with passwords in clear."""
    subusers = [{"username": f"sub-{number}", "password": f"password{number}"} for number in range(MANY)]
    file = folder / "seed.json"
    file.write_text(
        json.dumps({"version": 1, "accounts": [{"username": "acme", "password": "p4ssw0rd", "subusers": subusers}]})
    )
    return file


def run(folder: Path, *args: str) -> tuple[str, str]:
    done = CliRunner().invoke(main, [*args, "--database", f"sqlite:///{folder}/store.db"])
    assert done.exit_code == 0, done.output
    return done.stdout, done.stderr


def test_elsewhere_there_is_a_line_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PACE", 0.0)
    out, lines = run(tmp_path, "seed", str(seed_of(tmp_path)), "--bcrypt-cost", "4")
    assert out == f"{MANY + 1} added, 0 there already\n"
    first, *_, last = lines.splitlines()
    assert first.startswith(f"Hashing passwords: {1 / (MANY + 1):.0%}, ")
    assert last.startswith("Hashing passwords: 100%, ")
    assert last.endswith("/s, 0 s left")
    out, lines = run(tmp_path, "export")
    assert len(json.loads(out)["accounts"][0]["subusers"]) == MANY
    assert lines.splitlines()[-1].startswith("Exporting accounts: 100%, ")


@pytest.mark.parametrize("args", [("seed", "FILE"), ("export",)], ids=lambda args: args[0])
def test_quiet_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]) -> None:
    monkeypatch.setattr(progress, "PACE", 0.0)
    monkeypatch.setattr(seeding, "LONG", 0.0)
    run(tmp_path, "seed", str(seed_of(tmp_path)), "--bcrypt-cost", "4", "--quiet")
    given = [str(tmp_path / "seed.json") if each == "FILE" else each for each in args]
    assert run(tmp_path, *given, "--quiet")[1] == ""


def test_what_would_be_faster_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeding, "LONG", 0.0)
    _, said = run(tmp_path, "seed", str(seed_of(tmp_path)), "--bcrypt-cost", "5")
    assert f"hashing {MANY + 1} passwords took" in said
    assert "at cost 5; --bcrypt-cost 4 takes about 1 s, for tests; a seed with password_hash" in said


#: A command that seeds, and what is the last that it says where it goes on.
AT_TERMINALS = {
    "seed": (["seed", "FILE"], ""),
    "serve": (["serve", "--port", "0", "--seed", "FILE"], "Legacygrid"),
    "serve, tersely": (["serve", "--port", "0", "--seed", "FILE", "--log-format", "json"], "Legacygrid"),
}


@pytest.mark.waits
@pytest.mark.parametrize(("args", "last"), AT_TERMINALS.values(), ids=AT_TERMINALS)
def test_a_terminal_shows_a_bar(tmp_path: Path, args: list[str], last: str) -> None:
    seen, terminal = pty.openpty()
    given = [str(seed_of(tmp_path)) if each == "FILE" else each for each in args]
    command = [COMMAND, *given, "--database", f"sqlite:///{tmp_path}/store.db", "--bcrypt-cost", "6"]
    process = subprocess.Popen(command, stdout=terminal, stderr=terminal, env=clean_environment())
    os.close(terminal)
    shown = read_all(seen, process, last.encode())
    os.close(seen)
    if last:
        process.terminate()
    assert process.wait(30) == 0
    is_terse = "--log-format" in args
    assert (b"Hashing passwords  [####" in shown) is not is_terse


def read_all(terminal: int, process: "subprocess.Popen[bytes]", last: bytes) -> bytes:
    """What a terminal shows until the process ends, or says the last that is waited for."""
    shown = b""
    while process.poll() is None or select.select([terminal], [], [], 0)[0]:
        if last and last in shown:
            break
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:
                break
    return shown
