"""The parameters of mail.send."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

from marshmallow import missing

from legacygrid.serializers.evidence import Evidence, client, documented
from legacygrid.serializers.fields import Email
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid.params import Params
from legacygrid.serializers.texts import Text, plain, readable
from legacygrid.wsgi.values import PhpArray, Unreadable

#: As the manual limits a request: recipients, and bytes of all files.
MAX_RECIPIENTS = 10_000
MAX_FILES = 7 * 1024 * 1024
_MANUAL = documented("sendgrid/docs, Web_API/mail")


def new_mail(profile: Profile) -> Params:
    """mail.send."""
    return {
        "to": Destinations(),
        "toname": Texts(),
        "cc": Addresses(),
        "ccname": Texts(),
        "bcc": Addresses(),
        "bccname": Texts(),
        "from": Sender(),
        "fromname": Text(),
        "replyto": Email(320),
        "subject": Subject(),
        "text": Body(),
        "html": Content(),
        "date": Date(),
        "headers": Headers(),
        "files": Files(),
        "content": ContentIds(),
        "x-smtpapi": Content(),
    }


class Texts(Text):
    """One text, or an array of them: `to=a`, or `to[]=a&to[]=b`."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        readable(str(self.name), value)
        each = list(value.values()) if isinstance(value, PhpArray) else [value]
        return [self.read(plain(str(self.name), text)) for text in each]

    def rule(self) -> str:
        """What is taken."""
        return "a text, or an array of them"


class Addresses(Texts, Email):
    """One address, or an array of them."""

    default_error_messages = {"many": "{label}: a request can only have up to {most} recipients"}
    known: ClassVar[Mapping[str, Evidence]] = {"many": _MANUAL}

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(320, required=required)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        found = [text for text in super()._deserialize(value, attr, data, **kwargs) if text]
        if len(found) > MAX_RECIPIENTS:
            raise self.make_error("many", most=MAX_RECIPIENTS)
        if self.required and not found:
            raise self.make_error("required")
        return found

    def rule(self) -> str:
        """What is taken."""
        return f"an e-mail address, or an array of up to {MAX_RECIPIENTS}"


class Destinations(Addresses):
    """Whom the mail is to."""

    default_error_messages = {"required": "Missing destination email"}
    known: ClassVar[Mapping[str, Evidence]] = {"required": client("sendgrid-toolkit's fixture")}

    def __init__(self) -> None:
        super().__init__(required=True)


class Sender(Email):
    """Whom the mail is from."""

    default_error_messages = {"required": "Missing from email"}

    def __init__(self) -> None:
        super().__init__(320, required=True)


class Subject(Text):
    """The subject; what follows from the header's own rules, composing says."""

    default_error_messages = {"required": "Missing subject"}

    def __init__(self) -> None:
        super().__init__(required=True)


class Content(Text):
    """A text that only the mail itself shows."""

    is_shown = False


class Body(Content):
    """The text of the mail; without HTML, it is needed."""

    default_error_messages = {"required": "Missing email body"}

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The text.

        :raises ValidationError: there is neither text nor HTML.
        """
        if value in (missing, "") and not (data or {}).get("html"):
            raise self.make_error("required")
        return super().deserialize(value, attr, data, **kwargs)

    def rule(self) -> str:
        """When it is needed."""
        return "any text; required without html"


class Date(Text):
    """When the mail says that it was written."""

    default_error_messages = {"date": "{label} is not a valid RFC 2822 date"}

    def read(self, text: str) -> datetime | None:
        """The moment; none if it is empty."""
        if not text:
            return None
        try:
            moment = parsedate_to_datetime(text)
            # An offset of -0000 says that nobody knows the zone.
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            raise self.make_error("date") from None

    def rule(self) -> str:
        """What is taken."""
        return "an RFC 2822 date"


class Headers(Content):
    """Further headers, as a JSON object of texts."""

    default_error_messages = {"object": "{label} can only be a JSON object of texts"}

    def read(self, text: str) -> dict[str, str]:
        """Name and value of each."""
        try:
            given = json.loads(text or "{}")
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            # PHP writes its empty array so.
            given = {} if given == [] else self._refused()
        if not all(isinstance(value, str | int | float) for value in given.values()):
            self._refused()
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in given.items()
        }

    def _refused(self) -> Any:
        raise self.make_error("object")

    def rule(self) -> str:
        """What is taken."""
        return "a JSON object of texts"


class Files(Content):
    """Files by their names: `files[report.pdf]`, uploaded or as the bytes themselves."""

    default_error_messages = {
        "array": "{label} can only be an array, as in files[report.pdf]",
        "size": "{label} can only be up to 7 MB together",
    }
    known: ClassVar[Mapping[str, Evidence]] = {"size": _MANUAL}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, PhpArray):
            raise self.make_error("array")
        files = dict(self._file(key, each) for key, each in value.items())
        if sum(len(content) for content, _ in files.values()) >= MAX_FILES:
            raise self.make_error("size")
        return files

    def _file(self, key: str, value: Any) -> tuple[str, tuple[bytes, str]]:
        if isinstance(value, Unreadable):
            # An array without names has them in the upload itself.
            return (value.filename if key.isdecimal() and value.filename else key), (
                value.data,
                value.type,
            )
        if not isinstance(value, str):
            raise self.make_error("array")
        return key, (value.encode(), "")

    def rule(self) -> str:
        """What is taken."""
        return "files[NAME], uploaded or as bytes; less than 7 MB together"


class ContentIds(Text):
    """The content ids of files that the HTML shows: `content[logo.png]=logo`."""

    default_error_messages = {"array": "{label} can only be an array, as in content[logo.png]"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        readable(str(self.name), value)
        if not isinstance(value, PhpArray):
            raise self.make_error("array")
        return {key: plain(str(self.name), each) for key, each in value.items()}

    def rule(self) -> str:
        """What is taken."""
        return "content[NAME]=CID, for files[NAME]"
