"""Findings in the formats that people and machines read.

Each is imported when it is chosen.
"""

from collections.abc import Callable
from importlib import import_module

from legacygrid.migration.findings import Verdict

FORMATS = ("text", "json", "html", "md", "junit")


def render(findings: Verdict, format: str) -> str:
    """Findings as a document, with a newline at its end.

    :param format: one of FORMATS.
    """
    module = import_module(f"{__name__}.findings_as_{format}")
    to_document: Callable[[Verdict], str] = module.render
    return to_document(findings)
