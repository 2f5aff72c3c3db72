"""How far something is, on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from legacygrid.wsgi.values import spell_out


@contextmanager
def show_progress(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """A progress bar on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    label = spell_out(label)
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update
