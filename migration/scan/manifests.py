"""Libraries that call Web API v2, in the files by which projects name their dependencies."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import PurePath
from typing import NamedTuple


class Library(NamedTuple):
    """A library that calls Web API v2.

    :param name: in its registry.
    :param files: patterns of the names of files that name it.
    :param until: its first version that calls v3; none if no version does.
    :param hint: what to do.
    """

    name: str
    files: tuple[str, ...]
    until: tuple[int, ...]
    hint: str


class Dependency(NamedTuple):
    """Where a file names a library.

    :param version: the one it is about; empty if it names none.
    """

    begin: int
    library: Library
    version: str


_NPM = ("package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")
_PYPI = (
    "*requirements*.txt",
    "*requirements*.in",
    "constraints*.txt",
    "pipfile",
    "pipfile.lock",
    "pyproject.toml",
    "poetry.lock",
    "uv.lock",
    "setup.py",
    "setup.cfg",
)
_GEM = ("gemfile", "gemfile.lock", "gems.rb", "gems.locked", "*.gemspec")
_COMPOSER = ("composer.json", "composer.lock")
_GO = ("go.mod", "go.sum", "gopkg.toml", "gopkg.lock", "glide.yaml")
_JVM = ("pom.xml", "*.gradle", "*.gradle.kts", "*.sbt", "libs.versions.toml", "ivy.xml")
_NUGET = ("*.csproj", "*.vbproj", "*.fsproj", "packages.config", "packages.lock.json", "*.props")

_NEXT = "version {} and later send by v3's mail/send; the calls of it are others"
#: The versions of npm and PyPI were read in the packages on both sides of each bound; those of the
#: other registries are inferred: they could not be asked.
LIBRARIES = (
    Library("sendgrid", _NPM, (3,), _NEXT.format(3) + "; today's package is @sendgrid/mail"),
    Library(
        "nodemailer-sendgrid-transport",
        _NPM,
        (),
        "it wraps `sendgrid` 1.x; nodemailer's SMTP transport with the user `apikey` does the same",
    ),
    Library("sendgrid", _PYPI, (3,), _NEXT.format(3)),
    Library(
        "sendgrid-django", _PYPI, (3,), "it wraps `sendgrid` of PyPI; versions before 3 that of v2"
    ),
    Library("django-anymail", _PYPI, (0, 8), "since 0.8 its SendGrid backend sends by v3"),
    Library("sendgrid-ruby", _GEM, (2,), _NEXT.format(2)),
    Library(
        "sendgrid",
        _GEM,
        (),
        "it writes X-SMTPAPI headers into mail that goes out by SMTP: v3 has fields for them",
    ),
    Library("sendgrid_webapi", _GEM, (), "it is Web API v2 alone"),
    Library("sendgrid_toolkit", _GEM, (), "it is Web API v2 alone"),
    Library("sendgrid/sendgrid", _COMPOSER, (5,), _NEXT.format(5)),
    Library("github.com/sendgrid/sendgrid-go", _GO, (3,), _NEXT.format(3)),
    Library("sendgrid-java", _JVM, (3,), _NEXT.format(3)),
    Library("sendgrid", _NUGET, (7,), _NEXT.format(7)),
)

#: From a name to its version, in every format of these files: what stands between are marks, and
#: words such as `version`.
_BETWEEN = (
    r"(?:[\"'\s:=~^,@(){}\[\]<>!*/|&]|\bversion\b|\bresolved\b|</?artifactId>|\bnpm\b){0,80}?"
)
_VERSION = r"(?P<bound>[<>]=?)?\s*[~^]?=?\s*[\"']?v?(?P<version>\d+(?:\.\d+)*)"


def _pattern(name: str) -> re.Pattern[str]:
    start = rf"(?:(?<![\w./@-])|(?<=node_modules/)|(?<=\s/))(?P<name>{re.escape(name)})(?![\w./-])"
    return re.compile(f"{start}(?:{_BETWEEN}{_VERSION})?", re.IGNORECASE)


_PATTERNS = {library: _pattern(library.name) for library in LIBRARIES}


def is_manifest(path: str) -> bool:
    """Whether a file names dependencies."""
    name = PurePath(path).name.lower()
    return any(fnmatch(name, each) for library in LIBRARIES for each in library.files)


def find_libraries(path: str, text: str) -> Iterator[Dependency]:
    """The libraries that call Web API v2, of those that a file names."""
    name = PurePath(path).name.lower()
    for library, pattern in _PATTERNS.items():
        if not any(fnmatch(name, each) for each in library.files):
            continue
        for match in pattern.finditer(text):
            version = match["version"] or ""
            if _is_old(library, version, match["bound"] or "") and _is_dependency(text, match):
                yield Dependency(match.start("name"), library, version)


def _is_old(library: Library, version: str, bound: str) -> bool:
    if not library.until:
        return True
    if not version:
        return False
    number = tuple(map(int, version.split(".")))
    # `< 3` ends before it.
    return number <= library.until if bound == "<" else number < library.until


def _is_dependency(text: str, match: re.Match[str]) -> bool:
    """Whether a name without version is one: a line of its own, or in quotes."""
    if match["version"]:
        return True
    before = text[max(0, match.start("name") - 1) : match.start("name")]
    return before in ("", "\n", '"', "'", " ")
