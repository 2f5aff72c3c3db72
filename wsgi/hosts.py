"""Where a request comes from, and whether an address is this machine's own."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit


def remote_address(environ: Mapping[str, Any]) -> str:
    """The IP address of the client; the empty text if the server does not know it."""
    return str(environ.get("REMOTE_ADDR") or "")


def name_of_host(host: str) -> str:
    """The name or the address in a Host header, without its port; empty if it cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether an IP address or a name is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@lru_cache(4096)
def source_of(address: str) -> str:
    """Whom an IP address counts as, where clients are counted: each IPv4 address is one, and so is
    each /64 of IPv6, as most machines have a whole one. What is no address counts as it is.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((int(ip) >> 64 << 64, 64)))
