"""SMTP2GO's kinds of parameters about SMTP users: texts by a rule of their own."""

import re
from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError

from legacygrid.mail.mime.headers import MAX_ADDRESS
from legacygrid.models import period
from legacygrid.models.settings import STATUSES
from legacygrid.models.smtp_users import Reset
from legacygrid.serializers.json_fields import String
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.login_rules import is_address
from legacygrid.serializers.smtp2go.messages import MESSAGES

#: A period of nothing, which is how `view` tells of none.
NO_PERIOD = "0:00:00"
_NO_PERIOD = re.compile(r"0+:00:00")


def check_period(text: str) -> None:
    """Check that it is a period as SMTP2GO writes them.

    :raises ValidationError: it is not.
    """
    if text != text.strip():
        raise ValidationError(MESSAGES["spaces"])
    try:
        period.read(text)
    except ValueError as error:
        raise ValidationError(error.args[0]) from None


def check_destination(text: str) -> None:
    """Check that notices of bounces can go there: `from`, `drop`, or an e-mail address.

    :raises ValidationError: they cannot.
    """
    if text not in ("from", "drop") and not is_address(text):
        raise ValidationError(MESSAGES["destination"])


class Ruled(String):
    """A text by a rule of its own. Empty, it is as where nothing is said.

    :param check: raises what is wrong with it.
    :param words: the rule for people.
    :param message: what is said where it does not pass.
    """

    def __init__(self, check: Callable[[str], None], words: str, message: str = "rule") -> None:
        super().__init__(1000, default=Reset.TO_DEFAULT)
        self.check, self.words, self.message = check, words, message

    def read(self, name: str, value: str) -> Any:
        """The text as given."""
        text: str = super().read(name, value)
        if not text:
            return Reset.TO_DEFAULT
        try:
            self.check(text)
        except ValidationError as error:
            given = {"why": error.messages[0], "field": name, "found": text[:MAX_ADDRESS]}
            raise self.error(self.message, name, **given) from None
        return text

    def rule(self) -> str:
        """The rule."""
        return self.words


class PeriodText(Ruled):
    """A period of a rate limit."""

    def __init__(self) -> None:
        super().__init__(check_period, "a period, as in 1 day, 2 months 3:00:00 or 0:30:00")

    def read(self, name: str, value: str) -> Any:
        """The period as given."""
        return Reset.TO_DEFAULT if _NO_PERIOD.fullmatch(value) else super().read(name, value)


class Status(String):
    """A status; null leaves it as it is."""

    def __init__(self) -> None:
        super().__init__(20)

    def read(self, name: str, value: str) -> str:
        """The status as given."""
        if value not in STATUSES:
            raise self.error("status", name, known=", ".join(STATUSES))
        return value

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "string", "enum": list(STATUSES)}

    def rule(self) -> str:
        """What there is."""
        return ", ".join(STATUSES)
