"""What a check of a migration finds, before anybody chooses a format for it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

#: What comes of a finding: it fails the check, it is known to be so, or it is worth a look.
FAILED, EXPECTED, NOTED = "failed", "expected", "noted"
LEVELS = (FAILED, EXPECTED, NOTED)


#: What a shell adds to the number of the signal that ended a program, and the highest number.
_SIGNALLED, _LAST_SIGNAL = 128, 64


def count_of(number: int, noun: str) -> str:
    """A number with its noun: `1 call`, `12 calls`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def signal_of(status: int) -> int | None:
    """The number of the signal that ended a program, by its exit status; none if none did: PHP
    exits with 255 by itself.
    """
    number = status - _SIGNALLED
    return number if 0 < number <= _LAST_SIGNAL else None


class Finding(NamedTuple):
    """One thing that was found.

    :param level: failed, expected or noted.
    :param area: where it belongs: one of the areas of its `Verdict`.
    :param title: one line.
    :param place: what names it to a machine, and to `--ignore`.
    :param details: further lines.
    :param data: the same for programs.
    """

    level: str
    area: str
    title: str
    place: str
    details: tuple[str, ...] = ()
    data: Mapping[str, Any] = {}


class Verdict(NamedTuple):
    """All that was found.

    :param command: whose findings they are.
    :param sentence: the whole, in one sentence.
    :param titles: what introduces the findings of each level, in the order of LEVELS.
    :param areas: what was looked at, also where nothing was found.
    :param facts: what else there is to know, line by line.
    :param data: the same for programs.
    """

    command: str
    sentence: str
    titles: tuple[str, str, str]
    areas: tuple[str, ...]
    findings: tuple[Finding, ...]
    facts: tuple[str, ...] = ()
    data: Mapping[str, Any] = {}

    @property
    def has_failed(self) -> bool:
        """Whether something fails the check."""
        return any(each.level == FAILED for each in self.findings)

    def title_of(self, level: str) -> str:
        """What introduces the findings of a level."""
        return self.titles[LEVELS.index(level)]

    def of(self, level: str, area: str | None = None) -> list[Finding]:
        """The findings of a level, of one area or of all."""
        found = [each for each in self.findings if each.level == level]
        return [each for each in found if area in (None, each.area)]
