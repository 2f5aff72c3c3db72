"""What each system asks of the name and the secret of a further login, whoever gives them: a call,
a person, a seed.
"""

import math
import secrets
import string
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.login import RESERVED
from legacygrid.models.settings import CMC, CREDENTIAL, DOTMAILER, SMTP2GO
from legacygrid.serializers.login_settings import Further, is_address
from legacygrid.serializers.parameters import flat
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid.fields import Name, Password
from legacygrid.wsgi.values import unwritable

#: A company of fewer letters is in half of all passwords; inferred.
SHORTEST_COMPANY = 3
_LONGEST = 128
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
#: Characters beyond ASCII, counted as one class more.
_OTHERS = 100
#: What is said of a login beside its name, secret, kind and permissions.
_SAID = ("enabled", "description", "settings")


def generated_name() -> str:
    """The name of a new API user of dotmailer: recorded by a client's manual, hexadecimal digits
    are inferred.
    """
    return f"apiuser-{secrets.token_hex(6)}@apiconnector.com"


def refuse(*wrong: str) -> None:
    """Refuse what is wrong, if anything is.

    :raises BadParameters: with these sentences.
    """
    if wrong:
        raise reasons.BadParameters(*wrong)


# Names


def wrong_name(kind: str, name: str) -> list[str]:
    """What is wrong with the name of a login of that kind: a sentence for each thing."""
    wrong = list(_NAMES[kind](name))
    if name.startswith("~") and kind != SMTP2GO:
        # Ours, not the systems': by SMTP, what follows is a world. SMTP2GO's own rule has no such
        # name.
        wrong.append("The name cannot begin with ~.")
    bad = unwritable(name)
    return [*wrong, *([f"The name {bad}"] if bad else [])]


def _sendgrid_name(name: str) -> Iterator[str]:
    try:
        Name().read("username", name)
    except ValidationError as error:
        yield from flat(error.messages)


def _address(name: str) -> Iterator[str]:
    """E-mail format; 64 characters as everywhere are inferred."""
    try:
        is_address(name)
    except ValidationError:
        yield "The name must be in e-mail format."
    if len(name) > 64 or not name.isprintable():
        yield "The name can only be up to 64 printable characters."


def _smtp_name(name: str) -> Iterator[str]:
    """Documented: 5 to 100 of these characters."""
    if not 5 <= len(name) <= 100:
        yield "The name can only be between 5 and 100 characters."
    if not all(letter.isascii() and (letter.isalnum() or letter in "._-@") for letter in name):
        yield "The name can only have letters, digits, and . _ - @."
    if name.casefold() == RESERVED:
        yield f"The name cannot be {RESERVED}."


_NAMES: Mapping[str, Callable[[str], Iterator[str]]] = {
    CREDENTIAL: _sendgrid_name,
    CMC: _address,
    DOTMAILER: _address,
    SMTP2GO: _smtp_name,
}


# Settings


def wrong_entry(kind: str, entry: Mapping[str, Any], is_new: bool) -> list[str]:
    """What is wrong with what is said of a login of that kind, as a seed would say it: a line for
    each thing.
    """
    found = wrong_settings(kind, entry, is_new)
    return [f"{_path(name)}: {text}" for name, texts in found.items() for text in texts]


def wrong_settings(kind: str, entry: Mapping[str, Any], is_new: bool) -> dict[str, list[str]]:
    """The same by the name of the setting: a phrase for each thing."""
    told: dict[str, Any] = Further().validate(
        {"kind": kind} | {name: entry[name] for name in _SAID if name in entry}
    )
    found = {name: list(flat(texts)) for name, texts in (told.pop("settings", {}) | told).items()}
    if is_new and kind == CMC and "time_zone" not in entry.get("settings", {}):
        # Its screen requires it.
        found["time_zone"] = ["is required"]
    for name, text in {
        "description": entry.get("description"),
        **entry.get("settings", {}),
    }.items():
        if bad := unwritable(str(text)):
            found[name] = [*found.get(name, []), bad]
    return found


def _path(name: str) -> str:
    return name if name in _SAID else f"settings: {name}"


# Secrets


def wrong_secret(
    kind: str, secret: str, name: str, account: Account, profile: Profile
) -> list[str]:
    """What is wrong with a new secret for a login of that kind: a sentence for each thing.

    :param name: that of the login, `account` whom it is of.
    """
    if kind == CREDENTIAL:
        return list(_by_policy(secret, profile))
    if kind == SMTP2GO:
        return [*smtp_password(secret), *_too_long(secret)]
    found = _api_key(secret) if kind == CMC else dotmailer_password(secret, account, name)
    return [*found, *_too_long(secret), *_unprintable(secret)]


def _too_long(secret: str) -> Iterator[str]:
    if len(secret) > _LONGEST:
        yield f"The password can only be up to {_LONGEST} characters."


def _unprintable(secret: str) -> Iterator[str]:
    if not secret.isprintable():
        yield "The password must not contain control characters."


def _by_policy(secret: str, profile: Profile) -> Iterator[str]:
    try:
        if Password(profile, required=True).read("password", secret) is None:
            yield "Password is required"
    except ValidationError as error:
        yield from flat(error.messages)


def _api_key(key: str) -> Iterator[str]:
    """Documented: 8 characters or more, a combination of alphanumeric ones; a letter and a digit
    are inferred.
    """
    if len(key) < 8:
        yield "The API key must be at least 8 characters long."
    if not (any(map(str.isalpha, key)) and any(map(str.isdigit, key))):
        yield "The API key must contain at least one letter and one digit."


def dotmailer_password(password: str, account: Account, name: str = "") -> Iterator[str]:
    """Documented by dotmailer's support pages; that case does not count is inferred.

    :param name: the e-mail address of the API user, where it has one already.
    """
    if len(password) < 8:
        yield "The password must be at least 8 characters long."
    if all(map(str.isalpha, password)):
        yield "The password must contain at least one digit or non-alphanumeric character."
    folded = password.casefold()
    if any(address and address.casefold() in folded for address in (name, account.email)):
        yield "The password cannot contain the email address."
    company = account.company.strip().casefold()
    if len(company) >= SHORTEST_COMPANY and company in folded:
        yield "The password cannot contain the company name."
    if "password" in folded:
        yield "The password cannot contain the word password."


def entropy(secret: str) -> float:
    """How many bits a secret is worth: its length, by the size of the classes of characters that it
    uses. Inferred.
    """
    used = sum(len(group) for group in _CLASSES if not group.isdisjoint(secret))
    used += _OTHERS if any(not letter.isascii() for letter in secret) else 0
    return len(secret) * math.log2(used) if used else 0


def smtp_password(secret: str) -> Iterator[str]:
    """Documented by SMTP2GO: an entropy of 64 bits or more; how it is measured is not."""
    if entropy(secret) < LEAST_ENTROPY:
        yield f"The password must have an entropy of at least {LEAST_ENTROPY} bits."
    yield from _unprintable(secret)


def generated_password() -> str:
    """One of SMTP2GO's own: more than 128 bits, as documented."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(24))


# Mail domains


def wrong_mail_domain(name: str) -> list[str]:
    """What is wrong with the name of a mail domain: a sentence for each thing."""
    if not 1 <= len(name) <= 255 or not name.isprintable():
        return ["a mail domain is 1 to 255 printable characters"]
    return []
