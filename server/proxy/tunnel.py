"""A tunnel through the proxy: two connections, each of which gets what arrives at the other."""

import asyncio

from legacygrid.server.http_protocol import LINGER


async def wait_for_both(near: asyncio.Future[None], far: asyncio.Future[None]) -> None:
    """Wait until both ends are gone. The second has LINGER seconds to take what is on its way."""
    await asyncio.wait((near, far), return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait((near, far), timeout=LINGER)


class End(asyncio.Protocol):
    """One end of a tunnel: what arrives goes out at the other end, as fast as that takes it."""

    def __init__(self, other: asyncio.Transport) -> None:
        self._other = other
        self.lost = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Some bytes."""
        self._other.write(data)

    def eof_received(self) -> bool:
        """This side sends no more; it may still read."""
        if not self._other.is_closing():
            self._other.write_eof()
        return True

    def pause_writing(self) -> None:
        """This end is full."""
        if not self._other.is_closing():
            self._other.pause_reading()

    def resume_writing(self) -> None:
        """This end takes more."""
        if not self._other.is_closing():
            self._other.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the other end, too."""
        self._other.close()
        self.lost.set_result(None)


class FarEnd(End):
    """The server's end."""

    def eof_received(self) -> bool:
        """The server sends no more, and then it does not read either."""
        return False
