"""SendGrid's host, with a path behind it that comes with an argument: `apiv2/` may be in that."""

import re
from collections.abc import Iterator

from legacygrid.migration.names import FORMATS
from legacygrid.migration.scan.signs import HOLE, Sign, match_names

_HOST = r"\bhttps?://(?:(?:api|www)\.)?sendgrid\.com(?::\d+)?"
_OPEN_PATH = re.compile(rf"{_HOST}/?({HOLE}[\w./{HOLE}]*)", re.IGNORECASE)
#: Links lead to the website, mostly with a slash; settings have its bare host.
_ALONE = re.compile(
    r"\s*(?:https?://api\.sendgrid\.com(?::\d+)?/?"
    r"|(?:[\w.-]{1,80}[=:])?(?:https?://)?(?:api\.)?sendgrid\.com(?::\d+)?)\s*",
    re.IGNORECASE,
)
#: v3 has its version in the path, and its keys in a header.
_OF_V3 = re.compile(r"\bv3\b|\bBearer\b|SENDGRID_API_KEY|@sendgrid/|\bSG\.\w")
_PREFIX = re.compile(r"/?(?:apiv2|api)/")


def find_after_host(text: str) -> Iterator[Sign]:
    """What stands right after the host and begins with something known at run time alone. The
    format behind it is v2's own: such a one is certain.
    """
    for match in _OPEN_PATH.finditer(text):
        written = match[1].rstrip("/.")
        bare, _, suffix = written.rpartition(".")
        is_format = suffix in FORMATS
        name = bare if is_format else written
        # The first part may be `apiv2` alone.
        last = name.partition("/")[2] or name
        names = match_names(last.strip("/") or HOLE)
        yield Sign(match.start(1), name, suffix if is_format else "", names, is_format)


def without_prefix(name: str) -> str:
    """The name of an operation in a path that an argument has."""
    bare = _PREFIX.sub("", name, count=1)
    stem, _, suffix = bare.rpartition(".")
    return stem if suffix in FORMATS else bare


def is_host_alone(text: str) -> bool:
    """Whether a text is the host, or a URL up to it, such as a setting has."""
    return bool(_ALONE.fullmatch(text))


def speaks_of_v3(text: str) -> bool:
    """Whether a file has what clients of v3 have."""
    return bool(_OF_V3.search(text))
