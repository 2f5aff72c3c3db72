"""What SMTP2GO's API v3 takes, beside mail: members of calls about SMTP users and subaccounts."""

import re
from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError
from marshmallow.fields import Field

from legacygrid.models.secrets import RevealedSecret
from legacygrid.models.settings import SMTP2GO, STATUSES
from legacygrid.models.smtp_users import Given
from legacygrid.serializers import login_rules, login_settings
from legacygrid.serializers.json_fields import Array, Boolean, Integer, String
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile

#: Characters of a text whose length is not documented: those of a long footer.
LONG_TEXT = 100_000
MOST = 2**31 - 1
#: A period of nothing, which is how `view` tells of none.
_NO_PERIOD = re.compile(r"0+:00:00")


class Username(String):
    """A new SMTP user's name."""

    def __init__(self) -> None:
        super().__init__(100, required=True)

    def read(self, name: str, value: str) -> str:
        """The name, or all that is wrong with it."""
        text: str = super().read(name, value)
        if wrong := login_rules.wrong_name(SMTP2GO, text):
            raise ValidationError(" ".join(wrong))
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
        if wrong := list(login_rules.smtp_password(text)):
            raise ValidationError(wrong)
        return RevealedSecret(text)

    def rule(self) -> str:
        """The rule in words."""
        return f"at least {login_rules.LEAST_ENTROPY} bits of entropy; empty for one that is made"


def _made() -> RevealedSecret:
    return RevealedSecret(login_rules.generated_password())


class Ruled(String):
    """A text by a rule of its own. Empty, it is as where nothing is said.

    :param check: raises what is wrong with it.
    :param words: the rule for people.
    """

    def __init__(self, check: Callable[[str], None], words: str) -> None:
        super().__init__(1000, default=Given.DEFAULT)
        self.check, self.words = check, words

    def read(self, name: str, value: str) -> Any:
        """The text as given."""
        text: str = super().read(name, value)
        if not text:
            return Given.DEFAULT
        try:
            self.check(text)
        except ValidationError as error:
            raise self.error("rule", name, why=error.messages[0]) from None
        return text

    def rule(self) -> str:
        """The rule."""
        return self.words


class PeriodText(Ruled):
    """A period of a rate limit."""

    def __init__(self) -> None:
        super().__init__(
            login_settings.is_period, "a period, as in 1 day, 2 months 3:00:00 or 0:30:00"
        )

    def read(self, name: str, value: str) -> Any:
        """The period as given."""
        return Given.DEFAULT if _NO_PERIOD.fullmatch(value) else super().read(name, value)


class Status(String):
    """A status; null leaves it as it is."""

    def __init__(self) -> None:
        super().__init__(20)

    def read(self, name: str, value: str) -> str:
        """The status as given."""
        if value not in STATUSES:
            raise self.error("status", name, known=", ".join(STATUSES))
        return value

    def rule(self) -> str:
        """What there is."""
        return ", ".join(STATUSES)


def _settings() -> dict[str, Field[Any]]:
    default = Given.DEFAULT
    description = String(1000, default="")
    return {
        "description": description,
        # What it was called in 2017.
        "comments": String(1000, default=""),
        "custom_ratelimit": _flag(),
        "custom_ratelimit_value": Integer(1, MOST, default=default),
        "custom_ratelimit_period": PeriodText(),
        "ip_pool": Integer(0, MOST, default=default),
        "feedback_enabled": _flag(),
        "feedback_domain": Ruled(lambda text: None, "a domain, or default"),
        "feedback_html": String(LONG_TEXT, default=default),
        "feedback_text": String(LONG_TEXT, default=default),
        "open_tracking_enabled": _flag(),
        "click_tracking_enabled": _flag(),
        "archive_enabled": _flag(),
        "audit_email": Ruled(login_settings.is_address, "an e-mail address"),
        "bounce_notifications": Ruled(
            login_settings.is_destination, "from, drop, or an e-mail address"
        ),
        "status": Status(),
        **_subaccount(),
    }


def _flag() -> Boolean:
    return Boolean(default=Given.DEFAULT)


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
