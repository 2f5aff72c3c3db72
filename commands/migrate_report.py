"""`legacygrid migrate report`: what is called of Web API v2, and what becomes of each call."""

import sys
from functools import partial
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid.commands import world_settings
from legacygrid.commands.baseline_options import baseline_options
from legacygrid.commands.command_language import USUAL, language_of_command
from legacygrid.commands.findings_output import format_option, output_option, write_document
from legacygrid.commands.given_path import GivenPath
from legacygrid.commands.progress import show_progress
from legacygrid.commands.run_summary import print_summary
from legacygrid.commands.terminal import CommandError, exit_on_errors
from legacygrid.commands.token_option import token_option
from legacygrid.migration.baseline import Baseline, BaselineError
from legacygrid.migration.rendering import LANGUAGES
from legacygrid.wsgi.values import spell_out

if TYPE_CHECKING:
    from legacygrid.config import Settings
    from legacygrid.migration.control_api import AdminToken
    from legacygrid.migration.report.migration_report import MigrationReport
    from legacygrid.migration.report.tally import Tally

#: What `migration.report.documents` writes; it is imported when the command runs.
_FORMATS = ("text", "json", "md", "html", "junit")


class _ReportCommand(click.Command):
    """Has sources, or the command of --run, but never both."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words of the command line.

        :raises UsageError: sources stand before --run.
        """
        options = args[: args.index("--")] if "--" in args else args
        if "--run" in options:
            before = args[: args.index("--run")]
            sources = self.make_parser(ctx).parse_args(before)[0].get("sources")
            if sources and isinstance(sources, tuple):
                given = spell_out(" ".join(sources))
                raise click.UsageError(
                    f"either sources ({given}) or --run with a command: make two reports", ctx
                )
        return super().parse_args(ctx, args)


@click.command(cls=_ReportCommand)
@click.option("--run", "is_run", is_flag=True, help="SOURCE is a command: run it, and report.")
@click.option(
    "--lang",
    "languages",
    type=click.Choice((*LANGUAGES, "all", "none")),
    help="The language of the code.  [default: that of the command with --run, else python]",
)
@click.option(
    "--subusers",
    type=click.IntRange(min=0),
    help="How many the account has, by which calls of v3 are counted.",
)
@format_option(
    _FORMATS, "What is printed: lines, JSON, Markdown, one page of HTML, or JUnit's XML."
)
@output_option
@baseline_options
@token_option
@world_settings.options
@click.argument(
    "sources", nargs=-1, required=True, type=GivenPath(readable=False), metavar="SOURCE..."
)
def report(
    sources: tuple[str, ...],
    is_run: bool,
    languages: str | None,
    subusers: int | None,
    format: str,
    output: Path | None,
    baseline: str | None,
    write_baseline: str | None,
    token: "AdminToken",
    **params: Any,
) -> None:
    """Tell what is called of Web API v2, and what becomes of each call.

    SOURCE is the URL of a running emulator, an export of its journal, a HAR file, a VCR cassette,
    an access log, or a folder of such files. With --run, it is a command, which runs as by
    `legacygrid run`; the options of the emulator are for it. What it prints goes to standard error,
    where the report has standard output.

    Exits with 1 if there is a baseline and something is new, with 2 if a source cannot be read.
    """
    from legacygrid.migration.report import documents
    from legacygrid.migration.report.migration_report import MigrationReport
    from legacygrid.migration.report.sources import name_of
    from legacygrid.migration.report.tally import Tally

    tally, status = Tally(), 0
    if is_run:
        status = _run(sources, world_settings.read(params), tally, output is not None)
    else:
        _read_all(sources, token, tally)
    names = [f"a run of {spell_out(sources[0])}"] if is_run else list(map(name_of, sources))
    languages = languages or (language_of_command(sources) if is_run else USUAL)
    chosen = {"all": tuple(LANGUAGES), "none": ()}.get(languages, (languages,))
    made = _compare(MigrationReport(tally, names, chosen, subusers), baseline, write_baseline)
    write_document(documents.FORMATS[format](made), output)
    sys.exit(status or (1 if made.new else 0))


def _compare(
    report: "MigrationReport", baseline: str | None, write_baseline: str | None
) -> "MigrationReport":
    """A report that says what a baseline does not know of; and write one.

    :raises CommandError: it is none, or cannot be written.
    """
    from dataclasses import replace

    from legacygrid.migration.report.migration_report import KEY, key_of

    targets = report.tally.targets
    try:
        if baseline:
            known = Baseline.read(baseline, "report", KEY)
            new = known.find_unknown(targets, key_of)
            report = replace(report, new=frozenset(target.title for target in new))
        if write_baseline:
            keys = (key for each in targets for key in repeat(key_of(each), targets[each].calls))
            Baseline.of("report", KEY, keys).write(write_baseline)
    except BaselineError as error:
        raise CommandError(str(error), 2) from None
    return replace(report, new=None) if write_baseline else report


def _read_all(sources: tuple[str, ...], token: "AdminToken", tally: "Tally") -> None:
    """Count the calls of all sources, with a progress bar on a terminal."""
    from legacygrid.migration.report.files import SourceError
    from legacygrid.migration.report.sources import read_sources

    try:
        tally.count(read_sources(sources, token, show_progress))
    except SourceError as error:
        raise CommandError(spell_out(str(error)), 2) from None


def _run(command: tuple[str, ...], settings: "Settings", tally: "Tally", has_stdout: bool) -> int:
    """Run a command with an emulator of its own, and count its calls; its exit status.

    :param has_stdout: standard output is the command's, as the report goes elsewhere.
    :raises CommandError: it cannot be started.
    """
    from legacygrid.commands.client_runs import surroundings
    from legacygrid.migration.report.live import read_journal
    from legacygrid.server.proxy.child import INHERITED, Child, NotStarted, Output, find

    child = Child()
    try:
        find(command)
        printed = INHERITED if has_stdout else Output(sys.stderr.buffer)
        with exit_on_errors(2), child.forwarding_signals(), surroundings(settings) as around:
            status = child.run(command, around.environment, printed)
            pages = partial(_open, world_settings.control_of(around.app))
            tally.count(read_journal(pages, lambda done: None))
            journal = around.app.grid.journal
    except NotStarted as error:
        raise CommandError(str(error), error.exit_code) from None
    print_summary(journal, around.guard.refused)
    return status


def _open(ask: world_settings.Ask, method: str, path: str) -> BytesIO:
    """The answer of an emulator of this process, as that of any other is read."""
    return BytesIO(ask(method, path))
