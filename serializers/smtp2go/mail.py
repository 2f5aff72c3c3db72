"""The members of /v3/email/send, and the mail that they describe."""

import base64
import binascii
import re
from typing import Any

from legacygrid.mail.mime import headers
from legacygrid.mail.mime.composing import Address, Attachment, Draft, UnwritableValue
from legacygrid.serializers.json_fields import (
    Array,
    Boolean,
    JsonValue,
    Object,
    String,
    find_repeated,
)
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.smtp2go.messages import MOST_ADDRESSES

_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_SPACE = re.compile(r"\s+")
#: Where a value that no mail can bear was given, by the name of what it became.
#: Addresses were looked at before.
_PLACES = {
    "Subject": "subject",
    "text": "text_body",
    "html": "html_body",
    "files": "attachments",
    "content": "inlines",
}


def new_mail(profile: Profile) -> Params:
    """email/send."""
    file = {"filename": String(required=True), "fileblob": Blob(), "mimetype": Mimetype()}
    header = {"header": String(200, required=True), "value": String(required=True)}
    return {
        "sender": Mailbox(required=True),
        "to": Array(Mailbox(required=True), required=True, most=MOST_ADDRESSES),
        "cc": Array(Mailbox(required=True), most=MOST_ADDRESSES),
        "bcc": Array(Mailbox(required=True), most=MOST_ADDRESSES),
        "subject": String(required=True),
        "text_body": StringWithoutHtml(),
        "html_body": HiddenString(),
        "custom_headers": HeaderArray(Object(header)),
        "attachments": HiddenArray(Object(file)),
        "inlines": HiddenArray(Object(file)),
        "fastaccept": Boolean(),
        **{name: Unemulated() for name in ("template_id", "template_data", "schedule")},
    }


def draft(**given: Any) -> Draft:
    """The mail that the members describe."""
    files = [_attached(each) for each in given.get("attachments", [])]
    files += [_attached(each, each["filename"]) for each in given.get("inlines", [])]
    sender = given["sender"]
    return Draft(
        sender=sender.address,
        sender_name=sender.name,
        to=tuple(given["to"]),
        cc=tuple(given.get("cc", [])),
        bcc=tuple(given.get("bcc", [])),
        subject=given["subject"],
        text=given.get("text_body", ""),
        html=given.get("html_body", ""),
        headers={each["header"]: each["value"] for each in given.get("custom_headers", [])},
        attachments=tuple(files),
    )


def place(error: UnwritableValue) -> str:
    """The member in which that was given."""
    return _PLACES.get(error.field, "custom_headers")


def _attached(file: dict[str, Any], content_id: str = "") -> Attachment:
    # HTML names what is shown in it by the file's name.
    return Attachment(file["filename"], file["fileblob"], file.get("mimetype", ""), content_id)


class Mailbox(String):
    """An address, by itself or as `Name <address>`; names come unquoted, commas and all."""

    def read(self, name: str, value: str) -> Address:
        """Address and name."""
        text: str = super().read(name, value)
        named = _NAMED.fullmatch(text.strip())
        shown, address = (named["name"].strip(), named["address"]) if named else ("", text)
        if len(shown) > 1 and shown[0] == shown[-1] == '"':
            shown = shown[1:-1]
        try:
            headers.write_mailbox(name, Address(address, shown))
        except UnwritableValue:
            field, found = name.partition("[")[0], value[: headers.MAX_ADDRESS]
            raise self.error("address", name, field=field, found=found) from None
        return Address(address.strip(), shown)

    def rule(self) -> str:
        """Its two forms."""
        return "an address, or NAME <ADDRESS>"


class HiddenString(String):
    """A text that only the mail itself shows."""

    is_shown = False


class StringWithoutHtml(HiddenString):
    """The text of the mail; without HTML, it is needed."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The text.

        :raises ValidationError: there is neither text nor HTML.
        """
        if not (isinstance(value, str | int | list | dict) and value) and not (data or {}).get(
            "html_body"
        ):
            raise self.error("no-body", "text_body")
        return super().deserialize(value, attr, data, **kwargs)

    def rule(self) -> str:
        """When it is needed."""
        return "a string; required without html_body"


class HeaderArray(Array):
    """Headers, each name once in any case: of two values, one would be lost."""

    def read(self, name: str, value: list[Any]) -> list[Any]:
        """The headers as given."""
        read = super().read(name, value)
        if twice := find_repeated(each["header"] for each in read):
            raise self.error("twice", name, header=twice[:64])
        return read


class HiddenArray(Array):
    """Files, which only the mail itself shows."""

    is_shown = False


class Blob(String):
    """Bytes in Base64; line ends in it are of no account."""

    def __init__(self) -> None:
        super().__init__(required=True)

    def read(self, name: str, value: str) -> bytes:
        """The bytes."""
        try:
            return base64.b64decode(_SPACE.sub("", value), validate=True)
        except (binascii.Error, ValueError):
            raise self.error("base64", name) from None


class Mimetype(JsonValue):
    """A file's type; the vendor's client for Node says false where it knows none."""

    kinds = (str, bool)
    kind = "a string"

    def read(self, name: str, value: str | bool) -> str:
        """The type; empty for none."""
        if value is True:
            raise self.error("kind", name)
        return value or ""


class Unemulated(JsonValue):
    """What the real service knew and this one does not: it may be there if it says nothing."""

    kinds = (str, int, float, bool, list, dict)
    kind = "not emulated; null or empty"

    def read(self, name: str, value: Any) -> None:
        """Nothing."""
        if value:
            raise self.error("unemulated", name)
