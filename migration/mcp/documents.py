"""What each tool answers as structured values, for clients that read schemas: the members that are
always there. The rows within them are those of `--format json` and of the control API.
"""

from typing import Any, NotRequired

# pydantic reads no other one before Python 3.12.
from typing_extensions import TypedDict

Row = dict[str, Any]


class FindingsDocument(TypedDict):
    """What `scan` and `check` find; `more` counts the findings beyond the limit."""

    command: str
    passed: bool
    sentence: str
    findings: list[Row]
    more: int
    facts: list[str]


class ScanDocument(FindingsDocument):
    """What `scan` finds, and some of the paths that it did not look at."""

    skipped: list[Row]


class CheckDocument(FindingsDocument):
    """What `check` finds, and how many calls each program made."""

    calls: dict[str, int]


class ReportDocument(TypedDict):
    """What `report` counts; `more` counts the operations beyond the limit."""

    sentence: str
    calls: int
    operations: list[Row]
    more: int
    limits: list[Row]
    remarks: list[str]


class RecipesDocument(TypedDict):
    """What `show` tells: a recipe for each way to make the call."""

    recipes: list[Row]


class JournalDocument(TypedDict):
    """The calls that match; if none does, the one that comes nearest."""

    requests: list[Row]
    nearest: NotRequired[Row | None]


class OutboxDocument(TypedDict):
    """The mail that matches."""

    messages: list[Row]
