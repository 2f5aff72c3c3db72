"""The parameters of mail.send."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from marshmallow import missing

from legacygrid.mail.mime import headers
from legacygrid.mail.mime.lenient import to_line
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid.mail_addresses import Addresses, Destinations, Names
from legacygrid.serializers.sendgrid.mail_files import ContentIds, NamedFiles
from legacygrid.serializers.sendgrid.mail_texts import (
    HiddenText,
    Line,
    MailText,
    ReplyTo,
    Sender,
    Subject,
)

#: Parameters that are arrays even where their plain name repeats, `to=a&to=b`: so the vendor's own
#: Node library (0.4 to 2.0) and django-anymail sent them, and every recipient got the mail.
ARRAYS = frozenset(["to", "toname", "cc", "ccname", "bcc", "bccname", "files", "content"])


def new_mail(profile: Profile) -> Params:
    """mail.send."""
    return {
        "to": Destinations(),
        "toname": Names(),
        "cc": Addresses(),
        "ccname": Names(),
        "bcc": Addresses(),
        "bccname": Names(),
        "from": Sender(),
        "fromname": Line(),
        "replyto": ReplyTo(),
        "subject": Subject(),
        "text": TextWithoutHtml(),
        "html": HiddenText(),
        "date": Date(),
        "headers": HeaderObject(),
        "files": NamedFiles(),
        "content": ContentIds(),
        "x-smtpapi": HiddenText(),
    }


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


class Date(MailText):
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
    """Further headers, as a JSON object of texts. Any name is taken, as nothing shows that one was
    refused; what can be no name of a header is left out.
    """

    def read(self, name: str, text: str) -> dict[str, str]:
        """Name and value of each."""
        try:
            given = json.loads(text or "{}")
        except (ValueError, RecursionError):
            given = None
        # An empty array of PHP and numbers as values were refused as well.
        if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
            raise self.error("headers", name)
        return {key: to_line(value) for key, value in given.items() if headers.is_name(key)}

    def rule(self) -> str:
        """What is taken."""
        return "a JSON object of texts"
