"""The parameters of a mail to Customers Mail Cloud: addresses, headers and files, as its clients
spell them.
"""

import json
from collections.abc import Iterator
from typing import Any

from marshmallow import missing

from legacygrid.mail.mime import charsets
from legacygrid.mail.mime.composing import Attachment
from legacygrid.mail.mime.headers import Address
from legacygrid.serializers.cmc.fields import CmcParameter
from legacygrid.serializers.json_fields import find_repeated
from legacygrid.serializers.json_types import JsonSchema, any_of, to_schema
from legacygrid.wsgi.values import Unreadable


class JsonOrText(CmcParameter):
    """A value of JSON, or a text, which may be JSON."""

    def decode(self, name: str, value: Any) -> Any:
        """The text, or what its JSON means."""
        if isinstance(value, Unreadable):
            raise self.error("format", name)
        try:
            return from_json(value)
        except ValueError:
            raise self.error("format", name) from None


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


class Mailboxes(JsonOrText):
    """Mailboxes: an address, an object of name and address, or an array of these; or any of it as
    JSON text.
    """

    def __init__(self, most: int, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.most = most

    def read(self, name: str, value: Any) -> tuple[Address, ...]:
        """The mailboxes; whether each is an address, the mail will know."""
        several = value if isinstance(value, list) else [value]
        if len(several) > self.most:
            raise self.error("many", name)
        try:
            mailboxes = tuple(_mailbox(from_json(each)) for each in several)
        except (TypeError, ValueError):
            raise self.error("format", name) from None
        if not mailboxes and self.required:
            raise self.error("required", name)
        return mailboxes

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        one = to_schema((str, {"name?": (str, None), "address": str}))
        return any_of([one, {"type": "array", "items": one, "maxItems": self.most}])

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


class HeaderList(JsonOrText):
    """Headers of the mail, `[{"name": ..., "value": ...}]`; or that as JSON text."""

    def read(self, name: str, value: Any) -> dict[str, str]:
        """The values by name; of two values for one, in any case, one would be lost."""
        try:
            pairs = list(_pairs(value))
        except TypeError:
            raise self.error("format", name) from None
        if twice := find_repeated(header for header, _ in pairs):
            raise self.error("twice", name, header=twice[:64])
        return dict(pairs)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return to_schema(([{"name": str, "value": str}], str))

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


class UploadedFile(CmcParameter):
    """An uploaded file of a multipart form."""

    is_shown = False

    def is_absent(self, value: Any) -> bool:
        """Whether there is none; what is empty or null is no file."""
        return value is missing

    def null(self, name: str) -> Any:
        """Nothing.

        :raises ValidationError: it always is an error.
        """
        raise self.error("format", name)

    def decode(self, name: str, value: Any) -> Attachment:
        """The file as the mail has it."""
        if not isinstance(value, Unreadable) or not value.filename:
            raise self.error("format", name)
        return Attachment(value.filename, value.data, value.type)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "contentMediaType": "application/octet-stream"}

    def rule(self) -> str:
        """How it comes."""
        return "a file of a multipart form"


class Charset(CmcParameter):
    """A character set; it has to be one, and the mail is written in UTF-8 all the same."""

    def read(self, name: str, text: str) -> str:
        """The set as given."""
        if len(text) > 40 or charsets.find_charset(text) is None:
            raise self.error("format", name)
        return text

    def rule(self) -> str:
        """What becomes of it."""
        return "a character set; the mail is written in UTF-8"
