"""What a mail of mail/send says: its subject, its texts, its files."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from marshmallow import missing

from legacygrid.mail.mime import attachments
from legacygrid.mail.mime.attachments import ATTACHMENT, INLINE, Attachment
from legacygrid.mail.mime.composing import AMP
from legacygrid.mail.mime.lenient import to_line
from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.sendgrid_v3 import mail_messages
from legacygrid.serializers.sendgrid_v3.mail_fields import (
    MailArray,
    MailObject,
    MailString,
    MailValue,
    refuse,
)
from legacygrid.serializers.smtp2go.mail import Blob

#: The texts that a mail program chooses from, in the order in which they have to come.
PLAIN, HTML = "text/plain", "text/html"
_ORDER = {PLAIN: 0, HTML: 1}
_CHARSET = re.compile(r"\s*;\s*charset=[^;]*", re.IGNORECASE)


class SubjectOfAll(MailString):
    """The subject of the personalizations that have none."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **mail_messages.MESSAGES,
        "required": mail_messages.NO_SUBJECT,
    }

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The subject.

        :raises ValidationError: there is none, and one is needed.
        """
        if value in (missing, None, "") and not _is_excused(data or {}):
            raise self.error("required", str(self.name))
        return super().deserialize(value, attr, data, **kwargs)

    def rule(self) -> str:
        """When it is needed."""
        return "a string; required without template_id, unless all personalizations have one"


def _is_excused(mail: Mapping[str, Any]) -> bool:
    """Whether a mail needs no subject for all."""
    own = mail.get("personalizations")
    have_own = isinstance(own, list) and all(
        isinstance(each, dict) and each.get("subject") for each in own
    )
    return bool(mail.get("template_id") or (own and have_own))


class ContentText(MailString):
    """The type or the text of a form of the mail."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **mail_messages.MESSAGES,
        "required": mail_messages.EMPTY,
    }

    def __init__(self) -> None:
        super().__init__(required=True)


class ContentType(ContentText):
    """The type of a form of the mail. All are UTF-8, whatever it says."""

    def read(self, name: str, value: str) -> str:
        """The type in lower case, without a charset."""
        kind = _CHARSET.sub("", super().read(name, value).strip())
        if not attachments.is_type(kind):
            raise refuse(name, mail_messages.CONTENT_TYPE)
        return kind.lower() if kind.lower() in _ORDER else kind


class Body(NamedTuple):
    """One form of the mail."""

    type: str
    value: str


class BodyObject(MailObject):
    """One form of the mail: its type and its text."""

    def __init__(self) -> None:
        super().__init__({"type": ContentType(), "value": ContentText()}, required=True)

    def read(self, name: str, value: dict[str, Any]) -> Body:
        """Both."""
        return Body(**super().read(name, value))


class Bodies(MailArray):
    """The forms of the mail; without a template, one is needed."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **mail_messages.MESSAGES,
        "required": mail_messages.NO_CONTENT,
    }
    is_shown = False

    def __init__(self) -> None:
        super().__init__(BodyObject())

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The forms.

        :raises ValidationError: there is none, and no template.
        """
        if value in (missing, None, []) and not (data or {}).get("template_id"):
            raise self.error("required", str(self.name))
        return super().deserialize(value, attr, data, **kwargs)

    def read(self, name: str, value: list[Any]) -> list[Body]:
        """The forms in their order."""
        bodies: list[Body] = super().read(name, value)
        # The vendor's own library has AMP before the HTML, its manual had it behind.
        placed = [each.type for each in bodies if each.type != AMP]
        places = [_ORDER.get(kind, len(_ORDER)) for kind in placed]
        if any(places.count(place) > 1 for place in _ORDER.values()):
            raise refuse(name, mail_messages.CONTENT_TWICE)
        if places != sorted(places):
            raise refuse(name, mail_messages.CONTENT_ORDER)
        return bodies

    def rule(self) -> str:
        """When it is needed."""
        return "an array of objects of type, value; required without template_id"


class FileContent(MailValue, Blob):
    """The bytes of a file in base64."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **mail_messages.MESSAGES,
        "base64": mail_messages.NOT_BASE64,
    }

    def read(self, name: str, value: str) -> bytes:
        """The bytes."""
        return super().read(name, value) or self.absent(name)


class FileType(MailString):
    """The type of a file."""

    def read(self, name: str, value: str) -> str:
        """The type."""
        if not attachments.is_type(value):
            raise refuse(name, mail_messages.FILE_TYPE)
        return value


class Disposition(MailString):
    """How a file is shown."""

    def read(self, name: str, value: str) -> str:
        """One of the two."""
        if value not in (INLINE, ATTACHMENT):
            raise refuse(name, mail_messages.DISPOSITION)
        return value

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "string", "enum": [INLINE, ATTACHMENT]}

    def rule(self) -> str:
        """What is taken."""
        return f"{INLINE} or {ATTACHMENT}"


class ContentId(MailString):
    """By what the HTML refers to a file."""

    def read(self, name: str, value: str) -> str:
        """The id without angle brackets."""
        if not (content_id := attachments.read_content_id(value)):
            raise refuse(name, mail_messages.CONTENT_ID)
        return content_id


class FileObject(MailObject):
    """A file."""

    def __init__(self) -> None:
        members = {
            "content": FileContent(),
            "filename": MailString(required=True),
            "type": FileType(),
            "disposition": Disposition(),
            "content_id": ContentId(),
        }
        super().__init__(members, required=True)

    def read(self, name: str, value: dict[str, Any]) -> Attachment:
        """The file; of a long name the end, which tells its type."""
        read = super().read(name, value)
        return Attachment(
            to_line(read["filename"])[-attachments.MAX_FILENAME :],
            read["content"],
            read.get("type", ""),
            read.get("content_id", ""),
            read.get("disposition", ATTACHMENT),
        )


class Files(MailArray):
    """The files of all mails of a call."""

    is_shown = False

    def __init__(self) -> None:
        super().__init__(FileObject())
