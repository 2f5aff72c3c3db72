"""Names that a real service answered and the emulator does not; a typo gets another hint."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import NamedTuple

from legacygrid import reasons
from legacygrid.evidence import Sentence, inferred
from legacygrid.reasons import Reason

#: What is said of one of them, in each system.
NOT_EMULATED = Sentence("{name} is not emulated", inferred("the emulator's own trouble"))


class Gap(NamedTuple):
    """Names under one prefix.

    :param names: what follows the prefix, without suffix.
    :param service: whose they are, for the log: `the real v2`.
    :param by_first_part: the part up to the next slash decides.
    """

    prefix: str
    names: Collection[str]
    service: str
    by_first_part: bool = False

    def find(self, path: str) -> str | None:
        """The name that a path without suffix calls, if it is one of these."""
        if not path.startswith(self.prefix):
            return None
        name = path.removeprefix(self.prefix)
        if self.by_first_part:
            name = name.partition("/")[0]
        return name if name in self.names else None


def spell(table: dict[str, str], separator: str) -> frozenset[str]:
    """The names of a table of modules or folders, with their actions separated by spaces."""
    return frozenset(
        f"{folder}{separator}{action}"
        for folder, actions in table.items()
        for action in actions.split()
    )


def reason_for_unknown(path: str, gaps: Iterable[Gap], known: Iterable[str]) -> Reason:
    """Why nothing answers at a path.

    :param path: without its suffix, as the known ones are.
    """
    for gap in gaps:
        name = gap.find(path)
        if name is not None:
            hint = f"{gap.service} had it; this emulator does not"
            return reasons.NotEmulated(NOT_EMULATED.fill(name=name), hint=hint)
    if "//" in path:
        hint = "the path has a double slash; the base URL of the client should not end in a slash"
        return reasons.UnknownMethod(hint=hint)
    near = "".join(
        f", but {close} is one" for close in get_close_matches(path[:100], known, 1, cutoff=0.8)
    )
    hint = f"no such method under that prefix{near}; see: legacygrid routes"
    return reasons.UnknownMethod(hint=hint)
