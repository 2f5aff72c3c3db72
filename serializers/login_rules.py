"""What the rules of names and secrets of several systems have in common, whoever gives one: a call,
a person, a seed.
"""

import re
from collections.abc import Iterator

from marshmallow import ValidationError

from legacygrid import reasons
from legacygrid.mail.mime import headers
from legacygrid.registry.evidence import sourced

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")
_LONGEST = 128


def refuse(*wrong: str) -> None:
    """Refuse what is wrong, if anything is.

    :raises BadParameters: with these sentences.
    """
    if wrong:
        raise reasons.BadParameters(*map(sourced, wrong))


def is_address(text: str) -> bool:
    """Whether it is an e-mail address, one that mail can be addressed to."""
    try:
        return bool(_EMAIL.match(text) and headers.write_address("", text))
    except headers.UnwritableValue:
        return False


def check_address(text: str) -> None:
    """Check that it is an e-mail address.

    :raises ValidationError: it is not.
    """
    if not is_address(text):
        raise ValidationError("is not a valid email address")


def wrong_address(name: str) -> Iterator[str]:
    """What is wrong with a name that is an e-mail address.

    64 characters, as everywhere, are inferred.
    """
    if not is_address(name):
        yield "The name must be in e-mail format."
    if len(name) > 64 or not name.isprintable():
        yield "The name can only be up to 64 printable characters."


def too_long(secret: str) -> Iterator[str]:
    """A secret has 128 characters at most."""
    if len(secret) > _LONGEST:
        yield f"The password can only be up to {_LONGEST} characters."


def unprintable(secret: str) -> Iterator[str]:
    """A secret can be typed."""
    if not secret.isprintable():
        yield "The password must not contain control characters."


def wrong_mail_domain(name: str) -> list[str]:
    """What is wrong with the name of a mail domain: a sentence for each thing."""
    if not 1 <= len(name) <= 255 or not name.isprintable():
        return ["a mail domain is 1 to 255 printable characters"]
    return []
