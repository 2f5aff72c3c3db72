"""What clients without an account, who guess passwords, do to the writes of another."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

from processes import Load, Served, emulator, load
from scenery import (
    FRESH,
    NAME,
    PROFILE_GET,
    Figure,
    at_most,
    form,
    new_subuser,
    plant,
    post,
    subuser,
)

GUESSERS = 64
COST = 10
#: Their names are nobody's, or all guess at one that is somebody's.
GUESSES = {
    "any names": {"api_user": f"guess-{FRESH}", "api_key": "wrong"},
    "one login": {"api_user": NAME, "api_key": f"wrong-{FRESH}"},
}


def _add(number: int) -> bytes:
    """A write that hashes a new password, with names that no other part uses."""
    return new_subuser(f"new{number}-{FRESH}")


def _disable(number: int) -> bytes:
    """One that does not."""
    return form(user=subuser(number))


WRITES: dict[str, Callable[[int], bytes]] = {
    "customer.add": _add,
    "customer.disable": _disable,
}


def measure_guessing(folder: Path) -> Iterator[Figure]:
    """A neighbour's writes, alone and beside guesses, which no limit by address slows."""
    with emulator(plant(folder / "guess.db", 10), COST, "--no-limits") as served:
        for call, body in WRITES.items():
            alone = _write(served, call, body(0))
            yield Figure(f"{call} of one client alone", _speed(alone))
            for number, (name, guess) in enumerate(GUESSES.items(), 1):
                with _guessing(served, guess):
                    beside = _write(served, call, body(number))
                title = f"{call} beside {GUESSERS} clients who guess passwords of {name}"
                yield Figure(title, f"{_speed(beside)}, {median(beside) / median(alone):.2f} x")
                yield at_most(f"{title}: median", median(beside), 3 * median(alone) + 5, "ms")


def _write(served: Served, call: str, body: bytes) -> list[float]:
    """Milliseconds of each call of one client."""
    request = post(f"/apiv2/{call}.json", body)
    with load(served, request, "success", 5, clients=1, pause=0.002) as at_work:
        return at_work.ended().milliseconds()


def _guessing(served: Served, guess: dict[str, str]) -> contextlib.AbstractContextManager[Load]:
    return load(served, post(PROFILE_GET, form(**guess)), "", 60, GUESSERS)


def _speed(took: list[float]) -> str:
    return f"median {median(took):.1f} ms, p99 {quantiles(took, n=100)[98]:.1f} ms"
