"""Where the v3 side is that the bridge speaks to."""

from typing import NamedTuple

from legacygrid.migration.bridge.service_url import ServiceUrl
from legacygrid.reasons import SetupError
from legacygrid.wsgi.hosts import is_loopback

_USUAL_PORTS = {"https": 443, "http": 80}


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
        """Read a URL; `/v3` at its end counts as not given.

        :raises SetupError: keys must not go there.
        """
        url = ServiceUrl.parse(text, "the upstream", "https://api.sendgrid.com", _USUAL_PORTS)
        if url.scheme == "http" and not is_loopback(url.host):
            text = f"{url.host} is reached over a network, where keys need https"
            raise SetupError(f"{text}; http is for this machine alone")
        # Each path of v3 begins with it.
        return cls(url.scheme, url.host, url.port, url.path.removesuffix("/v3").rstrip("/"))
