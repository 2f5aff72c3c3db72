"""`legacygrid migrate scan`: finds calls of Web API v2 in source code."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from legacygrid.commands.baseline_options import baseline_options
from legacygrid.commands.findings_output import format_option, output_option, write_document
from legacygrid.commands.terminal import CommandError
from legacygrid.migration.baseline import Baseline, BaselineError
from legacygrid.migration.formats import FORMATS

if TYPE_CHECKING:
    from legacygrid.migration.scan.files import Selection
    from legacygrid.migration.scan.scan_report import ScanReport


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True), metavar="PATH...")
@format_option((*FORMATS, "sarif"), "What is printed; junit and sarif are for CI systems.")
@output_option
@baseline_options
@click.option(
    "--exclude",
    "excluded",
    multiple=True,
    metavar="PATTERN",
    help="Leave out paths of this pattern, such as */old/*; may repeat.",
)
@click.option("--vendored", is_flag=True, help="Look into vendor, node_modules and the like, too.")
@click.option("--logs", is_flag=True, help="Look into *.log, too.")
@click.option(
    "--max-size",
    type=click.IntRange(min=1),
    default=2 << 20,
    show_default=True,
    metavar="BYTES",
    help="Leave out larger files.",
)
def scan(
    paths: tuple[str, ...],
    format: str,
    output: Path | None,
    baseline: str | None,
    write_baseline: str | None,
    excluded: tuple[str, ...],
    vendored: bool,
    logs: bool,
    max_size: int,
) -> None:
    """Find calls of Web API v2 in source code.

    PATH is a file, or a folder with all that is below it, but for others' code, logs and baselines;
    what is left out is counted. PHP, Ruby, Python, JavaScript,
    TypeScript, Java, C#, Go and shells are parsed; other files are read line by line.
    Nothing is changed, and no secret is shown.

    Exits with 0 if nothing is found, with 1 if something is, and with 2 if it cannot be carried
    out. What stands in comments is listed, and does not count.
    """
    from legacygrid.migration.scan import scan_report
    from legacygrid.migration.scan.files import Selection

    selection = Selection(max_size, vendored, excluded, logs)
    report = _scan(paths, selection, baseline, write_baseline)
    write_document(scan_report.render(report, format), output)
    sys.exit(1 if report.failing and not write_baseline else 0)


def _scan(
    paths: tuple[str, ...], selection: "Selection", baseline: str | None, write_baseline: str | None
) -> "ScanReport":
    """Scan files, and compare with a baseline or write one.

    :raises CommandError: a baseline is none, or a parser is missing.
    """
    from legacygrid.migration.scan.parsers import MissingParserError
    from legacygrid.migration.scan.scan_report import KEY, ScanReport, key_of
    from legacygrid.migration.scan.scanner import scan as run_scan

    try:
        result, new = run_scan(paths, selection), None
        if baseline:
            new = frozenset(Baseline.read(baseline, "scan", KEY).find_new(result.active, key_of))
        if write_baseline:
            Baseline.of("scan", KEY, map(key_of, result.active)).write(write_baseline)
    except (BaselineError, MissingParserError) as error:
        raise CommandError(str(error), 2) from None
    except KeyboardInterrupt:
        # What click makes of it is 1, which says that something was found.
        raise CommandError("stopped by SIGINT", 128 + signal.SIGINT) from None
    return ScanReport(result, new)
