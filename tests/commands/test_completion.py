"""The shells that are here complete commands and options, as a person types them."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from legacygrid import cli

# Processes: not for the inner loop.
pytestmark = pytest.mark.waits

BIN = Path(sys.executable).parent
#: Of each: how it starts without anybody's settings, and what switches completion on.
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(legacygrid completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -Uz compinit; compinit -u -D; eval "$(legacygrid completion zsh)"'),
}
HERE = [shell for shell in SHELLS if shutil.which(shell)]
#: Seconds for a shell, and for what it starts.
SOON = 60


class Terminal:
    """A shell at a terminal, of which it knows only that what it typed comes back."""

    def __init__(self, file: int) -> None:
        self.file = file
        self.seen = b""

    def types(self, text: str, until: str) -> None:
        """Wait, after that, for a text that was not typed."""
        os.write(self.file, text.encode())
        self.seen, deadline = b"", time.monotonic() + SOON
        while until.encode() not in self.seen:
            assert select.select([self.file], [], [], max(0.0, deadline - time.monotonic()))[0], self.seen
            self.seen += os.read(self.file, 4096)


@contextmanager
def terminal(command: list[str], folder: Path) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    env = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    shell = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=env, start_new_session=True
    )
    os.close(theirs)
    try:
        yield Terminal(ours)
    finally:
        shell.kill()
        shell.wait()
        os.close(ours)


def test_bash_is_here() -> None:
    assert "bash" in HERE


@pytest.mark.parametrize("shell", HERE)
def test_the_tabulator_completes(shell: str, tmp_path: Path) -> None:
    command, on = SHELLS[shell]
    with terminal(command, tmp_path) as at:
        at.types(f"{on}; echo re''ady\n", "ready")
        at.types("legacygrid rou\t", "routes")
        at.types("--js\t", "--json")
        # It is one of few letters, which are all that the shell adds.
        at.types("\x15legacygrid migrate re\t\t", "rehearse")
        at.types("\x15legacygrid serve --profile docu\t", "documented")


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish here")
def test_fish_completes(tmp_path: Path) -> None:
    program = 'legacygrid completion fish | source; complete -C "legacygrid rou"; complete -C "legacygrid routes --"'
    env = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["fish", "--no-config", "-c", program], env=env, capture_output=True, text=True, timeout=SOON, check=True
    )
    # click's script for fish takes no more than what stands before a comma.
    assert done.stdout.splitlines()[0] == "routes\tList all operations"
    assert "--json\tPrint JSON." in done.stdout.splitlines()


def test_nothing_is_read_while_it_completes() -> None:
    """A secret that comes from standard input is asked for when the command runs, not at each tabulator."""
    env = {"_LEGACYGRID_COMPLETE": "bash_complete", "COMP_CWORD": "4"}
    env |= {"COMP_WORDS": "legacygrid serve --admin-token - --por"}
    ours, theirs = os.pipe()
    try:
        done = subprocess.run(
            [BIN / "legacygrid"], stdin=ours, env=env, capture_output=True, text=True, timeout=SOON, check=True
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.stdout == "plain,--port\n"


def test_a_shell_that_has_none() -> None:
    done = CliRunner().invoke(cli.main, ["completion", "tcsh"])
    assert done.exit_code == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in done.output
