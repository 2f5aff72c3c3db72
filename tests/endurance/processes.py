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


class Processors:
    """What the machine's processors did since the last look."""

    def __init__(self, processes: list[int]) -> None:
        self._processes = [*processes, os.getpid()]
        self._last = self._read()

    def of_others(self) -> float:
        """The share of them that was taken by anybody but these processes and this one: 0 to 1."""
        before, self._last = self._last, self._read()
        whole, idle, own = (now - then for now, then in zip(self._last, before, strict=True))
        return max(0.0, 1 - (idle + own) / whole) if whole else 0.0

    def _read(self) -> tuple[int, int, int]:
        ticks = [int(each) for each in Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]]
        return sum(ticks), ticks[3] + ticks[4], sum(map(_own_ticks, self._processes))


def _own_ticks(process: int) -> int:
    with suppress(OSError):
        told = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
        return int(told[11]) + int(told[12])
    return 0
