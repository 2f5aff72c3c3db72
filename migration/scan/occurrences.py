"""What a scan found."""

from typing import NamedTuple

from legacygrid.migration.scan.rules import HOST, ScanRule

#: How sure it is: a URL or a parameter of Web API v2 itself; a name without one, where other signs
#: are.
CERTAIN, LIKELY = "certain", "likely"


class CodePlace(NamedTuple):
    """Where something stands.

    :param path: as it was reached from the folder that was named, with slashes.
    :param line: from 1, as columns.
    """

    path: str
    line: int
    column: int


class Occurrence(NamedTuple):
    """Something that has to change.

    :param name: the operation; with `{...}` for what is not known before run time; the library, its
        version after a space.
    :param task: its task, if that stands beside it.
    :param candidates: the operations that a name with unknown parts may be.
    :param in_comment: it stands in a comment, and does nothing there.
    :param hint: what to do; that of the rule, if it is empty.
    """

    place: CodePlace
    rule: ScanRule
    name: str = ""
    task: str = ""
    candidates: tuple[str, ...] = ()
    confidence: str = CERTAIN
    in_comment: bool = False
    hint: str = ""

    @property
    def is_noted(self) -> bool:
        """Whether it fails nothing: it is a comment, or may be v3's as well."""
        return self.in_comment or self.rule is HOST


class Skipped(NamedTuple):
    """A file or folder that was not looked at, and why."""

    path: str
    why: str
