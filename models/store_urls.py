"""Database URLs: which file one names, and how it is shown to people."""

from pathlib import Path
from urllib.parse import urlsplit

_SQLITE = "sqlite:///"
#: A store that goes with its process.
MEMORY = f"{_SQLITE}:memory:"


def file_of(url: str) -> Path | None:
    """The file that a URL names, absolute; none if it names none."""
    path = url.removeprefix(_SQLITE)
    if path in (url, "", ":memory:"):
        return None
    return Path(path).absolute()


def hide_password(url: str) -> str:
    """A URL as it may be shown: `***` where the password is."""
    if url.startswith("sqlite:"):
        return url
    scheme = url.partition("://")[0]
    try:
        address = urlsplit(url)
        # libpq takes one among the parameters, too.
        is_plain = "password" not in address.query and "@" not in address.path
        user, host = address.username or "", address.netloc.rpartition("@")[2]
    except ValueError:
        is_plain = False
    if not is_plain:
        return f"{scheme}://..."
    hidden = f"{user}:***@" if address.password else f"{user}@" if user else ""
    tail = f"?{address.query}" if address.query else ""
    return f"{scheme}://{hidden}{host}{address.path}{tail}"
