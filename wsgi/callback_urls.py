"""URLs of others, to which something is posted: as accounts set them, and as they may be shown."""

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
#: A name and a password before the host.
_LOGIN = re.compile(r"\A((?:[A-Za-z][A-Za-z0-9+.-]*:(?=//))?/*)[^/?#]*@")
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?")
_PORTS = {"http": 80, "https": 443}
#: What a path and a query may hold as it is; all else is encoded.
_SAFE = "!#$%&'()*+,/:;=?@[]~"


class CallbackUrl(NamedTuple):
    """Where something is posted.

    :param host: a name or an address, in lower case, without brackets.
    :param target: path and query.
    :param login: name and password for HTTP Basic, if the URL has them.
    """

    scheme: str
    host: str
    port: int
    target: str
    login: tuple[str, str] | None = None


def read_url(url: str) -> CallbackUrl:
    """Where a URL leads; without a scheme, it is http.

    :raises ValueError: that is no URL of a server.
    """
    text = url.strip()
    if not _SCHEME.match(text):
        text = f"http://{text.lstrip('/')}"
    parts = urlsplit(text)
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise ValueError("it is neither http nor https")
    login = None
    if parts.username is not None:
        login = unquote(parts.username), unquote(parts.password or "")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return CallbackUrl(
        scheme,
        read_host(parts.hostname or ""),
        _PORTS[scheme] if parts.port is None else parts.port,
        quote(target, safe=_SAFE),
        login,
    )


def read_host(host: str) -> str:
    """A host in lower case, a name of other letters as DNS has it.

    :raises ValueError: it is neither a name nor an address.
    """
    bare = host.strip("[]")
    try:
        return str(ip_address(bare))
    except ValueError:
        name = host.encode("idna").decode("ascii").lower() if host else ""
        if not _NAME.fullmatch(name):
            raise ValueError("it is neither a name nor an address") from None
        return name


def mask_url(url: str) -> str:
    """A URL as it may be shown: without the name and the password in it."""
    return _LOGIN.sub(r"\1***@", url.strip())


def is_masked(url: str) -> bool:
    """Whether that is a URL as it may be shown, of one that has a name and a password."""
    return _LOGIN.sub(r"\1", url.strip()) != url.strip() == mask_url(url)
