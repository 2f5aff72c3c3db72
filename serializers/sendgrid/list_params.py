"""The parameters of SendGrid's lists of suppressed addresses, and their kinds."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from marshmallow import missing

from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid.fields import Email, Flag
from legacygrid.serializers.texts import Text

#: Characters of an address (RFC 5321).
_LONGEST = 320


class ListDay(Text):
    """A day, in the time zone of the account; empty is none."""

    _FORM = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

    def read(self, name: str, text: str) -> date | None:
        """The day."""
        if not text:
            return None
        try:
            return date.fromisoformat(text if self._FORM.fullmatch(text) else "")
        except ValueError:
            raise self.error("list-day", name) from None

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "format": "date"}

    def rule(self) -> str:
        """How it is written."""
        return "YYYY-MM-DD, in the time zone of the account"


class Amount(Text):
    """A whole number; empty is none.

    :param least: the lowest that is taken.
    """

    #: No list has as many entries.
    MOST = 10**18

    def __init__(self, least: int) -> None:
        super().__init__()
        self.least = least

    def read(self, name: str, text: str) -> int | None:
        """The number, or the highest that makes a difference."""
        if not text:
            return None
        if not text.isascii() or not text.isdigit():
            raise self.error("amount", name, least=self.least)
        number = int(text) if len(text) <= 18 else self.MOST
        if number < self.least:
            raise self.error("amount", name, least=self.least)
        return number

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "integer", "minimum": self.least}

    def rule(self) -> str:
        """What is taken."""
        return f"a whole number of {self.least} or more"


class BounceType(Text):
    """Which bounces are meant; empty is all."""

    #: How the status of each begins: permanent failures, and those of the day (RFC 3463).
    CLASSES = {"hard": "5", "soft": "4"}

    def read(self, name: str, text: str) -> str | None:
        """How their status begins."""
        if text and text not in self.CLASSES:
            raise self.error("bounce-type", name)
        return self.CLASSES.get(text)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "enum": [*self.CLASSES, ""]}

    def rule(self) -> str:
        """What is taken."""
        return "hard or soft"


class WholeList(Flag):
    """Whether a whole list is deleted.

    :param profile: says what is meant by a call that does not say.
    """

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self.is_usual = profile.unsubscribes_delete == "all"

    def absent(self, name: str) -> Any:
        """What is meant by a call that does not say."""
        return self.is_usual or missing


def _plainly_listed(profile: Profile) -> Params:
    return {
        "date": Flag(),
        "days": Amount(1),
        "start_date": ListDay(),
        "end_date": ListDay(),
        "limit": Amount(1),
        "offset": Amount(0),
        "email": Text(),
    }


def _listed_by_type(profile: Profile) -> Params:
    return {**_plainly_listed(profile), "type": BounceType()}


def _plainly_counted(profile: Profile) -> Params:
    return {"start_date": ListDay(), "end_date": ListDay()}


def _counted_by_type(profile: Profile) -> Params:
    return {**_plainly_counted(profile), "type": BounceType()}


def _plainly_deleted(profile: Profile) -> Params:
    return {"email": Text(), "start_date": ListDay(), "end_date": ListDay(), "delete_all": Flag()}


def _deleted_by_type(profile: Profile) -> Params:
    return {**_plainly_deleted(profile), "type": BounceType()}


def _deleted_at_once(profile: Profile) -> Params:
    return {"email": Text(), "delete_all": WholeList(profile)}


class ListParams(NamedTuple):
    """Makes the parameters of the calls `get`, `count` and `delete` of a list."""

    listed: Callable[[Profile], Params]
    counted: Callable[[Profile], Params]
    deleted: Callable[[Profile], Params]


PLAIN = ListParams(_plainly_listed, _plainly_counted, _plainly_deleted)
#: Of what is hard or soft.
TYPED = ListParams(_listed_by_type, _counted_by_type, _deleted_by_type)
#: An older page of the manual has unsubscribes.delete delete all where nothing is given.
UNSUBSCRIBES = PLAIN._replace(deleted=_deleted_at_once)


def deleted_address(profile: Profile) -> Params:
    """The task `delete` of a subuser's list."""
    return {"email": Text(required=True)}


def added(profile: Profile) -> Params:
    """The call, or the task, `add` of a list."""
    return {"email": Email(_LONGEST, required=True)}
