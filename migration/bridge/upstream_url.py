"""Where the v3 side is that the bridge speaks to."""

from typing import NamedTuple
from urllib.parse import urlsplit

from legacygrid.reasons import SetupError
from legacygrid.wsgi.hosts import is_loopback


class UpstreamUrl(NamedTuple):
    """Where v3 is.

    :param root: what the path begins with, without a slash at its end.
    """

    scheme: str
    host: str
    port: int
    root: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.root}"

    @classmethod
    def parse(cls, text: str) -> "UpstreamUrl":
        """Read a URL.

        :raises SetupError: keys must not go there.
        """
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise SetupError("the upstream is no URL") from None
        if parts.scheme not in ("https", "http") or not host:
            raise SetupError("the upstream is a URL such as https://api.sendgrid.com")
        if parts.username is not None or parts.query or parts.fragment:
            raise SetupError("the upstream has a name, a query or a fragment, which v3 has not")
        if parts.scheme == "http" and not is_loopback(host):
            text = f"{host} is reached over a network, where keys need https"
            raise SetupError(f"{text}; http is for this machine alone")
        usual = 443 if parts.scheme == "https" else 80
        return cls(parts.scheme, host, port or usual, parts.path.rstrip("/").removesuffix("/v3"))
