"""What may be shown of a path at which nothing answers. Old clients put their secrets there, with a
missing `?` or as parts of their own.
"""

import re

from legacygrid.auth.claims import looks_like_key

#: The first two parts: `/apiv2/customer.get`. What follows, and what no path of a service has, may
#: be anything.
_HEAD = re.compile(r"(?:/*[\w.-]{0,64}){0,2}")
_SUFFIX = re.compile(r"(.*?\.(?:json|xml))\b")
#: Parts whose successor is a secret: `/api_key/...`.
_NAMES = re.compile(
    r"(?:api_?|x-)?(?:key|user|token|secret|pass(?:word|wd)?|auth(?:orization)?)", re.IGNORECASE
)


def shorten_path(path: str) -> str:
    """The beginning of a path that holds no secret."""
    # It matches at least nothing.
    head = _HEAD.match(path)[0]  # type: ignore[index]
    if ends := _SUFFIX.match(head):
        head = ends[1]
    first, slash, second = head.lstrip("/").partition("/")
    if looks_like_key(first):
        return "/..."
    if _NAMES.fullmatch(first) or looks_like_key(second):
        return f"/{first}{slash}{'...' if second else ''}"
    return head
