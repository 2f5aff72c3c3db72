"""`legacygrid migrate rehearse`: the day of the shutdown, for a client that runs here."""

import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from legacygrid import config
from legacygrid.commands import world_settings
from legacygrid.commands.client_runs import Captured, Surroundings, capture, surroundings
from legacygrid.commands.findings_output import findings_options, print_findings
from legacygrid.commands.period_types import BrownoutType, DurationType, MomentType
from legacygrid.commands.terminal import CommandError, exit_on_errors
from legacygrid.harness import JOURNAL_SIZE
from legacygrid.harness.clock import ClockSetting
from legacygrid.harness.fault_periods import FaultPeriod
from legacygrid.migration.rehearse import stepping
from legacygrid.migration.rehearse.answers import ANSWERS, RetiredAnswer, Shutdown, check_operation
from legacygrid.option_types import NumberRange
from legacygrid.wsgi.values import spell_out

if TYPE_CHECKING:
    from legacygrid.migration.rehearse.verdict import Rehearsal

_FIRST = next(iter(ANSWERS))


def _check_operations(ctx: click.Context, param: click.Parameter, value: Any) -> tuple[str, ...]:
    for name in value:
        try:
            check_operation(name)
        except ValueError as error:
            raise click.BadParameter(str(error), ctx, param) from None
    return tuple(value)


@click.command(context_settings={"allow_interspersed_args": False})
@click.option(
    "--answer",
    "answers",
    multiple=True,
    type=click.Choice(tuple(ANSWERS)),
    help="What is answered then; may repeat.  [default: all of them, one after the other]",
)
@click.option(
    "--operation",
    "operations",
    multiple=True,
    metavar="NAME",
    callback=_check_operations,
    help="An operation that is gone, such as customer.add; may repeat.  [default: all of v2]",
)
@click.option(
    "--share",
    type=NumberRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="Share of the calls that fail, drawn at random.",
)
@click.option("--random-seed", type=int, default=0, show_default=True, help="What it is drawn by.")
@click.option("--now", type=MomentType(), help="What the emulator's clock shows at the begin.")
@click.option("--begins", type=MomentType(), help="When the outage begins, by that clock.")
@click.option("--ends", type=MomentType(), help="When it ends.")
@click.option(
    "--brownout",
    type=BrownoutType(),
    metavar="LASTING/EVERY",
    help="Short outages again and again, such as 10m/1h.",
)
@click.option("--step", type=DurationType(), help="What each call moves that clock on by.")
@click.option(
    "--patience",
    type=NumberRange(0, 500, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds after which a run is ended; nothing is answered for longer than that.",
)
@findings_options
@world_settings.options
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def rehearse(
    command: tuple[str, ...],
    answers: tuple[str, ...],
    format: str,
    output: Path | None,
    patience: float,
    **params: Any,
) -> None:
    """Play the day of the shutdown, and tell how a client takes it.

    COMMAND runs in fair weather first, then once for each way in which the service may end, with
    its hosts led here as by `legacygrid run`. Nobody has recorded what the retired service answers,
    so all of them are inferred. Without COMMAND, one emulator answers so until it is stopped.

    Exit status: 0 if the client takes it, 1 if it breaks, 2 for a wrong option, or if its log-in
    is refused in fair weather.
    """
    theatre = _Theatre.of(params, patience)
    names = answers or (tuple(ANSWERS) if command else (_FIRST,))
    if not command and len(names) > 1:
        raise click.UsageError("without a command, there is one --answer")
    with exit_on_errors(2):
        from legacygrid.migration.rehearse.verdict import judge_rehearsals

        fair = theatre.run(command, None) if command else None
        _check_log_in(fair)
        play = theatre.run if command else theatre.serve
        runs = {name: play(command, ANSWERS[name]) for name in names}
        verdict = judge_rehearsals(fair, runs)
    print_findings(verdict, format, output)


def _check_log_in(fair: "Rehearsal | None") -> None:
    """See that a client is let in where all is well: without that, nothing is rehearsed.

    :raises CommandError: it is not.
    """
    if fair and fair.is_locked_out:
        told = "; ".join(fair.hints) or "its log-in is refused"
        raise CommandError(
            f"nothing can be rehearsed, as no call is carried out in fair weather: {told}", 2
        )


class _Theatre(NamedTuple):
    """Where it is rehearsed.

    :param now: what the clock shows at the begin of each run, in seconds since 1970.
    :param step: seconds by which each call moves it on.
    :param patience: seconds that a run may take.
    """

    settings: config.Settings
    shutdown: Shutdown
    now: float
    step: float
    patience: float

    @classmethod
    def of(cls, params: dict[str, Any], patience: float) -> "_Theatre":
        """What the options say."""
        lasting, every = params["brownout"] or (0.0, None)
        period = FaultPeriod(params["begins"], params["ends"], every, lasting)
        share, seed = params["share"], params["random_seed"]
        settings = replace(world_settings.read(params), journal=JOURNAL_SIZE)
        shutdown = Shutdown(params["operations"], share, seed, period)
        return cls(settings, shutdown, params["now"] or time.time(), params["step"] or 0, patience)

    def run(self, command: Sequence[str], answer: RetiredAnswer | None) -> "Rehearsal":
        """One run of a program.

        :param answer: what the retired service answers; none for fair weather.
        """
        from legacygrid.migration.findings import count_of
        from legacygrid.server.proxy.child import Child, NotStarted, find

        child = Child()
        try:
            find(command)
            with child.forwarding_signals(), surroundings(self.settings) as around:
                self._set(around, answer)
                captured = capture(child, command, around, self.patience)
                rehearsal = _see(around, captured)
        except NotStarted as error:
            raise CommandError(str(error), 2) from None
        words = answer.words if answer else "fair weather"
        click.echo(f"legacygrid: {words}: {count_of(rehearsal.calls, 'call')}", err=True)
        return rehearsal

    def serve(self, command: Sequence[str], answer: RetiredAnswer | None) -> "Rehearsal":
        """Answer so until a signal stops it."""
        stopped = threading.Event()
        before = {each: signal.signal(each, lambda *_: stopped.set()) for each in _STOPS}
        try:
            with surroundings(self.settings) as around:
                self._set(around, answer)
                for name, value in around.environment.items():
                    if os.environ.get(name) != value:
                        click.echo(f"export {name}={shlex.quote(value)}")
                sys.stdout.flush()
                while not stopped.wait(1):
                    pass
                return _see(around, Captured(0, "", ""))
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _set(self, around: Surroundings, answer: RetiredAnswer | None) -> None:
        """Set the clock and the faults of an emulator."""
        grid = around.app.grid
        grid.clock.set(ClockSetting(offset=self.now - time.time()))
        if self.step:
            around.app.wsgi_app = stepping.mount(around.app.wsgi_app, grid.clock, self.step)
        for fault in self.shutdown.faults(answer, self.patience + 1) if answer else ():
            grid.faults.add(fault)


_STOPS = (signal.SIGINT, signal.SIGTERM)
#: Reasons that are told of calls that were refused.
_MOST_HINTS = 5


def _see(around: Surroundings, captured: Captured) -> "Rehearsal":
    """What is to be told of a run."""
    from legacygrid.harness.call_filters import CallFilter
    from legacygrid.migration.rehearse.attempts import collect_tries
    from legacygrid.migration.rehearse.verdict import Rehearsal
    from legacygrid.migration.rehearse.words import Printed
    from legacygrid.migration.run_hints import in_words_of_a_run
    from legacygrid.reasons import WrongCredentials

    calls = list(around.app.grid.journal.find(CallFilter()))
    refused = [call for call in calls if call.outcome == "refused" and not call.fault]
    locked_out = any(isinstance(call.refusal, WrongCredentials) for call in refused)
    said = dict.fromkeys(in_words_of_a_run(call.refusal.hint) for call in refused if call.refusal)
    return Rehearsal(
        captured.status,
        Printed(captured.stdout, captured.stderr),
        tuple(collect_tries(calls)),
        len(calls),
        len(refused),
        tuple(spell_out(hint) for hint in said if hint)[:_MOST_HINTS],
        locked_out and not any(call.outcome == "done" or call.fault for call in calls),
    )
