"""Findings for programs."""

import json

from legacygrid.migration.findings import Finding, Verdict


def render(findings: Verdict) -> str:
    """An object; its keys stay as they are from version to version."""
    told = {
        "command": findings.command,
        "passed": not findings.has_failed,
        "sentence": findings.sentence,
        "findings": list(map(_finding, findings.findings)),
        "facts": list(findings.facts),
        **findings.data,
    }
    return json.dumps(told, indent=2, ensure_ascii=False, default=str) + "\n"


def _finding(each: Finding) -> dict[str, object]:
    return {
        "level": each.level,
        "area": each.area,
        "place": each.place,
        "title": each.title,
        "details": list(each.details),
        **each.data,
    }
