"""Findings for a terminal."""

from collections.abc import Iterator

from legacygrid.migration.findings import LEVELS, Verdict
from legacygrid.wsgi.values import spell_out


def render(findings: Verdict) -> str:
    """The sentence first, then what fails, then the rest. What came from programs and mail may hold
    anything; a terminal obeys none of it.
    """
    return "\n".join(map(spell_out, [findings.sentence, *_lines(findings)])) + "\n"


def _lines(findings: Verdict) -> Iterator[str]:
    for level in LEVELS:
        if found := findings.of(level):
            yield from ["", f"{findings.title_of(level)}:"]
            for each in found:
                yield f"  {each.area}: {each.title}"
                yield from (f"      {line}" for line in each.details)
    if findings.facts:
        yield ""
        yield from findings.facts
