"""Who may be posted to: this machine, and hosts that the operator names.

Whoever has an account chooses the URL, so it may lead to where only this machine can reach.
"""

import ipaddress
import socket
from collections.abc import Iterable
from typing import NamedTuple, Self

from legacygrid.wsgi.callback_urls import CallbackUrl
from legacygrid.wsgi.hosts import is_loopback

#: In the place of a host: nothing is posted.
OFF = "off"
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: `localhost`, whatever the machine's own table says (RFC 6761).
_LOCALHOST: tuple[_Address, ...] = (
    ipaddress.IPv4Address("127.0.0.1"),
    ipaddress.IPv6Address("::1"),
)
#: Where clouds tell a machine its secrets, beside addresses of one link.
_METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "fd00:ec2::254")))
#: IPv4 behind IPv6 (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Forbidden(Exception):  # noqa: N818 - a decision
    """Nothing may be posted there; the text says why."""


class Unresolved(Exception):  # noqa: N818 - what happened
    """Nobody knows the address of that host."""


class Allowed(NamedTuple):
    """The hosts beside this machine that may be posted to.

    :param hosts: names and addresses, in lower case.
    :param is_off: nothing is posted at all.
    """

    hosts: frozenset[str] = frozenset()
    is_off: bool = False

    @classmethod
    def of(cls, hosts: Iterable[str]) -> Self:
        """What the option `--webhooks` amounts to."""
        named = frozenset(hosts)
        return cls(named - {OFF}, OFF in named)

    @property
    def named(self) -> str:
        """The hosts in words; empty if there are none."""
        return "" if self.is_off else ", ".join(sorted(self.hosts))

    def find_addresses(self, url: CallbackUrl) -> list[str]:
        """The addresses to connect to, the best first. No name is looked up that the operator has
        not named.

        :raises Forbidden: nothing may be posted there.
        :raises Unresolved: there is no such host.
        """
        if self.is_off:
            raise Forbidden("would post; --webhooks off posts nothing")
        is_named = url.host in self.hosts
        if not is_named and not is_loopback(url.host):
            raise Forbidden(f"would post; {url.host} is not this machine: see --webhooks")
        addresses = _resolve(url)
        fit = [each for each in addresses if each.is_loopback or (is_named and _is_usual(each))]
        if not fit:
            raise Forbidden(
                f"would post; {url.host} is at {addresses[0]}, which is never posted to"
            )
        return list(dict.fromkeys(map(str, fit)))


def _resolve(url: CallbackUrl) -> list[_Address]:
    try:
        return [_plain(url.host)]
    except ValueError:
        pass
    if is_loopback(url.host):
        return list(_LOCALHOST)
    try:
        found = socket.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unresolved(f"there is no host {url.host}: {error}") from None
    return [_plain(str(each[4][0]).partition("%")[0]) for each in found]


def _plain(address: str) -> _Address:
    """An address, or that of IPv4 which one of IPv6 stands for.

    :raises ValueError: it is none.
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv4Address):
        return found
    if found in _NAT64:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found


def _is_usual(address: _Address) -> bool:
    """Whether it may be posted to once its host is named."""
    is_odd = address.is_link_local or address.is_multicast or address.is_unspecified
    return not (is_odd or address.is_reserved or address in _METADATA)
