"""Patterns of addresses, by which lists of them are searched."""

from typing import NamedTuple, Self


class AddressPattern(NamedTuple):
    """What an address begins with; a `%` stands for any text, also for none.

    :param parts: what stands between the wildcards, in lower case.
    """

    parts: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """The pattern of a text such as `sales` or `%market%tree`."""
        return cls(tuple(text.lower().split("%")))

    def fits(self, address: str) -> bool:
        """Whether an address begins so, in any case."""
        address = address.lower()
        first, *others = self.parts
        if not address.startswith(first):
            return False
        at = len(first)
        for part in others:
            found = address.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return True
