"""What SMTP2GO's API v3 takes, beside mail: members of calls about SMTP users and subaccounts."""

from typing import Any

from marshmallow import ValidationError
from marshmallow.fields import Field

from legacygrid.models.secrets import RevealedSecret
from legacygrid.registry.evidence import sourced
from legacygrid.serializers.json_fields import Array, Boolean, Integer, String
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.smtp2go.login_rules import LEAST_ENTROPY, make_password, wrong_password
from legacygrid.serializers.smtp2go.logins import LOGINS, SETTINGS


class Username(String):
    """A new SMTP user's name."""

    def __init__(self) -> None:
        super().__init__(100, required=True)

    def read(self, name: str, value: str) -> str:
        """The name, or all that is wrong with it."""
        text: str = super().read(name, value)
        if wrong := LOGINS.wrong_name(text):
            raise ValidationError(sourced(wrong[0]).within(" ".join(wrong)))
        return text

    def rule(self) -> str:
        """Its length and its characters."""
        return "5 to 100 letters, digits, and . _ - @"


class EmailPassword(String):
    """A new password, by the rule of entropy; one is made for an empty one.

    :param always: one is made, too, where none is given.
    """

    is_shown = False

    def __init__(self, *, always: bool) -> None:
        super().__init__(128)
        self.always = always

    def absent(self, name: str) -> Any:
        """A new one, or none."""
        return _made() if self.always else super().absent(name)

    def null(self, name: str) -> RevealedSecret:
        """A new one."""
        return _made()

    def read(self, name: str, value: str) -> RevealedSecret:
        """The secret."""
        if not value:
            return _made()
        text: str = super().read(name, value)
        if wrong := list(wrong_password(text)):
            raise ValidationError(wrong)
        return RevealedSecret(text)

    def rule(self) -> str:
        """The rule in words."""
        return f"at least {LEAST_ENTROPY} bits of entropy; empty for one that is made"


def _made() -> RevealedSecret:
    return RevealedSecret(make_password())


def _settings() -> dict[str, Field[Any]]:
    settings: dict[str, Field[Any]] = {each.name: each.param for each in SETTINGS}
    # In the manual, it is the last one.
    status = settings.pop("status")
    return {
        "description": String(1000, default=""),
        # What it was called in 2017.
        "comments": String(1000, default=""),
        **settings,
        "status": status,
        **_subaccount(),
    }


def _subaccount() -> dict[str, Field[Any]]:
    return {"subaccount_id": String(100)}


def new_user(profile: Profile) -> Params:
    """users/smtp/add."""
    return {"username": Username(), "email_password": EmailPassword(always=True), **_settings()}


def user_edit(profile: Profile) -> Params:
    """users/smtp/edit."""
    return {
        "username": String(100, required=True),
        "email_password": EmailPassword(always=False),
        **_settings(),
    }


def user_name(profile: Profile) -> Params:
    """users/smtp/remove."""
    return {"username": String(100, required=True), **_subaccount()}


def user_filter(profile: Profile) -> Params:
    """users/smtp/view."""
    return {"username": String(100), **_subaccount()}


def subaccount_search(profile: Profile) -> Params:
    """subaccounts/search."""
    return {
        "search_terms": Array(String(100)),
        "fuzzy_search": Boolean(),
        "page_size": Integer(1, 1000),
        "continue_token": String(100),
    }


def pools(profile: Profile) -> Params:
    """dedicated_ips/view."""
    return _subaccount()
