"""What a report is made of: files, folders, and running emulators."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext

from legacygrid.migration.control_api import (
    AdminToken,
    ControlApiError,
    RunningEmulator,
    without_login,
)
from legacygrid.migration.report.files import SourceError, list_files, read_file
from legacygrid.migration.report.live import count_calls, read_journal
from legacygrid.migration.report.observed_calls import Observed
from legacygrid.wsgi.values import spell_out

#: Shows how far the reading of a source is: of its name and its size, what is called with how much
#: of that was read since.
Progress = Callable[[str, int], AbstractContextManager[Callable[[int], object]]]


def tell_nobody(source: str, size: int) -> AbstractContextManager[Callable[[int], object]]:
    """Show no progress."""
    return nullcontext(lambda done: None)


def read_sources(
    sources: Iterable[str], token: AdminToken, progress: Progress = tell_nobody
) -> Iterator[Observed]:
    """The calls of all sources.

    :param sources: URLs of emulators, files, and folders with files.
    :param token: of the control API of those emulators.
    :raises SourceError: one cannot be read.
    """
    try:
        for source in sources:
            yield from _read_source(source, token, progress)
    except OSError as error:
        raise SourceError(f"{error.filename} cannot be read: {error.strerror}") from None
    except ControlApiError as error:
        raise SourceError(str(error)) from None


def _read_source(source: str, token: AdminToken, progress: Progress) -> Iterator[Observed]:
    if is_url(source):
        with (
            closing(RunningEmulator(source, token)) as emulator,
            progress(emulator.url, count_calls(emulator)) as tell,
        ):
            yield from read_journal(emulator.open, tell)
        return
    for path in list_files(source):
        with progress(path, os.stat(path).st_size) as tell:
            yield from read_file(path, tell)


def is_url(source: str) -> bool:
    """Whether a source is a running emulator."""
    return source.startswith(("http://", "https://"))


def name_of(source: str) -> str:
    """A source as it may be shown: URLs may have a password within, names of files anything."""
    return spell_out(without_login(source) if is_url(source) else source)
