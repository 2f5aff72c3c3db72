"""Reports over a million calls: how long they take, and how much memory."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from journals import full_journal
from processes import LEGACYGRID
from scenery import Figure, at_most, plant

CALLS = 1_000_000
#: Seconds and MiB of one report.
LIMIT, LARGEST = 60, 200
OPERATIONS = (
    "customer.profile",
    "customer.add",
    "customer.disable",
    "customer.limit",
    "customer.sendip",
)


def measure_reports(folder: Path) -> Iterator[Figure]:
    """A report over an access log, an export of a journal, and the journal of a running emulator."""
    yield from _measure("an access log", str(_write_log(folder)))
    yield from _measure("an export of a journal", str(_write_journal(folder)))
    with full_journal(plant(folder / "reports.db", 10)) as served:
        yield from _measure("a running emulator", f"http://127.0.0.1:{served.port}")


def _measure(title: str, source: str) -> Iterator[Figure]:
    """A report over a source."""
    seconds, mebibytes = _report(source)
    yield at_most(f"legacygrid migrate report over {title}", seconds, LIMIT, "s")
    yield at_most("its memory", mebibytes, LARGEST, "MiB", digits=0)


def _write_log(folder: Path) -> Path:
    path = folder / "access.log"
    with path.open("w") as file:
        for number, operation in enumerate(islice(cycle(OPERATIONS), CALLS)):
            moment = f"10/Oct/2023:{number // 41_667:02d}:{number // 694 % 60:02d}:{number % 60:02d} +0000"
            query = (
                f"api_user=caller-{number % 40}&api_key=key&user=subuser-{number % 900}&task=get"
            )
            file.write(
                f'192.0.2.1 - - [{moment}] "GET /apiv2/{operation}.json?{query} HTTP/1.1" 200 20\n'
            )
    return path


def _write_journal(folder: Path) -> Path:
    path = folder / "journal.json"
    call = {
        "method": "POST",
        "task": "",
        "format": "json",
        "credentials_from": "body",
        "status": 200,
        "outcome": "done",
    }
    with path.open("w") as file:
        file.write('{"requests": [')
        for number, operation in enumerate(islice(cycle(OPERATIONS[1:3]), CALLS)):
            moment = (
                f"2023-10-10T{number // 41_667:02d}:{number // 694 % 60:02d}:{number % 60:02d}.000Z"
            )
            own = {
                "id": number,
                "time": moment,
                "path": f"/apiv2/{operation}.json",
                "operation": operation,
            }
            whose = {
                "caller": f"caller-{number % 40}",
                "params": {"user": f"subuser-{number % 900}"},
            }
            file.write(("," if number else "") + json.dumps({**call, **own, **whose}))
        file.write("]}")
    return path


def _report(source: str) -> tuple[float, float]:
    """Seconds and MiB of a report by the command itself."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [LEGACYGRID, "migrate", "report", source, "--lang", "none"], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, "the report failed"
    return time.perf_counter() - begun, used.ru_maxrss / 1024
