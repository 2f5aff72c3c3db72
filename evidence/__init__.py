"""How well a thing that we say is known, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass

#: What each level means, best first.
LEVELS: Mapping[str, str] = {
    "recorded": (
        "a recording of the real service has it, or an answer of it that somebody published"
    ),
    "documented": "the vendor's manual says so",
    "client": "the code or the fixtures of a client that worked rely on it",
    "inferred": "no source tells; decided for the reason given",
}


@dataclass(frozen=True)
class Evidence:
    """The level, best first: recorded, documented, client, inferred; and where it is from."""

    level: str
    source: str

    @property
    def means(self) -> str:
        """The level in words."""
        return LEVELS[self.level]

    def __str__(self) -> str:
        return f"{self.level} ({self.source})"


def recorded(source: str) -> Evidence:
    """A recording of the real service has it, or an answer of it that somebody published."""
    return Evidence("recorded", source)


def documented(source: str) -> Evidence:
    """A manual of the vendor says so."""
    return Evidence("documented", source)


def client(source: str) -> Evidence:
    """The code or the fixtures of a client that worked rely on it."""
    return Evidence("client", source)


def inferred(source: str) -> Evidence:
    """No source tells; decided for the reason given."""
    return Evidence("inferred", source)
