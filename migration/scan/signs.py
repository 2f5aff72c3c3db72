"""What marks Web API v2 in a text, whatever the language.

A text may have holes: parts that are only known at run time. Each is one HOLE.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from legacygrid.migration.names import FORMATS, operations

HOLE = "\ufffc"
#: No file that is worth parsing is without one of these.
HINT = re.compile(
    r"sendgrid|apiv2|api_user|/api\b|\b(?:customer|eventposturl|filter|invalidemails|spamreports"
    r"|unsubscribes|bounces|blocks|credentials|newsletter)[./]|\bmail\.send\b",
    re.IGNORECASE,
)
#: A file with one of these calls Web API v2, and the bare names in it are operations.
EVIDENCE = re.compile(
    r"\bapiv2\b|\bapi_user\b|sendgrid\.com\\?/api\b(?!\\?/v3)|api\\?/mail\.send\.(?:json|xml)",
    re.IGNORECASE,
)
#: Whose `api_user` and `api_key` are another service's.
OTHER_SERVICE = re.compile(r"\bsmtps\.jp\b", re.IGNORECASE)
#: Modules whose names mean nothing else in most programs.
DISTINCT = ("customer.", "eventposturl.", "invalidemails.", "spamreports.", "unsubscribes.")

#: So many letters after the host, a path is its own.
_NEAR = 200
_MODULES = sorted({re.split("[./]", name)[0] for name in operations()})
_IN_PATH = re.compile(rf"/(apiv2|api)/([A-Za-z{HOLE}][\w./{HOLE}]*)")
_BASE_URL = re.compile(r"\bsendgrid\.com(?::\d+)?/(?:api|apiv2)/?(?:[a-z]+\.)?\s*$", re.IGNORECASE)
_BARE = re.compile(rf"(?<![\w.@$-])(?:{'|'.join(_MODULES)})[./][\w./{HOLE}]+")
_HOST = re.compile(r"\bsendgrid\.com(?::\d+)?\b", re.IGNORECASE)
#: A body has the same fields without a question mark.
_KEY_IN_QUERY = re.compile(r"\?(?:[^?\s]*&)?api_key=")
_PARTS = re.compile(f"({HOLE})")


class Sign(NamedTuple):
    """Where a text names an operation, or something like one.

    :param begin: its place in the text.
    :param name: as it is written, without the format.
    :param format: of the answer; a HOLE, or empty if it is not written.
    :param names: the operations that it may be; none if it is none.
    :param is_certain: Web API v2's prefix or host says so; otherwise other signs have to.
    """

    begin: int
    name: str
    format: str
    names: tuple[str, ...]
    is_certain: bool

    @property
    def is_built(self) -> bool:
        """Whether a part of its name is known at run time alone."""
        return HOLE in self.name


def find_in_urls(text: str) -> Iterator[Sign]:
    """What stands after `/apiv2/` or `/api/`; after the latter, only what may be ours."""
    for match in _IN_PATH.finditer(text):
        prefix, written = match[1], match[2]
        if written.rstrip("./") in _MODULES:
            continue
        name, suffix, names = _read(written, f"/{prefix}/")
        is_ours = prefix == "apiv2" or _is_after_host(text, match.start())
        is_whole = bool(names) and suffix in FORMATS and HOLE not in name
        if is_ours or names:
            yield Sign(match.start(2), name, suffix, names, is_ours or is_whole)


def find_bare(text: str) -> Iterator[Sign]:
    """The operations that a text without white space names: `customer.add`, or
    `customer.{action}.json`.
    """
    if len(text) > 300 or any(map(str.isspace, text.strip())):
        return
    for match in _BARE.finditer(text.partition("?")[0]):
        name, suffix, names = _read(match[0], "")
        if names and (HOLE not in name or suffix or name.startswith(DISTINCT)):
            yield Sign(match.start(), name, suffix, names, suffix in FORMATS and HOLE not in name)


def _is_after_host(text: str, place: int) -> bool:
    return bool(_HOST.search(text, max(0, place - _NEAR), place))


def is_base_url(text: str) -> bool:
    """Whether a text is a URL up to where the name of an operation begins."""
    return bool(_BASE_URL.search(text))


def has_host(text: str) -> bool:
    """Whether a text has SendGrid's host."""
    return bool(_HOST.search(text))


def has_key_in_query(text: str) -> bool:
    """Whether a text is a URL with `api_key` in its query."""
    return bool(_KEY_IN_QUERY.search(text))


def show(name: str, holes: tuple[str, ...]) -> str:
    """A name with its holes as `{what stands there}`.

    :param holes: what stands in each hole of the name, in order.
    """
    first, *others = name.split(HOLE)
    filled = zip(holes, others, strict=False)
    return first + "".join(f"{{{hole}}}{part}" for hole, part in filled)


@cache
def match_names(name: str, prefix: str = "") -> tuple[str, ...]:
    """The operations that a name with holes may be.

    :param prefix: that of the operations; any, if it is empty.
    """
    parts = ("[A-Za-z_./]+" if part == HOLE else re.escape(part) for part in _PARTS.split(name))
    pattern = re.compile("".join(parts))
    return tuple(
        each.name
        for each in operations().values()
        if (not prefix or each.prefix == prefix) and pattern.fullmatch(each.name)
    )


def _read(written: str, prefix: str) -> tuple[str, str, tuple[str, ...]]:
    """A name, the format that follows it, and the operations that it may be."""
    written = written.rstrip("/.")
    bare, _, suffix = written.rpartition(".")
    if suffix in FORMATS:
        return bare, suffix, match_names(bare, prefix)
    # `customer.add.{format}`, but not `customer.{action}`.
    if suffix == HOLE and (HOLE in bare or match_names(bare, prefix)):
        return bare, HOLE, match_names(bare, prefix)
    return written, "", match_names(written, prefix)
