"""The report in the formats that people and programs read."""

from collections.abc import Callable, Iterator, Mapping

from legacygrid.migration import html_pages
from legacygrid.migration.findings import EXPECTED, FAILED, NOTED, Finding, Verdict, count_of
from legacygrid.migration.formats import render as render_verdict
from legacygrid.migration.formats.findings_as_md import escape
from legacygrid.migration.json_texts import to_document
from legacygrid.migration.recipes import describe, write
from legacygrid.migration.report.migration_report import (
    KINDS,
    MigrationReport,
    callers_text,
)
from legacygrid.migration.report.tally import CallTarget, TargetCount

_PAGE = """\
{% extends "page.html" %}
{% block style %}
.sentence { font-size: 1.25rem; border-left: .4rem solid #1d5a9e; padding-left: .8rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid #ddd; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
pre { background: #f4f4f4; padding: .8rem; white-space: pre-wrap; font-size: .875rem; }
h2, h3, tr { break-after: avoid; break-inside: avoid; }
dt { font-weight: 600; }
{% endblock %}
{% block main %}
<h1>Calls of Web API v2</h1>
<p class="sentence">{{ report.sentence }}</p>
<p>Read: {{ report.sources | join(", ") }}</p>
{% for title, uses in classes %}
<h2>{{ title }}</h2>
<table>
<thead><tr><th>Operation</th><th class="number">Calls</th><th class="number">Requests of v3</th>
<th>Callers</th></tr></thead>
<tbody>
{% for target, count in uses %}
<tr><td>{{ target.title }}{{ " (new)" if report.new and target.title in report.new }}</td>
<td class="number">{{ "{:,}".format(count.calls) }}</td>
<td class="number">{{ report.requests_text(target) }}</td><td>{{ callers_text(count) }}</td></tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
{% for title, lines in sections if lines %}
<h2>{{ title }}</h2>
<ul>
{% for line in lines %}
<li>{{ line }}</li>
{% endfor %}
</ul>
{% endfor %}
{% include "recipes.html" %}
{% endblock %}
"""
NOT_KNOWN = "Class not known: it goes by the task, or by parameters that v2 would have refused"
#: Of what is told of all calls together.
SECTION_TITLES = ("Of all calls", "Requests a minute", "Not recognised")
#: What the star in the number of requests means.
_STAR = "* one request a page, a subuser, a key or an entry is among them"


def list_classes(report: MigrationReport) -> list[tuple[str, list[tuple[CallTarget, TargetCount]]]]:
    """What is called, by the title of its class."""
    return [
        (f"{kind}: {kind.means}" if kind else NOT_KNOWN, uses)
        for kind in KINDS
        if (uses := [each for each in report.uses if each[0].kind is kind])
    ]


def list_sections(report: MigrationReport) -> list[tuple[str, list[str]]]:
    """What is told of all calls together, by title."""
    unrecognised = [
        f"{what}: {count_of(count, 'request')}" for what, count in report.unrecognised()
    ]
    has_star = any(report.requests_text(target).endswith("*") for target, _ in report.uses)
    told = (
        [*report.remarks(), *([_STAR] if has_star else [])],
        list(report.limits()) if report.uses else [],
        unrecognised,
    )
    return list(zip(SECTION_TITLES, told, strict=True))


def to_text(report: MigrationReport) -> str:
    """For a terminal."""
    lines = [report.sentence, f"Read: {', '.join(report.sources)}"]
    for title, uses in list_classes(report):
        lines += ["", title, "   calls  requests  operation, callers"]
        for target, count in uses:
            requests = report.requests_text(target)
            new = " (new)" if report.new and target.title in report.new else ""
            callers = callers_text(count)
            lines.append(f"{count.calls:8,}  {requests:>8}  {target.title}{new}, by {callers}")
    for title, told in list_sections(report):
        lines += ["", f"{title}:", *(f"- {line}" for line in told)] if told else []
    # The code is long: nothing is looked for behind it.
    if recipes := list(report.recipes):
        lines += ["", write(recipes, "text").rstrip("\n")]
    return "\n".join(lines) + "\n"


def to_markdown(report: MigrationReport) -> str:
    """For an issue or a wiki."""
    lines = ["# Calls of Web API v2", "", escape(report.sentence), ""]
    lines.append(f"Read: {escape(', '.join(report.sources))}")
    for title, uses in list_classes(report):
        lines += ["", f"## {title}", ""]
        lines += ["| operation | calls | requests of v3 | callers |", "|---|--:|--:|---|"]
        for target, count in uses:
            requests = escape(report.requests_text(target))
            callers = escape(callers_text(count))
            lines.append(f"| {escape(target.title)} | {count.calls:,} | {requests} | {callers} |")
    for title, told in list_sections(report):
        lines += ["", f"## {title}", "", *(f"- {escape(line)}" for line in told)] if told else []
    lines += ["", write(list(report.recipes), "md").rstrip("\n")]
    return "\n".join(lines) + "\n"


def to_html(report: MigrationReport) -> str:
    """One page without scripts, to print."""
    return html_pages.render(
        _PAGE,
        "report",
        width=64,
        report=report,
        classes=list_classes(report),
        sections=list_sections(report),
        callers_text=callers_text,
        recipes=report.recipes,
        describe=describe,
    )


def to_json(report: MigrationReport) -> str:
    """For programs."""
    return to_document(report.to_json())


def to_junit(report: MigrationReport) -> str:
    """For CI: a case for each way of calling, which fails where the exit status is 1: if a baseline
    does not know of it.
    """
    return render_verdict(_to_verdict(report), "junit")


def _to_verdict(report: MigrationReport) -> Verdict:
    titles = ("To change", "Known", "Worth a look")
    areas = tuple(target.title for target, _ in report.uses) or ("Web API v2",)
    return Verdict("report", report.sentence, titles, areas, tuple(_findings(report)))


def _findings(report: MigrationReport) -> Iterator[Finding]:
    for target, count in report.uses:
        is_new = report.new is not None and target.title in report.new
        calls = count_of(count.calls, "call")
        yield Finding(
            FAILED if is_new else NOTED if report.new is None else EXPECTED,
            target.title,
            f"{target.kind or 'class not known'}: {calls} by {callers_text(count)}",
            target.title,
        )


FORMATS: Mapping[str, Callable[[MigrationReport], str]] = {
    "text": to_text,
    "json": to_json,
    "html": to_html,
    "md": to_markdown,
    "junit": to_junit,
}
