"""What clients without an account, who guess passwords, do to the writes of another."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

from neighbours import neighbour, worst_alone, worst_beside
from processes import Load, Served, emulator, load
from scenery import (
    FRESH,
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
_WHO = f"{GUESSERS} clients who guess passwords"
#: Their names are nobody's, or all guess at one that is somebody's.
GUESSES = {
    "any names": {"api_user": f"guess-{FRESH}", "api_key": "wrong"},
    "one login": {"api_user": subuser(9), "api_key": f"wrong-{FRESH}"},
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
    """A neighbour's writes and reads, alone and beside guesses, which no limit by address slows."""
    with emulator(plant(folder / "guess.db", 10), COST, "--no-limits") as served:
        alone = {call: _write(served, call, body(0)) for call, body in WRITES.items()}
        for call, took in alone.items():
            yield Figure(f"{call} of one client alone", _speed(took))
        yield worst_alone(served)
        for number, (name, guess) in enumerate(GUESSES.items(), 1):
            beside = f"beside {_WHO} of {name}"
            with _guessing(served, guess):
                for call, body in WRITES.items():
                    took, before = _write(served, call, body(number)), median(alone[call])
                    title, usual = f"{call} {beside}", median(took)
                    yield Figure(title, f"{_speed(took)}, {usual / before:.2f} x")
                    yield at_most(f"{title}: median", usual, 3 * before + 5, "ms")
                with neighbour(served) as load:
                    yield worst_beside(f"{_WHO} of {name}", load.ended())
    # At the lowest cost those who guess at one login are soon told to come again later.
    with (
        emulator(plant(folder / "refused.db", 10), 4, "--no-limits") as served,
        _guessing(served, GUESSES["one login"]),
    ):
        _await_refusal(served)
        with neighbour(served) as load:
            yield worst_beside(f"{_WHO} of one login, and are refused", load.ended())


def _await_refusal(served: Served) -> None:
    """Guess until that is refused."""
    for number in range(1000):
        guess = form(**GUESSES["one login"] | {"api_key": f"another-{number}"})
        if served.ask(post(PROFILE_GET, guess, "Connection: close")).startswith(b"HTTP/1.1 429"):
            return
    raise AssertionError("1000 guesses were admitted")


def _write(served: Served, call: str, body: bytes) -> list[float]:
    """Milliseconds of each call of one client."""
    request = post(f"/apiv2/{call}.json", body)
    with load(served, request, "success", 4, clients=1, pause=0.002) as at_work:
        return at_work.ended().milliseconds()


def _guessing(served: Served, guess: dict[str, str]) -> contextlib.AbstractContextManager[Load]:
    return load(served, post(PROFILE_GET, form(**guess)), "", 60, GUESSERS)


def _speed(took: list[float]) -> str:
    return f"median {median(took):.1f} ms, p99 {quantiles(took, n=100)[98]:.1f} ms"
