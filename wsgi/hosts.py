"""Where a request comes from, and whether an address is this machine's own."""

import ipaddress
from collections.abc import Mapping
from typing import Any


def remote_address(environ: Mapping[str, Any]) -> str:
    """The IP address of the client; the empty text if the server does not know it."""
    return str(environ.get("REMOTE_ADDR") or "")


def is_loopback(host: str) -> bool:
    """Whether an IP address or a name is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
