"""Requests that wait for a call or a mail: none of them holds a thread meanwhile, and all together
they take no more of the machine than a part of one worker.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from legacygrid.harness.arrivals import Wait

#: How many times as long as a look in vain took, nobody looks after it: much mail wakes those who
#: wait for other mail, too, and the calls of others come first.
REST = 3


@dataclass
class Look:
    """A look for what a request waits for."""

    was_in_vain: bool = False


class WaitingRoom:
    """Where requests wait."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._closed = asyncio.Event()
        self._next_look = 0.0

    def close(self) -> None:
        """Let nobody wait any more: the server ends. On the loop's thread."""
        self._closed.set()

    async def wait(self, wait: Wait, receive: Callable[[], Awaitable[Any]]) -> Wait | None:
        """Wait until something came in, or no time is left.

        :param receive: of ASGI; it returns once the client closes its side.
        :returns: the same with the time that is left: none if the client sends no more, or the
            server ends; nothing if the client hung up.
        """
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            # The loop may have ended meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(woken.set)

        client, *others = (
            asyncio.ensure_future(each) for each in (receive(), woken.wait(), self._closed.wait())
        )
        try:
            with wait.arrivals.listening(wait, wake):
                await asyncio.wait(
                    (client, *others), timeout=wait.left, return_when=asyncio.FIRST_COMPLETED
                )
        finally:
            for each in (client, *others):
                each.cancel()
        has_closed = client.done() and not client.cancelled()
        if has_closed and client.result()["type"] == "http.disconnect":
            return None
        return replace(wait, deadline=0.0) if has_closed or self._closed.is_set() else wait

    @asynccontextmanager
    async def turn(self, is_last: bool) -> AsyncIterator[Look]:
        """One looks at a time, and rests if that was in vain.

        :param is_last: it looks for the last time, and its client has waited long enough.
        """
        loop = asyncio.get_running_loop()
        async with self._turn:
            if not is_last:
                await asyncio.sleep(self._next_look - loop.time())
            look, begin = Look(), loop.time()
            yield look
            if look.was_in_vain:
                end = loop.time()
                self._next_look = end + REST * (end - begin)
