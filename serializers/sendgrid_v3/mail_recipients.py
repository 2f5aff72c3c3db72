"""Whom a mail of mail/send is from and to: addresses, and the personalizations that hold them."""

from collections import Counter
from collections.abc import Mapping
from email.utils import unquote
from typing import Any, ClassVar

from marshmallow import missing

from legacygrid.mail.mime import headers
from legacygrid.mail.mime.headers import Address, UnwritableValue
from legacygrid.mail.mime.lenient import to_line
from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.sendgrid_v3 import mail_messages
from legacygrid.serializers.sendgrid_v3.mail_fields import (
    MailArray,
    MailNumber,
    MailObject,
    MailString,
    MailValue,
    TextMap,
    refuse,
)

#: As the vendor limits a request: personalizations, and recipients of all of them together.
MAX_PERSONALIZATIONS = MAX_RECIPIENTS = 1000
#: Bytes of the substitutions, or of the custom arguments, of one personalization.
MAX_VALUES = 10_000
KINDS = ("to", "cc", "bcc")
#: How the id of a template begins whose mail takes `dynamic_template_data`.
DYNAMIC = "d-"
#: Header fields that are made of other members, or of the way that the mail goes.
_RESERVED = frozenset((
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type",
    "content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc",
))  # fmt: skip


class MailAddress(MailString):
    """An address, without a name."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **mail_messages.MESSAGES,
        "email": mail_messages.ADDRESS,
    }
    if_absent = "email"

    def __init__(self) -> None:
        super().__init__(required=True)

    def read(self, name: str, value: str) -> str:
        """The address as a mail has it."""
        try:
            return headers.write_address(name, value)
        except UnwritableValue:
            raise self.error("email", name) from None

    def rule(self) -> str:
        """What is taken."""
        return "an e-mail address"


class SenderAddress(MailAddress):
    """The address that a mail is from."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **mail_messages.MESSAGES,
        "email": mail_messages.SENDER,
        "none": mail_messages.NO_SENDER,
    }
    if_absent = "none"


class NamedMailbox(MailObject):
    """An address, and the name of its owner."""

    def __init__(self, email: MailAddress | None = None, *, required: bool = False) -> None:
        members = {"email": email or MailAddress(), "name": MailString()}
        super().__init__(members, required=required)

    def read(self, name: str, value: dict[str, Any]) -> Address:
        """Both. The vendor's libraries put a name with a comma in quotation marks."""
        read = super().read(name, value)
        return Address(read["email"], unquote(to_line(read.get("name", ""))))


class SenderMailbox(NamedMailbox):
    """Whom all mail is from, unless a personalization says otherwise."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(SenderAddress(), required=required)

    def absent(self, name: str) -> Any:
        """The same is said as of one without an address."""
        if self.required:
            raise refuse(f"{name}.email", mail_messages.NO_SENDER)
        return missing


class ToMailboxes(MailArray):
    """Whom a personalization is to."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **mail_messages.MESSAGES,
        "required": mail_messages.NO_RECIPIENT,
    }

    def __init__(self) -> None:
        super().__init__(NamedMailbox(required=True), required=True)


class HeaderMap(TextMap):
    """Further header fields."""

    def read(self, name: str, value: dict[str, Any]) -> dict[str, str]:
        """Their texts by their names."""
        fields = super().read(name, value)
        for key, text in fields.items():
            if key.lower() in _RESERVED:
                raise refuse(f"{name}.{key}", mail_messages.RESERVED, place=key)
            if not headers.is_name(key):
                raise refuse(name, mail_messages.HEADER_NAME)
            try:
                headers.check_line(key, text)
            except UnwritableValue:
                raise refuse(f"{name}.{key}", mail_messages.HEADER_VALUE) from None
        return fields


class DynamicData(MailValue):
    """What a dynamic template is filled with: any object."""

    kinds = (dict,)
    kind = "an object"


class Personalization(MailObject):
    """One mail: whom it is to, and what is its own."""

    def __init__(self) -> None:
        super().__init__(
            {
                "to": ToMailboxes(),
                "cc": MailArray(NamedMailbox(required=True), most=MAX_RECIPIENTS),
                "bcc": MailArray(NamedMailbox(required=True), most=MAX_RECIPIENTS),
                "from": SenderMailbox(),
                "subject": MailString(),
                "headers": HeaderMap(),
                "substitutions": TextMap(MAX_VALUES),
                "dynamic_template_data": DynamicData(),
                "custom_args": TextMap(MAX_VALUES),
                "send_at": MailNumber(),
            },
            required=True,
        )

    def read(self, name: str, value: dict[str, Any]) -> dict[str, Any]:
        """Its members, as they are read."""
        read: dict[str, Any] = super().read(name, value)
        seen: set[str] = set()
        for kind in KINDS:
            for address, _ in read.get(kind, ()):
                if address.casefold() in seen:
                    raise refuse(name, mail_messages.TWICE, address=address, place=f"{name}.{kind}")
                seen.add(address.casefold())
        return read


class Personalizations(MailArray):
    """The mails of a call."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **mail_messages.MESSAGES,
        "required": mail_messages.NO_PERSONALIZATION,
        "many": mail_messages.MANY_PERSONALIZATIONS,
    }
    is_shown = False

    def __init__(self) -> None:
        super().__init__(Personalization(), required=True, most=MAX_PERSONALIZATIONS)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The mails.

        :raises ValidationError: one has substitutions, and the template is a dynamic one.
        """
        read: list[dict[str, Any]] = super().deserialize(value, attr, data, **kwargs)
        template = (data or {}).get("template_id")
        if isinstance(template, str) and template.startswith(DYNAMIC):
            for number, each in enumerate(read):
                if each.get("substitutions"):
                    raise refuse(f"{self.name}.{number}.substitutions", mail_messages.DYNAMIC)
        return read

    def read(self, name: str, value: list[Any]) -> list[Any]:
        """The mails, as they are read."""
        read = super().read(name, value)
        counts = Counter({kind: sum(len(each.get(kind, ())) for each in read) for kind in KINDS})
        if counts.total() > MAX_RECIPIENTS:
            raise refuse(name, mail_messages.MANY_RECIPIENTS, most=MAX_RECIPIENTS)
        return read
