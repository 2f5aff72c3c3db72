"""How well a thing that we say is known, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple, Self

#: What each level means, best first.
LEVELS: Mapping[str, str] = {
    "recorded": (
        "a recording of the real service has it, or an answer of it that somebody published"
    ),
    "pasted": "the vendor's guide has it in a sample that, by its values, is of a live call",
    "documented": "the vendor's manual says so",
    "client": "the code or the fixtures of a client that worked rely on it",
    "inferred": "no source tells; decided for the reason given",
}


class Evidence(NamedTuple):
    """The level, one of `LEVELS`, and where it is from."""

    level: str
    source: str

    @property
    def means(self) -> str:
        """The level in words."""
        return LEVELS[self.level]

    @property
    def rank(self) -> int:
        """0 for the best level, and so on."""
        return list(LEVELS).index(self.level)

    def __str__(self) -> str:
        return f"{self.level} ({self.source})"


def recorded(source: str) -> Evidence:
    """A recording of the real service has it, or an answer of it that somebody published."""
    return Evidence("recorded", source)


def pasted(source: str) -> Evidence:
    """A guide of the vendor has it in a sample that, by its values, is of a live call."""
    return Evidence("pasted", source)


def documented(source: str) -> Evidence:
    """A manual of the vendor says so."""
    return Evidence("documented", source)


def client(source: str) -> Evidence:
    """The code or the fixtures of a client that worked rely on it."""
    return Evidence("client", source)


def inferred(source: str) -> Evidence:
    """No source tells; decided for the reason given."""
    return Evidence("inferred", source)


def least_known(*evidence: Evidence) -> Evidence:
    """Of what is known of the parts of a thing, what is known of the whole."""
    return max(evidence, key=attrgetter("rank"))


class Sentence(str):
    """A text that the emulator says, and how well it is known that the real service said it.

    mypy sees to it that nothing else is said of a refused call: `Problem` takes no other text.

    :param text: what is said; `{name}` and the like are places for what it speaks of.
    :param known: texts with their places filled that are known better than the rest.
    """

    evidence: Evidence
    known: Mapping[str, Evidence]

    def __new__(
        cls, text: str, evidence: Evidence, known: Mapping[str, Evidence] | None = None
    ) -> Self:
        """The text with its evidence."""
        sentence = super().__new__(cls, text)
        sentence.evidence = evidence
        sentence.known = known or {}
        return sentence

    def __reduce__(self) -> tuple[type[Self], tuple[str, Evidence, Mapping[str, Evidence]]]:
        """What a copy is made of."""
        return type(self), (str(self), self.evidence, self.known)

    def fill(self, **values: object) -> "Sentence":
        """What is said in one case: the places filled, by texts or by sentences. It is known as
        well as the least known of these.
        """
        text = self.format(**values)
        parts = [each.evidence for each in values.values() if isinstance(each, Sentence)]
        return Sentence(text, least_known(self.known.get(text, self.evidence), *parts))

    def within(self, text: str) -> "Sentence":
        """A longer or shorter text that says the same, with no more evidence than this one."""
        return Sentence(text, self.evidence)


#: What `sourced` says of a text that nobody gave evidence; no test may come across it.
UNSOURCED = Evidence("inferred", "nobody has said where this text is from")


@dataclass(frozen=True)
class Problem:
    """A parameter of a call (empty for none in particular), and what is wrong with it."""

    field: str
    text: Sentence

    def __str__(self) -> str:
        """The sentence for the log, with the parameter in front where it does not name it."""
        name, text = (each.replace("_", " ").lower() for each in (self.field, self.text))
        return self.text if name in text else f"{self.field}: {self.text}"


def sourced(text: str) -> Sentence:
    """A text that came through other hands, such as marshmallow's, as the sentence that it is."""
    return text if isinstance(text, Sentence) else Sentence(text, UNSOURCED)
