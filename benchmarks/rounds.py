"""Which parts are measured, and how often: `ONLY=start,guesses` and `ROUNDS=3` of make."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def rounds() -> int:
    """How many; the figures are medians of them."""
    return max(1, int(os.environ.get("ROUNDS") or 1))


def only() -> list[str]:
    """Words of names, of which each part that is measured has one; none for all parts."""
    words = os.environ.get("ONLY", "").lower().split(",")
    return [word.strip() for word in words if word.strip()]


def chosen(parts: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """The parts that are to be measured; the program ends where a word fits none."""
    parts, words = list(parts), only()
    names = [name(part).lower() for part in parts]
    if lost := [word for word in words if not any(word in each for each in names)]:
        listed = "\n  ".join(map(name, parts))
        sys.exit(f"no part has {', '.join(lost)} in its name; there are:\n  {listed}")
    return [part for part in parts if not words or any(w in name(part).lower() for w in words)]


def middle(rows: Sequence[T], text: Callable[[T], str]) -> T:
    """The row of one round whose first number is the median of all rounds' rows."""
    return sorted(rows, key=lambda row: _first_number(text(row)))[len(rows) // 2]


def _first_number(text: str) -> float:
    found = _NUMBER.search(text)
    return float(found[0]) if found else 0.0
