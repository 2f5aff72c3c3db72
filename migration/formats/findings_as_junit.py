"""Findings as JUnit has test results, which every CI reads: a test case for each area."""

from xml.etree import ElementTree as ET

from legacygrid.migration.findings import EXPECTED, FAILED, NOTED, Finding, Verdict
from legacygrid.wsgi.values import spell_out


def render(findings: Verdict) -> str:
    """One suite; an area without failures is a test that passed."""
    name = f"legacygrid migrate {findings.command}"
    failed = [area for area in findings.areas if findings.of(FAILED, area)]
    counts = {"tests": str(len(findings.areas)), "failures": str(len(failed)), "errors": "0"}
    suite = ET.Element("testsuite", {"name": name, **counts})
    for area in findings.areas:
        _add_case(suite, name, area, findings)
    ET.indent(suite)
    text = ET.tostring(suite, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add_case(suite: ET.Element, name: str, area: str, findings: Verdict) -> None:
    case = ET.SubElement(suite, "testcase", classname=name, name=_clean(area))
    if failed := findings.of(FAILED, area):
        failure = ET.SubElement(case, "failure", message=_clean(failed[0].title))
        failure.text = _lines(failed)
    if further := [*findings.of(EXPECTED, area), *findings.of(NOTED, area)]:
        ET.SubElement(case, "system-out").text = _lines(further)


def _lines(findings: list[Finding]) -> str:
    return _clean("\n".join("\n  ".join([each.title, *each.details]) for each in findings))


def _clean(text: str) -> str:
    """A text without what XML forbids, and what terminals obey."""
    return "\n".join(map(spell_out, text.split("\n")))
