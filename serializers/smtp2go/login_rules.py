"""SMTP2GO's rules of the names and passwords of SMTP users."""

import math
import secrets
import string
from collections.abc import Iterator

from legacygrid.models.login import RESERVED
from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.smtp2go.messages import MESSAGES

#: Bits that the password of an SMTP user is worth at least.
LEAST_ENTROPY = 64
_CLASSES = [
    frozenset(group)
    for group in (
        string.ascii_lowercase,
        string.ascii_uppercase,
        string.digits,
        string.punctuation + " ",
    )
]
#: Characters beyond ASCII count as one more class of this size.
_OTHERS = 100


def wrong_name(name: str) -> Iterator[Sentence]:
    """What is wrong with a name. Documented: 5 to 100 of these characters."""
    if not 5 <= len(name) <= 100:
        yield MESSAGES["name-length"]
    if not all(letter.isascii() and (letter.isalnum() or letter in "._-@") for letter in name):
        yield MESSAGES["name-letters"]
    if name.casefold() == RESERVED:
        yield MESSAGES["name-reserved"].fill(reserved=RESERVED)


def entropy(secret: str) -> float:
    """How many bits a secret is worth: its length, by the size of the classes of characters that it
    uses. Inferred.
    """
    used = sum(len(group) for group in _CLASSES if not group.isdisjoint(secret))
    used += _OTHERS if any(not letter.isascii() for letter in secret) else 0
    return len(secret) * math.log2(used) if used else 0


def wrong_password(secret: str) -> Iterator[Sentence]:
    """What is wrong with a password of up to 128 characters.

    Documented: an entropy of 64 bits or more; how it is measured is not.
    """
    if entropy(secret) < LEAST_ENTROPY:
        yield MESSAGES["password-entropy"].fill(bits=LEAST_ENTROPY)
    if not secret.isprintable():
        yield MESSAGES["password-control"]


def make_password() -> str:
    """One of SMTP2GO's own: more than 128 bits, as documented."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(24))
