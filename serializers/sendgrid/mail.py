"""The parameters of mail.send."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from marshmallow import missing

from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid.fields import Email
from legacygrid.serializers.texts import Text
from legacygrid.wsgi.values import PhpArray, Unreadable, flatten

#: As the manual limits a request: recipients, and bytes of all files.
MAX_RECIPIENTS = 10_000
MAX_FILES = 7 * 1024 * 1024
#: Parameters that are arrays even where their plain name repeats, `to=a&to=b`: so the vendor's own
#: Node library (0.4 to 2.0) and django-anymail sent them, and every recipient got the mail.
ARRAYS = frozenset(["to", "toname", "cc", "ccname", "bcc", "bccname", "files", "content"])

#: The values of an array with their keys: a name belongs to the address of the same key.
Keyed = list[tuple[tuple[str, int], str]]


def new_mail(profile: Profile) -> Params:
    """mail.send."""
    return {
        "to": Destinations(),
        "toname": Texts(),
        "cc": Addresses(),
        "ccname": Texts(),
        "bcc": Addresses(),
        "bccname": Texts(),
        "from": SenderEmail(),
        "fromname": Text(),
        "replyto": Email(320),
        "subject": Subject(),
        "text": TextWithoutHtml(),
        "html": HiddenText(),
        "date": Date(),
        "headers": HeaderObject(),
        "files": NamedFiles(),
        "content": ContentIds(),
        "x-smtpapi": HiddenText(),
    }


class Texts(Text):
    """One text, or an array of them: `to=a`, `to=a&to=b`, `to[]=a&to[]=b`.

    :param inner: what each of them is.
    """

    def __init__(self, inner: Text | None = None, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.inner = inner or Text()

    def decode(self, name: str, value: Any) -> list[tuple[Any, Any]]:
        """The values of the array with their keys."""
        self.readable(name, value)
        return list(flatten(value))

    def read(self, name: str, values: list[tuple[Any, Any]]) -> Keyed:
        """The texts, each as if it came by itself."""
        return [(key, self.inner.read(name, self.plain(name, value))) for key, value in values]

    def rule(self) -> str:
        """What is taken."""
        return "a text, or an array of them"


class Addresses(Texts):
    """One address, or an array of them."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(Email(320), required=required)

    def read(self, name: str, values: list[tuple[Any, Any]]) -> Keyed:
        """The addresses; an empty one is nobody's, and keeps its place beside the names."""
        addresses = super().read(name, values)
        given = [address for (key, _), address in addresses if key and address]
        # What is plain beside an array may be in it as well: it is counted once.
        given += {address for (key, _), address in addresses if address and not key}.difference(
            given
        )
        if len(given) > MAX_RECIPIENTS:
            raise self.error("recipients", name, most=MAX_RECIPIENTS)
        if self.required and not given:
            raise self.error(self.if_absent, name)
        return addresses

    def rule(self) -> str:
        """What is taken."""
        return f"an e-mail address, or an array of up to {MAX_RECIPIENTS}"


class Destinations(Addresses):
    """Whom the mail is to."""

    if_absent = "no-destination"

    def __init__(self) -> None:
        super().__init__(required=True)


class SenderEmail(Email):
    """Whom the mail is from."""

    if_absent = "no-sender"

    def __init__(self) -> None:
        super().__init__(320, required=True)


class Subject(Text):
    """The subject; what follows from the header's own rules, composing says."""

    if_absent = "no-subject"

    def __init__(self) -> None:
        super().__init__(required=True)


class HiddenText(Text):
    """A text that only the mail itself shows."""

    is_shown = False


class TextWithoutHtml(HiddenText):
    """The text of the mail; without HTML, it is needed."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The text.

        :raises ValidationError: there is neither text nor HTML.
        """
        if value in (missing, "") and not (data or {}).get("html"):
            raise self.error("no-body", str(self.name))
        return super().deserialize(value, attr, data, **kwargs)

    def rule(self) -> str:
        """When it is needed."""
        return "any text; required without html"


class Date(Text):
    """When the mail says that it was written."""

    def read(self, name: str, text: str) -> datetime | None:
        """The moment; none if it is empty."""
        if not text:
            return None
        try:
            moment = parsedate_to_datetime(text)
            # An offset of -0000 says that nobody knows the zone.
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            raise self.error("date", name) from None

    def rule(self) -> str:
        """What is taken."""
        return "an RFC 2822 date"


class HeaderObject(HiddenText):
    """Further headers, as a JSON object of texts."""

    def read(self, name: str, text: str) -> dict[str, str]:
        """Name and value of each."""
        try:
            headers = json.loads(text or "{}")
        except (ValueError, RecursionError):
            headers = None
        if headers == []:
            # PHP writes its empty array so.
            return {}
        if not isinstance(headers, dict) or not all(map(_is_plain, headers.values())):
            raise self.error("headers", name)
        return {key: _as_text(value) for key, value in headers.items()}

    def rule(self) -> str:
        """What is taken."""
        return "a JSON object of texts"


class NamedFiles(HiddenText):
    """Files by their names: `files[report.pdf]`, uploaded or as the bytes themselves."""

    def decode(self, name: str, value: Any) -> PhpArray:
        """The array as it came, uploads and texts."""
        if not isinstance(value, PhpArray):
            raise self.error("files", name)
        return value

    def read(self, name: str, array: PhpArray) -> dict[str, tuple[bytes, str]]:
        """Content and type of each file."""
        files = {}
        for key, value in array.items():
            if isinstance(value, Unreadable):
                # An array without names has them in the upload itself.
                is_named = key.isdecimal() and value.filename
                files[value.filename if is_named else key] = (value.data, value.type)
            elif isinstance(value, str):
                files[key] = (value.encode(), "")
            else:
                raise self.error("files", name)
        if sum(len(content) for content, _ in files.values()) >= MAX_FILES:
            raise self.error("files-size", name)
        return files

    def rule(self) -> str:
        """What is taken."""
        return "files[NAME], uploaded or as bytes; less than 7 MB together"


class ContentIds(Text):
    """The content ids of files that the HTML shows: `content[logo.png]=logo`."""

    def decode(self, name: str, value: Any) -> PhpArray:
        """The array as it came."""
        self.readable(name, value)
        if not isinstance(value, PhpArray):
            raise self.error("content-ids", name)
        return value

    def read(self, name: str, array: PhpArray) -> dict[str, str]:
        """The content ids by the names of the files."""
        return {key: self.plain(name, value) for key, value in array.items()}

    def rule(self) -> str:
        """What is taken."""
        return "content[NAME]=CID, for files[NAME]"


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
