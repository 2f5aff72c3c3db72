"""The addresses that a server listens at: one port, at each of them."""

import errno
import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from legacygrid.server.connection_counts import ConnectionCounts

LOOPBACK = "127.0.0.1"
#: Connections that may wait to be taken.
BACKLOG = 2048
#: How often another free port is tried, where one has to be free at several addresses.
_ATTEMPTS = 20
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - as addresses are written
#: What a name stands for where both families are there; the first has to be.
_BOTH = {"localhost": ("127.0.0.1", "::1"), "::": ("::", "0.0.0.0")}  # noqa: S104
_NO_SUCH_FAMILY = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


def open_sockets(hosts: Iterable[str], port: int) -> list[socket.socket]:
    """Listen at each of these addresses, at the same port.

    :param hosts: addresses or names; `localhost` and `::` are both families, as far as this
        machine has them.
    :param port: 0 takes one that is free at all of them.
    :raises OSError: one cannot be listened at.
    """
    hosts = list(hosts)
    addresses = list(dict.fromkeys(each for host in hosts for each in _BOTH.get(host, (host,))))
    implied = {address for host in hosts for address in _BOTH.get(host, ())[1:]} - set(hosts)
    # What listens everywhere has the single addresses of its family, too.
    everywhere = [address for address in addresses if address in _ANYWHERE]
    addresses = [
        address
        for address in addresses
        if address in _ANYWHERE or _family(address) not in map(_family, everywhere)
    ]
    for attempt in range(_ATTEMPTS):
        try:
            return _open(addresses, implied, port)
        except OSError as error:
            is_taken = port == 0 and error.errno == errno.EADDRINUSE
            if not is_taken or attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError


def _open(addresses: Sequence[str], implied: set[str], port: int) -> list[socket.socket]:
    opened: list[socket.socket] = []
    for address in addresses:
        try:
            opened.append(_listen(address, port))
        except OSError as error:
            if address in implied and error.errno in _NO_SUCH_FAMILY:
                continue
            for each in opened:
                each.close()
            raise
        port = port_of(opened[0])
    return opened


def _listen(address: str, port: int) -> socket.socket:
    return socket.create_server((address, port), family=_family(address), backlog=BACKLOG)


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class SharedSocket(socket.socket):
    """One at which other processes take clients, too."""


class Ports:
    """Where a server's sockets come from: it opens them itself."""

    #: Whether other processes take clients of the same sockets, and how many each has.
    are_shared = False
    counts: "ConnectionCounts | None" = None

    def open(self, name: str, hosts: Iterable[str], port: int) -> Sequence[socket.socket]:
        """Sockets that listen; see `open_sockets`.

        :param name: of what is spoken there: `http`, `tls`, `proxy` or `smtp`.
        """
        return open_sockets(hosts, port)


class InheritedPorts(Ports):
    """Those that the process which started this one has opened; all others are its own.

    :param descriptors: of the sockets, by the name of what is spoken there.
    :param counts: of the connections of those who take clients there.
    """

    are_shared = True

    def __init__(
        self, descriptors: Mapping[str, Sequence[int]], counts: "ConnectionCounts"
    ) -> None:
        self._descriptors = descriptors
        self.counts = counts

    def open(self, name: str, hosts: Iterable[str], port: int) -> Sequence[socket.socket]:
        """Sockets that listen."""
        if name not in self._descriptors:
            return super().open(name, hosts, port)
        return [SharedSocket(fileno=each) for each in self._descriptors[name]]


def port_of(listening: socket.socket) -> int:
    """The port that a socket listens at."""
    port: int = listening.getsockname()[1]
    return port


def reachable(host: str) -> str:
    """An address at which this machine reaches what listens there."""
    return _ANYWHERE.get(host, host)


def bracketed(host: str) -> str:
    """An address as it stands before a port."""
    return f"[{host}]" if ":" in host else host


def url(scheme: str, host: str, port: int) -> str:
    """The base URL of an address, by which this machine reaches it."""
    return f"{scheme}://{bracketed(reachable(host))}:{port}"
