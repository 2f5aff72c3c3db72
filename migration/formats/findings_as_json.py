"""Findings for programs."""

from typing import Any

from legacygrid.migration.findings import Finding, Verdict
from legacygrid.migration.json_texts import to_document


def render(findings: Verdict) -> str:
    """An object; its keys stay as they are from version to version."""
    return to_document(to_json(findings))


def to_json(findings: Verdict) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "command": findings.command,
        "passed": not findings.has_failed,
        "sentence": findings.sentence,
        "findings": list(map(_finding, findings.findings)),
        "facts": list(findings.facts),
        **findings.data,
    }


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "level": each.level,
        "area": each.area,
        "place": each.place,
        "title": each.title,
        "details": list(each.details),
        **each.data,
    }
