"""Baselines, as linters have them: a build fails on what is new, not on what is known."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

T = TypeVar("T")
_VERSION = 1


class BaselineError(Exception):
    """A baseline that cannot be read or written; the text is for a person."""


class Baseline:
    """How often each thing was there when the baseline was written.

    :param of: what wrote it: `scan` or `report`.
    :param names: what tells two things apart; lines of code are not among it, as they move.
    """

    def __init__(
        self, of: str, names: tuple[str, ...], counts: Mapping[tuple[str, ...], int]
    ) -> None:
        self._of = of
        self._names = names
        self._counts = Counter(counts)

    @classmethod
    def of(cls, of: str, names: tuple[str, ...], keys: Iterable[tuple[str, ...]]) -> Self:
        """The baseline of what is there."""
        return cls(of, names, Counter(keys))

    @classmethod
    def read(cls, path: str, of: str, names: tuple[str, ...]) -> Self:
        """The baseline in a file.

        :raises BaselineError: it is none, or one of something else.
        """
        try:
            loaded = json.loads(Path(path).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise BaselineError(f"{path} cannot be read: {_first_line(error)}") from None
        except RecursionError:
            raise BaselineError(f"{path} cannot be read: it is nested too deep") from None
        if not isinstance(loaded, dict) or loaded.get("version") != _VERSION:
            raise BaselineError(f"{path} is no baseline of version {_VERSION}")
        if loaded.get("of") != of:
            raise BaselineError(f"{path} is the baseline of another command")
        try:
            return cls(of, names, dict(_read_entry(each, names) for each in loaded["known"]))
        except (KeyError, TypeError, ValueError):
            raise BaselineError(f"{path} has an entry without {', '.join(names)}, count") from None

    def write(self, path: str) -> None:
        """Write it to a file, in an order that version control shows changes of well.

        :raises BaselineError: the file cannot be written.
        """
        known = [
            {**dict(zip(self._names, key, strict=True)), "count": count}
            for key, count in sorted(self._counts.items())
        ]
        whole = {"version": _VERSION, "of": self._of, "known": known}
        try:
            Path(path).write_text(json.dumps(whole, indent=1) + "\n", "utf-8")
        except OSError as error:
            raise BaselineError(f"{path} cannot be written: {_first_line(error)}") from None

    def find_unknown(self, things: Iterable[T], key: Callable[[T], tuple[str, ...]]) -> list[T]:
        """The things that the baseline does not know of, however often they are there."""
        return [thing for thing in things if not self._counts[key(thing)]]

    def find_new(self, things: Iterable[T], key: Callable[[T], tuple[str, ...]]) -> list[T]:
        """The things that are more than the baseline knows of."""
        left = Counter(self._counts)
        new = []
        for thing in things:
            if left[key(thing)] > 0:
                left[key(thing)] -= 1
            else:
                new.append(thing)
        return new


def _read_entry(entry: Any, names: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    return tuple(str(entry[name]) for name in names), int(entry["count"])


def _first_line(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.partition("\n")[0].lower()
