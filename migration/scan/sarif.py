"""A scan as a SARIF 2.1.0 log, which code hosts show beside the lines."""

import hashlib
import json
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from legacygrid.migration.rows import Kind
from legacygrid.migration.scan.occurrences import Occurrence
from legacygrid.migration.scan.outcomes import hint_of, kinds_of, name_of
from legacygrid.migration.scan.rules import RULES
from legacygrid.migration.scan.scan_report import ScanReport, key_of

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_PLACES = {rule: place for place, rule in enumerate(RULES)}


def render(report: ScanReport) -> str:
    """One run, with a result for each thing that was found."""
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.title},
            "help": {"text": rule.hint},
        }
        for rule in RULES
    ]
    driver = {"name": "legacygrid", "version": version("legacygrid"), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_to_result(report, each) for each in report.result.found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _to_result(report: ScanReport, found: Occurrence) -> dict[str, Any]:
    region = {"startLine": found.place.line, "startColumn": found.place.column}
    location = {"artifactLocation": {"uri": quote(found.place.path)}, "region": region}
    result = {
        "ruleId": found.rule.id,
        "ruleIndex": _PLACES[found.rule],
        "level": _level_of(found),
        "message": {"text": f"{name_of(found)}: {hint_of(found)}"},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"legacygrid/v1": _fingerprint(found)},
    }
    if report.new is not None:
        result["baselineState"] = "new" if found in report.new else "unchanged"
    return result


def _level_of(found: Occurrence) -> str:
    if found.is_noted:
        return "note"
    return "error" if Kind.NONE in kinds_of(found) else "warning"


def _fingerprint(found: Occurrence) -> str:
    """What tells a result apart from others though lines move."""
    return hashlib.sha256("\0".join(key_of(found)).encode()).hexdigest()[:32]
