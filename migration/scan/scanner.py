"""A scan of several files and folders."""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from legacygrid.migration.scan.files import Selection
from legacygrid.migration.scan.occurrences import Occurrence, Skipped
from legacygrid.migration.scan.one_file import scan_file

#: What a scan cannot find, whatever it looks at.
CANNOT_SEE = (
    "names of operations that are put together from parts in several files, or from data",
    "what is in binary and minified files, in folders of others' code, and behind links",
    "in languages without a parser, and in configuration: what does not stand in one line",
    "calls that libraries make by themselves; those that are known are found by their versions",
    "calls that other programs make: legacygrid migrate report reads them off a journal or log",
)


class ScanResult(NamedTuple):
    """What a scan found.

    :param found: in the order of the paths and lines.
    :param skipped: what was not looked at.
    :param files: how many files were.
    :param doubtful: how many names like `customer.add` were found where nothing else tells of Web
        API v2; they are not among what was found.
    """

    found: list[Occurrence]
    skipped: list[Skipped]
    files: int
    doubtful: int

    @property
    def active(self) -> list[Occurrence]:
        """What has to change: no comments, and no hosts that may be v3's."""
        return [each for each in self.found if not each.is_noted]


def scan(paths: Iterable[str], selection: Selection) -> ScanResult:
    """Look for Web API v2 in files, and in folders with all that is below them.

    :raises MissingParserError: a parser that is needed is not installed.
    """
    found: list[Occurrence] = []
    doubtful: list[Occurrence] = []
    skipped: list[Skipped] = []
    files, has_evidence = 0, False
    for file in chain.from_iterable(map(selection.read, paths)):
        if isinstance(file, Skipped):
            skipped.append(file)
            continue
        files += 1
        of_file = scan_file(file)
        found += of_file.found
        doubtful += of_file.doubtful
        has_evidence = has_evidence or of_file.has_evidence
    if has_evidence:
        found, doubtful = [*found, *doubtful], []
    return ScanResult(sorted(set(found)), skipped, files, len(doubtful))
