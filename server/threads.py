"""Threads that work for an event loop."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

T = TypeVar("T")


class _Work(NamedTuple):
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    function: Callable[[], Any]

    def carry_out(self, end: Callable[..., None]) -> None:
        """Do it, and let the loop call `end` with the future and how to settle it."""
        settle: Callable[[], None] | None = None
        if not self.future.cancelled():
            try:
                settle = partial(self.future.set_result, self.function())
            except BaseException as error:
                settle = partial(self.future.set_exception, error)
        # A loop that was closed meanwhile waits for nothing.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(end, self.future, settle)


class Threads:
    """The threads of one lane. They do what an executor of asyncio does, with one future and one
    queue where that has two futures and several locks a piece of work.

    :param most: of them; each is started when it is first needed.
    """

    def __init__(self, most: int, lane: Lane) -> None:
        self._most = most
        self._lane = lane
        #: Those that there are.
        self.started: list[threading.Thread] = []
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        #: How much has not ended yet; the loop alone counts it.
        self._pending = 0

    def run(self, function: Callable[..., T], *arguments: object) -> "asyncio.Future[T]":
        """Do something on one of them, for the loop that runs here.

        :returns: what it returns or raises. If that is cancelled before it begins, it is not done.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._pending += 1
        if len(self.started) < min(self._pending, self._most):
            self._start()
        self._queue.put(_Work(loop, future, partial(function, *arguments)))
        return future

    def shutdown(self) -> None:
        """Wait for what is in hand, and end them."""
        for _ in self.started:
            self._queue.put(None)
        for each in self.started:
            each.join()

    def _start(self) -> None:
        name = f"legacygrid-{self._lane.value}_{len(self.started)}"
        thread = threading.Thread(target=self._work, name=name, daemon=True)
        self.started.append(thread)
        thread.start()

    def _work(self) -> None:
        blocking.enter(self._lane)
        while (work := self._queue.get()) is not None:
            work.carry_out(self._end)
            # Nothing of it is kept while the thread waits.
            del work

    def _end(self, future: "asyncio.Future[Any]", settle: Callable[[], None] | None) -> None:
        self._pending -= 1
        if settle is not None and not future.done():
            settle()
