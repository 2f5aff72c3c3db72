"""The parameters of each operation, in the order of the manual's tables, made for a profile."""

from typing import Any

from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid.fields import (
    Country,
    Email,
    Flag,
    Name,
    Password,
    Permissions,
    Website,
)
from legacygrid.serializers.texts import Text


class Confirmation(Text):
    """The password once more; it is compared and goes no further."""

    is_shown = False

    def __init__(self) -> None:
        super().__init__(required=True)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> None:
        """Nothing.

        :raises ValidationError: it is missing, or not the text of `password`.
        """
        text = super().deserialize(value, attr, data, **kwargs)
        first = (data or {}).get("password")
        if text != first and isinstance(first, str) and first:
            raise self.error("password-differs", str(self.name))

    def rule(self) -> str:
        """What is compared."""
        return "the same as password"


class GivenPassword(Text):
    """A password to check; whether it is the right one, its login knows."""

    is_shown = False


class MailDomainName(Text):
    """The name of one of the parent's whitelabel records; whether it is one, the account knows."""

    def rule(self) -> str:
        """What the manual says."""
        return "a whitelabel record of the parent account"


def new_subuser(profile: Profile) -> Params:
    """customer.add."""
    everything = profile.required == "documented"
    return {
        "username": Name(),
        "password": Password(profile, required=True),
        "confirm_password": Confirmation(),
        "email": Email(64, required=True),
        "first_name": Text(50, required=True),
        "last_name": Text(50, required=True),
        "address": Text(100, required=True),
        # Answered in every recorded row, though no table of the manual has it.
        "address2": Text(100),
        "city": Text(100, required=True),
        "state": Text(100, required=everything),
        "zip": Text(50, required=True),
        "country": Country(profile, required=True),
        "phone": Text(50, required=True),
        "website": Website(profile, required=True),
        "company": Text(255, required=everything),
        "mail_domain": MailDomainName(),
    }


def profile_fields(profile: Profile) -> Params:
    """customer.profile task=set and profile.set: what is not given stays, what is empty clears."""
    return {
        "first_name": Text(50),
        "last_name": Text(50),
        "address": Text(100),
        "address2": Text(100),
        "city": Text(100),
        "state": Text(100),
        "country": Country(profile),
        "zip": Text(50),
        "phone": Text(50),
        "website": Website(profile),
        "company": Text(255),
    }


def subuser_filter(profile: Profile) -> Params:
    """customer.profile task=get: a part of the value, in any case of A to Z; empty is no filter."""
    texts = "first_name last_name address city state country zip phone website company"
    return {
        "username": Filter(),
        "email": Filter(),
        "active": Flag(),
        **{name: Filter() for name in texts.split()},
    }


class Filter(Text):
    """A part of a value; empty is no filter."""

    def read(self, name: str, text: str) -> str | None:
        """The part; none if no filter."""
        return text or None

    def rule(self) -> str:
        """What is matched."""
        return "a part of the value"


def new_name(profile: Profile) -> Params:
    """setUsername."""
    return {"username": Name()}


def new_email(profile: Profile) -> Params:
    """setEmail."""
    return {"email": Email(100, required=True)}


def new_password(profile: Profile) -> Params:
    """customer.password and password.set."""
    return {"password": Password(profile, required=True), "confirm_password": Confirmation()}


def subuser_login(profile: Profile) -> Params:
    """customer.auth: what is missing is wrong, as what is unknown."""
    return {"user": Text(), "password": GivenPassword()}


def new_credential(profile: Profile) -> Params:
    """credentials/add: a bit that is not given grants."""
    return {
        "username": Name(),
        "password": Password(profile, required=True),
        "permissions": Permissions(),
    }


def credential_edit(profile: Profile) -> Params:
    """credentials/edit: what is not given, or empty, stays."""
    return {
        "username": Text(required=True),
        "password": Password(profile, required=False),
        "permissions": Permissions(),
    }


def credential_name(profile: Profile) -> Params:
    """credentials/remove."""
    return {"username": Text(required=True)}


def credential_filter(profile: Profile) -> Params:
    """credentials/get: without a name, all."""
    return {"username": Text()}
