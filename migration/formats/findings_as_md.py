"""Findings as Markdown, for a comment on a change or a page of a wiki."""

import re
from collections.abc import Iterator

from legacygrid.migration.findings import LEVELS, Verdict
from legacygrid.wsgi.values import spell_out


def render(findings: Verdict) -> str:
    """A heading, the sentence, and a list for each level."""
    mark = "failed" if findings.has_failed else "passed"
    head = [f"## legacygrid migrate {findings.command}: {mark}", "", escape(findings.sentence)]
    return "\n".join([*head, *_lines(findings)]) + "\n"


def _lines(findings: Verdict) -> Iterator[str]:
    for level in LEVELS:
        if found := findings.of(level):
            yield from ["", f"### {findings.title_of(level)}", ""]
            for each in found:
                yield f"- **{each.area}**: {escape(each.title)}"
                yield from (f"  - {escape(line)}" for line in each.details)
    if findings.facts:
        yield from ["", *(f"- {escape(fact)}" for fact in findings.facts)]


def escape(text: str) -> str:
    """A text that Markdown shows as it is, on one line, of which a terminal obeys nothing."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", spell_out(" ".join(text.split())))
