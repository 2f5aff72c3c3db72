"""What a name is found by. Names of one world differ by more than case, width, invisible letters or
how an accent is written: they would look alike to a person.
"""

import re
import unicodedata
from collections.abc import Sequence

#: Between a world and what is unique in it.
SEPARATOR = "\x1f"
#: What shows nothing: the default ignorable code points of Unicode (DerivedCoreProperties.txt),
#: which are those that join, split or turn letters, fillers and variations; and annotations.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
#: Space that is none to Unicode: Braille without a dot.
_BLANK = "\u2800"
#: Letters of a name at most; what is longer is nobody's.
_LONGEST = 500
#: Stands for a name that shows nothing at all; an empty one is no name.
_NOTHING = "\u200b"


def within(world: str, text: str) -> str:
    """What is stored of a text that is unique in its world; no name and no digest holds the
    separator.
    """
    return f"{world}{SEPARATOR}{text}" if world else text


def fold(name: str) -> str:
    """A name as it looks, in one spelling; that of the result is the result."""
    if name.isascii():
        return " ".join(name.lower().split()) or (name and _NOTHING)
    text = name[:_LONGEST]
    for _ in range(8):
        # What is left when letters go may combine, and fold, anew.
        folded = unicodedata.normalize("NFKC", text).casefold().replace(_BLANK, " ")
        folded = " ".join(_INVISIBLE.sub("", folded).split())
        folded = unicodedata.normalize("NFKC", folded)
        if folded == text:
            break
        text = folded
    return text or _NOTHING


def plain_name_keys(names: Sequence[str], world: str = "") -> list[str] | None:
    """The only one of the `name_keys` of each name, in their order; none if one of them holds more
    than ASCII, or spaces: those are folded one by one.
    """
    text = " ".join(names)
    if not text.isascii() or text.split() != list(names):
        return None
    begin = within(world, "")
    return [f"{begin}{key}" for key in text.lower().split()]


def name_key(name: str, world: str = "") -> str:
    """What is stored of a new name, and what it is unique by."""
    return within(world, fold(name))


def name_keys(name: str, world: str = "") -> tuple[str, ...]:
    """What somebody of that name may be found by, in this order.

    In a store of an older version, names may look alike: the others than the first have their own
    spelling, but for case, in place of the key.
    """
    key, own = fold(name), name.casefold()
    return (within(world, key),) if key == own else (within(world, own), within(world, key))
