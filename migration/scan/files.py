"""Which files are looked at. Folders of others' code, logs and baselines of scans are not, unless
they are asked for or named themselves.
"""

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from legacygrid.migration.scan.occurrences import Skipped

#: Folders of others' code, of version control, and of what is built.
VENDORED = frozenset(
    (
        *("node_modules", "bower_components", "jspm_packages", "vendor", "third_party", "Pods"),
        *(".git", ".hg", ".svn", ".bzr", ".venv", "venv", "site-packages", ".tox", ".nox"),
        *("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".gradle", ".bundle"),
        *("dist", "build", "target", ".next", ".nuxt", "coverage"),
    )
)
#: Bytes of the largest file that is read.
MAX_SIZE = 2 << 20
#: A line of so many letters is of a file that a program made smaller, not one that is worked on.
_LONG_LINE = 5000
_BINARY = "it is binary"
_IS_LOG = "they are logs: legacygrid migrate report reads those, --logs has them scanned"
#: A log, also one of another day, and one that is packed.
_LOG = re.compile(r"\.log(?:[.-][\w.-]+)?$", re.IGNORECASE)
#: How a file begins that `--write-baseline` wrote.
_BASELINE = re.compile(r'\{\s*"version": \d+,\s*"of": "(?:scan|report)",\s*"known": \[')
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class SourceFile(NamedTuple):
    """A file to look at.

    :param path: as it is shown, with slashes.
    """

    path: str
    text: str


class Selection(NamedTuple):
    """Which files are looked at, of those below a path.

    :param max_size: the bytes of the largest one.
    :param with_vendored: also what is in folders of others' code.
    :param excluded: patterns of paths that are not looked at.
    :param with_logs: also logs.
    """

    max_size: int = MAX_SIZE
    with_vendored: bool = False
    excluded: tuple[str, ...] = ()
    with_logs: bool = False

    def read(self, path: str) -> Iterator[SourceFile | Skipped]:
        """The files below a path in the order of their names, or that file; what is skipped, too.

        Links are not followed, but for the path itself.
        """
        if os.path.isdir(path):
            yield from self._walk(path)
        else:
            yield self._read_file(path)

    def _walk(self, top: str) -> Iterator[SourceFile | Skipped]:
        ahead = [top]
        while ahead:
            folder = ahead.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                yield Skipped(_shown(folder), _why(error))
                continue
            folders = []
            for entry in entries:
                if why := self._why_not(entry):
                    yield Skipped(_shown(entry.path), why)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    file = self._read_file(entry.path)
                    is_baseline = isinstance(file, SourceFile) and _BASELINE.match(file.text)
                    yield Skipped(file.path, "they are baselines") if is_baseline else file
            ahead += reversed(folders)

    def _why_not(self, entry: os.DirEntry[str]) -> str:
        """Why something in a folder is not looked at; empty if it is."""
        if any(fnmatch(_shown(entry.path), pattern) for pattern in self.excluded):
            return "it is excluded"
        if entry.is_symlink():
            return "links are not followed"
        if entry.is_dir(follow_symlinks=False):
            is_vendored = entry.name in VENDORED and not self.with_vendored
            return (
                "folders of others' code and of what is built are left out" if is_vendored else ""
            )
        if not entry.is_file(follow_symlinks=False):
            return "it is no file"
        is_log = _LOG.search(entry.name) and not self.with_logs
        return _IS_LOG if is_log else ""

    def _read_file(self, path: str) -> SourceFile | Skipped:
        shown = _shown(path)
        try:
            size = os.stat(path).st_size
            if size > self.max_size:
                return Skipped(shown, f"it is larger than {self.max_size} bytes")
            data = Path(path).read_bytes()[: self.max_size]
        except OSError as error:
            return Skipped(shown, _why(error))
        encoding = _MARKS.get(data[:2], "utf-8-sig")
        if encoding == "utf-8-sig" and b"\0" in data[:8192]:
            return Skipped(shown, _BINARY)
        text = data.decode(encoding, "replace")
        if _is_minified(shown, text):
            return Skipped(shown, "it is minified")
        return SourceFile(shown, text)


def _is_minified(path: str, text: str) -> bool:
    if not path.lower().endswith((".js", ".mjs", ".cjs", ".css", ".map")):
        return False
    return ".min." in path or path.endswith(".map") or max(map(len, text.split("\n"))) > _LONG_LINE


def _shown(path: str) -> str:
    """A path in letters that every format takes."""
    text = os.fsencode(os.path.normpath(path)).decode("utf-8", "backslashreplace")
    return "".join(
        letter if letter.isprintable() else f"\\x{ord(letter):02x}"
        for letter in text.replace(os.sep, "/")
    )


def _why(error: OSError) -> str:
    return f"it cannot be read: {(error.strerror or str(error)).lower()}"
