"""The URL of a server that the bridge speaks to: v3, or an SMTP server."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from legacygrid.reasons import SetupError


class ServiceUrl(NamedTuple):
    """Where a server is.

    :param path: without a slash at its end.
    """

    scheme: str
    host: str
    port: int
    path: str = ""

    @classmethod
    def parse(cls, text: str, name: str, example: str, ports: Mapping[str, int]) -> "ServiceUrl":
        """Read a URL. What it may hold of a log-in is refused and not repeated, as command lines
        are read by others.

        :param name: of the server, in a sentence.
        :param ports: the usual one of each scheme that there may be.
        :raises SetupError: it is no such URL.
        """
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise SetupError(f"{name} is no URL")
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise SetupError(f"{name} is no URL") from None
        if parts.scheme not in ports or not host or port == 0:
            raise SetupError(f"{name} is a URL such as {example}")
        if parts.username is not None or "?" in text or "#" in text:
            raise SetupError(f"{name} has a name, a query or a fragment in its URL: leave it out")
        return cls(parts.scheme, host, port or ports[parts.scheme], parts.path.rstrip("/"))
