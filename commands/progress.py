"""How far something is: a bar on a terminal, a line now and then elsewhere."""

import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from legacygrid.harness.watching import Watch, unwatched
from legacygrid.wsgi.values import spell_out

#: Seconds between lines, the first of which comes after as many.
PACE = 10.0


@contextmanager
def show_progress(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """Show on standard error how far something of that length is, how fast, and how long it takes
    yet.
    """
    label, progress = spell_out(label), _Progress(length)
    if not sys.stderr.isatty():

        def tell(done: int) -> None:
            if progress.add(done):
                click.echo(f"{label}: {progress}", err=True)

        yield tell
        return
    with click.progressbar(
        length=length, label=label, file=sys.stderr, item_show_func=_show
    ) as bar:

        def update(done: int) -> None:
            progress.add(done)
            bar.update(done, progress.rate)

        yield update


def _show(rate: Any) -> str | None:
    """What stands behind the bar."""
    return str(rate) if rate else None


def watch_unless(is_quiet: bool) -> Watch:
    """What shows progress, or nothing."""
    return unwatched if is_quiet else show_progress


def watch_server(level: int, params: Mapping[str, Any]) -> Watch:
    """What shows the progress of a server that begins: nothing where its log is to be terse, or is
    read by a program.

    :param level: that of its log.
    :param params: its options.
    """
    return watch_unless(level > logging.INFO or params["log_format"] != "text")


class _Progress:
    """How far it is."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._done = 0
        self._began = self._told = time.monotonic()

    def add(self, done: int) -> bool:
        """So much was done since; whether it is time for a line."""
        self._done += done
        now = time.monotonic()
        if now - self._told < PACE:
            return False
        self._told = now
        return True

    @property
    def rate(self) -> str:
        """How fast it is."""
        return f"{self._done / max(time.monotonic() - self._began, 0.001):,.0f}/s"

    def __str__(self) -> str:
        taken = time.monotonic() - self._began
        left = taken * (self._length - self._done) / max(self._done, 1)
        share = self._done / max(self._length, 1)
        return f"{share:.0%}, {self.rate}, {max(left, 0):,.0f} s left"
