"""What processes take, as the system tells it."""

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
