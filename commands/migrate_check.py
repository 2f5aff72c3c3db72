"""`legacygrid migrate check`: an old program and its port over the same seed, and what differs."""

import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid import config
from legacygrid.commands import world_settings
from legacygrid.commands.client_runs import Captured, capture, surroundings
from legacygrid.commands.findings_output import findings_options, print_findings
from legacygrid.commands.terminal import CommandError, exit_on_errors
from legacygrid.option_types import NumberRange

if TYPE_CHECKING:
    from legacygrid.migration.check.observation import Ending, Observation

#: Seconds that one run may take, unless told otherwise.
TIMEOUT = 600.0
#: Lines of standard error that are kept of a run.
_LAST_LINES = 10


class _Words(click.ParamType[tuple[str, ...]]):
    """A command line in one argument, as a shell reads it."""

    name = "command"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        """Its words."""
        try:
            words = tuple(shlex.split(value))
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)
        if not words:
            self.fail("it is empty; quote the command: 'python old.py'", param, ctx)
        return words


@click.command()
@click.argument("old", type=_Words())
@click.argument("new", type=_Words())
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    metavar="PATTERN",
    help="Differences that fail nothing, by their place, such as 'subuser *.company'; may repeat.",
)
@click.option("--stdout", "with_stdout", is_flag=True, help="Compare what the programs print, too.")
@click.option(
    "--timeout",
    type=NumberRange(0, min_open=True),
    default=TIMEOUT,
    show_default=True,
    help="Seconds that one run may take.",
)
@findings_options
@world_settings.options
def check(
    old: tuple[str, ...],
    new: tuple[str, ...],
    ignored: tuple[str, ...],
    with_stdout: bool,
    timeout: float,
    format: str,
    output: Path | None,
    **params: Any,
) -> None:
    """Compare what an old program and its port do.

    OLD and NEW are two commands, each quoted as one argument. Each runs in a world of its own over
    the same seed, with its hosts led here as by `legacygrid run`. OLD runs twice, and what differs
    between its runs is not compared. State, mail, posts of webhooks, calls and exit status of both
    have to be equal, but for what v3 cannot do otherwise.

    Exit status: 0 equal, 1 different, 2 a wrong option.
    """
    settings = world_settings.read(params)
    runner = _Runner(settings, timeout, with_stdout)
    _find_both(old, new)
    with exit_on_errors(2):
        runs = [
            runner.run(title, command)
            for title, command in (("old, 1 of 2", old), ("old, 2 of 2", old), ("new", new))
        ]
        from legacygrid.migration.check.verdict import judge

        findings = judge(runs, ignored)
    print_findings(findings, format, output)


def _find_both(*commands: Sequence[str]) -> None:
    """See that there are both programs before one of them runs.

    :raises CommandError: there is none of that name.
    """
    from legacygrid.server.proxy.child import NotStarted, find

    try:
        for command in commands:
            find(command)
    except NotStarted as error:
        raise CommandError(str(error), 2) from None


class _Runner:
    """Runs programs, each in a world of its own.

    :param timeout: seconds that a run may take.
    :param with_stdout: what they print is compared.
    """

    def __init__(self, settings: config.Settings, timeout: float, with_stdout: bool) -> None:
        self.settings = settings
        self.timeout = timeout
        self.with_stdout = with_stdout
        #: When each run begins, by the emulator's clock: days are the same then.
        self.begun = time.time()

    def run(self, title: str, command: Sequence[str]) -> "Observation":
        """Run a program to its end, and see what it did.

        :raises CommandError: it cannot be started.
        """
        from legacygrid.harness.clock import ClockSetting
        from legacygrid.migration.check.observation import Observer
        from legacygrid.migration.findings import count_of
        from legacygrid.server.proxy.child import Child, NotStarted

        child = Child()
        try:
            with child.forwarding_signals(), surroundings(self.settings) as around:
                ask = world_settings.control_of(around.app)
                around.app.grid.clock.set(ClockSetting(offset=self.begun - time.time()))
                observer = Observer(ask)
                captured = capture(child, command, around, self.timeout)
                seen = observer.observe(self._end(captured))
        except NotStarted as error:
            raise CommandError(str(error), 2) from None
        click.echo(f"legacygrid: {title}: {count_of(len(seen.calls.calls), 'call')}", err=True)
        return seen

    def _end(self, captured: Captured) -> "Ending":
        from legacygrid.migration.check.observation import Ending

        last = "\n".join(captured.stderr.splitlines()[-_LAST_LINES:])
        printed = captured.stdout if self.with_stdout else None
        return Ending(captured.status, result=printed, output=last)
