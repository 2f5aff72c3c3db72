"""The parameters of a mail to Customers Mail Cloud: addresses, headers and files, as its clients
spell them.
"""

import codecs
import json
from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, missing

from legacygrid.mail.mime.composing import Attachment
from legacygrid.mail.mime.headers import NO_CHARSETS, Address
from legacygrid.serializers.cmc import words
from legacygrid.serializers.cmc.fields import Parameter
from legacygrid.serializers.json_fields import repeated
from legacygrid.wsgi.values import Unreadable


def from_json(value: Any) -> Any:
    """What a text means that is JSON: clients of forms, and some of JSON, send objects and arrays
    so.

    :raises ValueError: it looks like JSON and is none.
    """
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except RecursionError:
        raise ValueError("nested too deep") from None


class Addresses(Parameter):
    """Mailboxes: an address, an object of name and address, or an array of these; or any of it as
    JSON text.
    """

    def __init__(self, most: int, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.most = most

    def read(self, value: Any) -> tuple[Address, ...]:
        """The mailboxes; whether each is an address, the mail will know."""
        try:
            given = from_json(value)
            several = given if isinstance(given, list) else [given]
            if len(several) > self.most:
                raise self.make_error("many")
            found = tuple(_mailbox(from_json(each)) for each in several)
        except (TypeError, ValueError) as error:
            raise self._wrong(error) from None
        if not found and self.required:
            raise self.make_error("required")
        return found

    def _wrong(self, error: Exception) -> Exception:
        return error if isinstance(error, ValidationError) else self.make_error("format")

    def rule(self) -> str:
        """How many."""
        one = "an address, or a JSON object of name and address"
        if not self.most:
            return "none"
        return one if self.most == 1 else f"{one}, or an array of up to {self.most} of them"


def _mailbox(given: Any) -> Address:
    """One mailbox.

    :raises TypeError: it is none.
    """
    if isinstance(given, str):
        return Address(given.strip())
    if isinstance(given, dict):
        name = given.get("name")
        address = given.get("address")
        if isinstance(address, str) and isinstance(name, str | None):
            return Address(address.strip(), name or "")
    raise TypeError


class Headers(Parameter):
    """Headers of the mail, `[{"name": ..., "value": ...}]`; or that as JSON text."""

    def read(self, value: Any) -> dict[str, str]:
        """The values by name; of two values for one, in any case, one would be lost."""
        try:
            pairs = list(_pairs(from_json(value)))
        except (TypeError, ValueError):
            raise self.make_error("format") from None
        if twice := repeated(name for name, _ in pairs):
            raise ValidationError(f"{words.TWICE}: {twice[:64]}")
        return dict(pairs)

    def rule(self) -> str:
        """How it is written."""
        return "an array of objects of name and value"


def _pairs(given: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(given, list):
        raise TypeError
    for each in given:
        if not isinstance(each, dict):
            raise TypeError
        name, value = each.get("name"), each.get("value")
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError
        yield name, value


class File(Parameter):
    """An uploaded file of a multipart form."""

    is_shown = False

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The file as the mail has it."""
        if value is missing:
            return missing
        if not isinstance(value, Unreadable) or not value.filename:
            raise self.make_error("format")
        return Attachment(value.filename, value.data, value.type)

    def rule(self) -> str:
        """How it comes."""
        return "a file of a multipart form"


class Charset(Parameter):
    """A character set; it has to be one, and the mail is written in UTF-8 all the same."""

    def read(self, value: Any) -> str:
        """The set as given."""
        text: str = super().read(value)
        try:
            known = len(text) <= 40 and codecs.lookup(text).name not in NO_CHARSETS
        except (LookupError, ValueError):
            known = False
        if not known:
            raise self.make_error("format")
        return text

    def rule(self) -> str:
        """What becomes of it."""
        return "a character set; the mail is written in UTF-8"
