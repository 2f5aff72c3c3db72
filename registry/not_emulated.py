"""Names that a real service answered and the emulator does not."""

from collections.abc import Collection
from typing import NamedTuple

from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.registry.path_templates import fits

#: What is said of one of them, in each system.
NOT_EMULATED = Sentence("{name} is not emulated", inferred("the emulator's own trouble"))

#: What is said beside, where a system tells what is.
EMULATED = Sentence("emulated are: {names}", inferred("the emulator's own trouble"))


class Gap(NamedTuple):
    """Names under one prefix.

    :param names: what follows the prefix, without suffix; a `{variable}` stands for any part.
    :param service: whose they are, for the log: `the real v2`.
    :param by_first_part: the part up to the next slash decides.
    :param family: what the names of the system's operations begin with, where they do not begin
        with what is in the path: `smtp2go`.
    :param verbs: by which it was called, where the emulator has it by others; none for any.
    """

    prefix: str
    names: Collection[str]
    service: str
    by_first_part: bool = False
    family: str = ""
    verbs: tuple[str, ...] = ()

    def find(self, path: str) -> str | None:
        """The name that a path without suffix calls, if it is one of these."""
        if not path.startswith(self.prefix):
            return None
        name = path.removeprefix(self.prefix)
        if self.by_first_part:
            name = name.partition("/")[0]
        if name in self.names:
            return name
        return next((each for each in self.names if "{" in each and fits(each, name)), None)

    def operation(self, name: str) -> str:
        """What the operation of a name is called, here as in the emulated ones."""
        return f"{self.family}/{name}" if self.family else name


def spell(table: dict[str, str], separator: str) -> frozenset[str]:
    """The names of a table of modules or folders, with their actions separated by spaces."""
    return frozenset(
        f"{folder}{separator}{action}"
        for folder, actions in table.items()
        for action in actions.split()
    )
