"""Behind a proxy: who the client is, and by which URL it asks, as far as the proxy is trusted to
say.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from legacygrid.wsgi.environ_keys import ASKED_HOST
from legacygrid.wsgi.hosts import remote_address
from legacygrid.wsgi.worlds import Wsgi

#: What may be in a URL's host and port, and in its path's begin.
HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
#: An address with a port, as some proxies write it.
_WITH_PORT = re.compile(r"\[(.*)\](?::\d+)?|([\d.]+):\d+")


class TrustedProxies:
    """The networks whose proxies are believed.

    :raises ValueError: one is no network.
    """

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(each, strict=False) for each in networks]

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __contains__(self, address: object) -> bool:
        ip = _read_address(str(address))
        return ip is not None and any(ip in network for network in self._networks)

    def find_client(self, hops: str) -> str:
        """The address that is nearest to us and not a proxy's own; the empty text where the proxy
        does not say.

        :param hops: X-Forwarded-For, to which each proxy adds whom it hears.
        """
        client = ""
        for hop in reversed(hops.split(",")):
            ip = _read_address(hop.strip())
            if ip is None:
                # Whoever wrote that, what is before it is hearsay.
                return ""
            client = str(ip)
            if client not in self:
                return client
        return client


@lru_cache(4096)
def _read_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    with_port = _WITH_PORT.fullmatch(text)
    if with_port:
        text = with_port[1] or with_port[2]
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip


def mount(app: Wsgi, trusted: TrustedProxies) -> Wsgi:
    """The application as clients see it through trusted proxies. Of what others send, nothing is
    taken.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if remote_address(environ) in trusted:
            # A client that a proxy does not name is unknown, and never this machine.
            hops = environ.get("HTTP_X_FORWARDED_FOR", "")
            environ["REMOTE_ADDR"] = trusted.find_client(hops)
            _take_url(environ)
        return app(environ, start_response)

    return answer


def _take_url(environ: dict[str, Any]) -> None:
    scheme, host, prefix = (
        environ.get(f"HTTP_X_FORWARDED_{name}", "").rpartition(",")[2].strip()
        for name in ("PROTO", "HOST", "PREFIX")
    )
    if scheme.lower() in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme.lower()
    if HOST.fullmatch(host):
        set_host(environ, host)
    if PREFIX.fullmatch(prefix.rstrip("/")):
        set_prefix(environ, prefix.rstrip("/"))


def set_host(environ: dict[str, Any], host: str) -> None:
    """Let a request have been for another host; the one that it named is kept."""
    environ.setdefault(ASKED_HOST, environ.get("HTTP_HOST", ""))
    environ["HTTP_HOST"] = host


def set_prefix(environ: dict[str, Any], prefix: str) -> None:
    """Let a request have been under a path, whether a proxy has taken it off or not.

    :param prefix: without a slash at its end.
    """
    environ["SCRIPT_NAME"] = prefix
    rest = environ["PATH_INFO"].removeprefix(prefix)
    if rest.startswith("/"):
        environ["PATH_INFO"] = rest
    elif not rest:
        environ["PATH_INFO"] = "/"
