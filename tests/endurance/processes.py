"""What processes take, as the system tells it."""

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Sample(NamedTuple):
    """Of one process at a moment of the monotonic clock.

    :param memory: MiB: its own, and its share of what others have, too (Pss).
    """

    at: float
    process: int
    memory: float
    files: int
    threads: int


def take(process: int) -> Sample | None:
    """A sample; none if the process is gone."""
    place = Path("/proc") / str(process)
    with suppress(OSError):
        found = re.search(r"^Pss:\s+(\d+) kB", (place / "smaps_rollup").read_text(), re.MULTILINE)
        if found:
            files, threads = len([*(place / "fd").iterdir()]), len([*(place / "task").iterdir()])
            return Sample(time.monotonic(), process, int(found[1]) / 1024, files, threads)
    return None


class Spent(NamedTuple):
    """What the machine's processors did for a while.

    :param own: seconds for the processes that are looked at.
    :param others: the share that was taken by anybody but those and this one: 0 to 1.
    """

    own: float
    others: float


class Processors:
    """What the machine's processors did since the last look.

    :param processes: those that are looked at.
    """

    def __init__(self, processes: list[int]) -> None:
        self._processes = processes
        self._last = self._read()

    def look(self) -> Spent:
        """What they did since the last look."""
        before, self._last = self._last, self._read()
        whole, idle, own, here = (now - then for now, then in zip(self._last, before, strict=True))
        others = max(0.0, 1 - (idle + own + here) / whole) if whole else 0.0
        return Spent(own / os.sysconf("SC_CLK_TCK"), others)

    def _read(self) -> tuple[int, int, int, int]:
        ticks = [int(each) for each in Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]]
        own = sum(map(_ticks_of, self._processes))
        return sum(ticks), ticks[3] + ticks[4], own, _ticks_of(os.getpid())


def _ticks_of(process: int) -> int:
    with suppress(OSError):
        told = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
        return int(told[11]) + int(told[12])
    return 0
