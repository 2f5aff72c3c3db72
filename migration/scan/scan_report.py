"""What is said of a scan, in the formats that people and programs read."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

from legacygrid.migration import formats
from legacygrid.migration.findings import EXPECTED, FAILED, NOTED, Finding, Verdict, count_of
from legacygrid.migration.rows import Kind
from legacygrid.migration.scan.occurrences import Occurrence
from legacygrid.migration.scan.outcomes import hint_of, kinds_of, name_of
from legacygrid.migration.scan.rules import BUILT_CALL, CALL
from legacygrid.migration.scan.scanner import CANNOT_SEE, ScanResult
from legacygrid.wsgi.values import spell_out

#: What tells two things apart in a baseline: lines move.
KEY = ("path", "rule", "name", "task")
#: What calls count as whose class is not known.
_BUILT = "put together at run time"
#: So many candidates of a name are shown.
_SHOWN = 8


def key_of(found: Occurrence) -> tuple[str, str, str, str]:
    """A thing as a baseline has it."""
    return found.place.path, found.rule.id, found.name, found.task


@dataclass(frozen=True)
class ScanReport:
    """What is said of a scan.

    :param new: what the baseline does not know of; none without a baseline.
    """

    result: ScanResult
    new: frozenset[Occurrence] | None = None

    @property
    def failing(self) -> list[Occurrence]:
        """What a build fails on: what is in no comment, and new if there is a baseline."""
        active = self.result.active
        return active if self.new is None else [each for each in active if each in self.new]

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        active = self.result.active
        if not active:
            return f"No sign of Web API v2 in {count_of(self.result.files, 'file')}."
        shares = Counter(_share_of(each) for each in active if each.rule in (CALL, BUILT_CALL))
        told = ", ".join(f"{shares[each]} {each}" for each in (*Kind, _BUILT) if shares[each])
        calls = f"{count_of(shares.total(), 'call')} of Web API v2" + (f" ({told})" if told else "")
        others = count_of(len(active) - shares.total(), "other place")
        files = count_of(len({each.place.path for each in active}), "file")
        known = "" if self.new is None else f"; {len(self.failing)} of them are new"
        return f"{calls} and {others} to change, in {files}{known}."

    def not_seen(self) -> Iterator[str]:
        """What was not looked at, and what no scan can see."""
        if self.result.doubtful:
            names = count_of(self.result.doubtful, "name")
            yield f"{names} like customer.add without other signs of Web API v2: not taken for it"
        for why, paths in self._skipped().items():
            more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
            count = f" ({len(paths)})" if len(paths) > 1 else ""
            yield f"not looked at, as {why}{count}: {', '.join(paths[:3])}{more}"
        yield from CANNOT_SEE

    def _skipped(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in self.result.skipped:
            found.setdefault(each.why, []).append(each.path)
        return found


def render(report: ScanReport, format: str) -> str:
    """The whole as a document.

    :param format: one of those of all findings, or sarif.
    """
    if format == "sarif":
        document: str = import_module("legacygrid.migration.scan.sarif").render(report)
        return document
    return _to_lines(report) if format == "text" else formats.render(to_verdict(report), format)


def _to_lines(report: ScanReport) -> str:
    """As compilers write it: editors lead from such lines to the places."""
    found = [
        f"{':'.join(map(str, each.place))}: {each.rule.id}: {_title(each)}"
        + "".join(f" ({detail})" for detail in _details(report, each))
        for each in report.result.found
    ]
    not_seen = ["Not seen:", *(f"- {each}" for each in report.not_seen())]
    lines = [report.sentence, "", *found, *([""] if found else []), *not_seen]
    return "\n".join(map(spell_out, lines)) + "\n"


def to_verdict(report: ScanReport) -> Verdict:
    """As all findings of a migration are: each file is an area."""
    skipped = [{"path": each.path, "why": each.why} for each in report.result.skipped]
    paths = dict.fromkeys(each.place.path for each in report.result.found)
    return Verdict(
        "scan",
        report.sentence,
        ("To change", "Known", "In comments, or to look at"),
        tuple(paths) or ("Web API v2",),
        tuple(_to_finding(report, each) for each in report.result.found),
        tuple(f"Not seen: {each}" for each in report.not_seen()),
        {"files": report.result.files, "skipped": skipped},
    )


def _to_finding(report: ScanReport, found: Occurrence) -> Finding:
    place, line, column = found.place
    known = EXPECTED if report.new is not None and found not in report.new else FAILED
    data = {
        "path": place,
        "line": line,
        "column": column,
        "rule": found.rule.id,
        "name": found.name,
        "task": found.task,
        "classes": list(kinds_of(found)),
        "candidates": list(found.candidates),
        "confidence": found.confidence,
        "in_comment": found.in_comment,
        "hint": hint_of(found),
    }
    return Finding(
        NOTED if found.is_noted else known,
        place,
        f"{line}:{column}: {_title(found)}",
        f"{place}:{line}:{column}",
        tuple(_details(report, found)),
        data,
    )


def _share_of(found: Occurrence) -> str:
    """What a call counts as: its class, or the worst that it may be of."""
    return _BUILT if found.rule is BUILT_CALL else kinds_of(found)[-1]


def _title(found: Occurrence) -> str:
    return f"{name_of(found)}: {hint_of(found)}"


def _details(report: ScanReport, found: Occurrence) -> Iterator[str]:
    """What else is to be said of a thing."""
    if found.candidates:
        more = len(found.candidates) - _SHOWN
        shown = ", ".join(found.candidates[:_SHOWN])
        yield f"may be {shown}" + (f" and {more} more" if more > 0 else "")
    if found.in_comment:
        yield "in a comment"
    elif found.is_noted:
        yield "fails nothing"
    elif report.new is not None and found not in report.new:
        yield "known"
