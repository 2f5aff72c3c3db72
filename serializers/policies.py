"""What each system asks of the name and the secret of a further login, whoever gives them: a call, a person, a seed."""

import secrets
from collections.abc import Callable, Iterator, Mapping

from marshmallow import ValidationError

from legacygrid.models.account import Account
from legacygrid.models.login import CREDENTIAL, RESERVED
from legacygrid.models.settings import CMC, DOTMAILER, SMTP2GO
from legacygrid.profiles import Profile
from legacygrid.serializers.fields import Name, Password, flat
from legacygrid.serializers.logins import is_address

#: A company of fewer letters is in half of all passwords; inferred.
SHORTEST_COMPANY = 3
_LONGEST = 128


def generated_name() -> str:
    """The name of a new API user of dotmailer: recorded by a client's manual, hexadecimal digits are inferred."""
    return f"apiuser-{secrets.token_hex(6)}@apiconnector.com"


# Names


def wrong_name(kind: str, name: str) -> list[str]:
    """What is wrong with the name of a login of that kind: a sentence for each thing."""
    return list(_NAMES[kind](name))


def _sendgrid_name(name: str) -> Iterator[str]:
    field = Name()
    field.name = "username"
    try:
        field.read(name)
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


# Secrets


def wrong_secret(kind: str, secret: str, name: str, account: Account, profile: Profile) -> list[str]:
    """What is wrong with a new secret for a login of that kind: a sentence for each thing.

    :param name: that of the login, `account` whom it is of.
    """
    if kind == CREDENTIAL:
        return list(_by_policy(secret, profile))
    if kind == SMTP2GO:
        return []
    found = list(_api_key(secret) if kind == CMC else dotmailer_password(secret, account, name))
    return found if len(secret) <= _LONGEST else [*found, f"can only be up to {_LONGEST} characters."]


def _by_policy(secret: str, profile: Profile) -> Iterator[str]:
    field = Password(profile, required=True)
    field.name = "password"
    try:
        if field.read(secret) is None:
            yield "Password is required"
    except ValidationError as error:
        yield from flat(error.messages)


def _api_key(key: str) -> Iterator[str]:
    """Documented: 8 characters or more, a combination of alphanumeric ones; a letter and a digit are inferred."""
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
