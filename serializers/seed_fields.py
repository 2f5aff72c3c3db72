"""Kinds of values in seeds and in the control API, for marshmallow: true or false, whole numbers,
lists, moments, time zones, texts, and the status of an SMTP server.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from marshmallow import ValidationError, fields, validate

from legacygrid.serializers.suggestions import ListOf, SuggestingSchema
from legacygrid.wsgi.values import why_unwritable

#: Moments that can be told in any time zone.
EARLIEST, LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
MOMENTS = validate.Range(min=EARLIEST, max=LATEST)
#: What is said of what is no moment.
NO_TIME: dict[str, Any] = {
    "invalid": "must be a time such as 2015-03-01T12:00:00Z",
    "invalid_awareness": "needs a time zone, such as the Z of 2015-03-01T12:00:00Z",
}
#: Why mail came back, as SMTP servers say it (RFC 3463).
STATUS = validate.Regexp(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}\Z", error="must look like 5.1.1")


class Strict(fields.Boolean):
    """True or false; Python takes 1 and 1.0 for true, JSON does not."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number; Python takes true for 1, JSON does not."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Count(Whole):
    """A whole number of things.

    :param least: the smallest that is taken.
    """

    def __init__(self, least: int = 0, **more: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=least, max=2**53), **more)


class EachOnce(ListOf):
    """A list in which nothing stands twice.

    :param key: what no two entries share.
    """

    def __init__(
        self,
        inner: fields.Field[Any] | type[SuggestingSchema],
        key: Callable[[Any], object] = str,
    ) -> None:
        super().__init__(inner)
        self._key = key

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        read = super()._deserialize(value, *args, **kwargs)
        keys: dict[object, int] = {}
        places = [keys.setdefault(self._key(each), place) for place, each in enumerate(read)]
        again = [place for place, first in enumerate(places) if first != place]
        if again:
            raise ValidationError({place: ["stands twice"] for place in again})
        return read


#: Files beside the IANA's zones: the machine's own, the one of no place, the one for rules without
#: dates.
_NO_ZONES = {"localtime", "Factory", "posixrules"}


@cache
def time_zones() -> frozenset[str]:
    """The names of the IANA's time zones."""
    import zoneinfo

    return frozenset(zoneinfo.available_timezones() - _NO_ZONES)


def is_time_zone(name: str) -> None:
    """Whether it is the name of a time zone.

    :raises ValidationError: it is not.
    """
    if name not in time_zones():
        raise ValidationError("is no time zone; write as in Europe/London")


def check_writable(text: str) -> None:
    """Refuse what XML 1.0 cannot hold: a list of another format may have to.

    :raises ValidationError: it holds characters that XML 1.0 forbids.
    """
    if why := why_unwritable(text):
        raise ValidationError(why)
