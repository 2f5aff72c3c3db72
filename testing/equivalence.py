"""Two programs over the same state, compared as `legacygrid migrate check` does."""

import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from legacygrid.testing.admin import Admin
from legacygrid.testing.calls import ReceivedCalls

if TYPE_CHECKING:
    from legacygrid.migration.check.observation import Ending, Observation

#: A command line, as one text or as its words.
Command = str | Sequence[str]
#: What compares two commands.
_CHECK = (sys.executable, "-c", "from legacygrid.cli import main; main()", "migrate", "check")


class ComparedPrograms(ReceivedCalls):
    """A world in which programs are compared.

    :param admin: the control API, narrowed to the world.
    """

    def assert_equivalent(
        self,
        old: Callable[..., Any] | Command,
        new: Callable[..., Any] | Command,
        ignore: Iterable[str] = (),
        results: bool = False,
    ) -> None:
        """Assert that a program and its port do the same: to the state, by mail, to webhooks.

        Both begin with the world as it is, which it is again afterwards. What differs between two
        runs of the old one is not compared; see docs/migration.md.

        :param old, new: two functions, which are called with this world, or two commands.
        :param ignore: places that may differ, such as `subuser *.company`.
        :param results: what the functions return, or what the commands print, is compared, too.
        :raises AssertionError: with what differs, and the calls that made it so.
        :raises TypeError: one is a function, and the other a command.
        :raises ValueError: a command cannot be run.
        """
        __tracebackhide__ = True
        if callable(old) and callable(new):
            runs = _run_functions(self, (old, old, new), results)
            complaint = _judge(runs, ignore)
        elif callable(old) or callable(new):
            raise TypeError("compare two functions, or two commands")
        else:
            complaint = _check_commands(self.admin, (old, new), ignore, results)
        if complaint:
            raise AssertionError(complaint)


def _run_functions(
    world: ComparedPrograms, functions: Iterable[Callable[..., Any]], results: bool
) -> "list[Observation]":
    """What is seen of each function; each begins with the same state."""
    from legacygrid.migration.check.observation import Observer

    runs, name = [], f"equivalence-{token_hex(8)}"
    world.admin.snapshot(name)
    try:
        for function in functions:
            observer = Observer(world.admin.ask_bytes)
            runs.append(observer.observe(_call(function, world, results)))
            world.admin.restore(name)
    finally:
        world.admin.restore(name)
        world.admin.forget_snapshot(name)
    return runs


def _call(function: Callable[..., Any], world: ComparedPrograms, results: bool) -> "Ending":
    from legacygrid.migration.check.observation import Ending

    try:
        result = function(world)
    except Exception as error:
        return Ending(raised=f"{type(error).__name__}: {error}")
    return Ending(result=repr(result) if results else None)


def _judge(runs: "list[Observation]", ignore: Iterable[str]) -> str:
    """What differs, in words; empty if nothing does."""
    from legacygrid.migration.check.verdict import judge
    from legacygrid.migration.formats import render

    findings = judge(runs, ignore, "results=True")
    return render(findings, "text") if findings.has_failed else ""


def _check_commands(
    admin: Admin, commands: Sequence[Any], ignore: Iterable[str], results: bool
) -> str:
    """The same of two commands: a process leads their hosts to emulators with this state."""
    with TemporaryDirectory(prefix="legacygrid-") as folder:
        seed = Path(folder, "seed.json")
        seed.write_text(json.dumps(admin.state()), "utf-8")
        words = [*_CHECK, "--seed", str(seed), *(["--stdout"] if results else [])]
        words += [word for pattern in ignore for word in ("--ignore", pattern)]
        words += ["--", *map(_line, commands)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode not in (0, 1):
        raise ValueError(done.stderr)
    return done.stdout if done.returncode else ""


def _line(command: Command) -> str:
    return command if isinstance(command, str) else shlex.join(command)
