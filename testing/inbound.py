"""Mail from outside, which a test lets come in for a hostname of the Parse Webhook."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from legacygrid.testing.client import ControlApi
from legacygrid.testing.records import Record


@dataclass(frozen=True)
class InboundFile:
    """A file of a mail that comes in.

    :param type: by default, by the name.
    :param content_id: what the HTML names it by (`cid:`).
    """

    filename: str
    content: bytes = field(repr=False)
    type: str = ""
    content_id: str = ""

    def to_json(self) -> dict[str, str]:
        """As the control API has it."""
        told = {"filename": self.filename, "content": base64.b64encode(self.content).decode()}
        more = {"type": self.type, "content_id": self.content_id}
        return told | {name: value for name, value in more.items() if value}


@dataclass(frozen=True)
class ParsePost(Record):
    """A post of the Parse Webhook, as it is queued.

    :param id: its number among the posts of webhooks.
    :param recipients: those of the mail at that hostname.
    """

    id: int
    world: str = ""
    hostname: str = ""
    url: str = ""
    recipients: list[str] = field(default_factory=list)


class InboundControl(ControlApi):
    """The part of the control API that lets mail in."""

    def receive_mail(
        self,
        to: str | Iterable[str],
        sender: str = "sender@example.com",
        raw: bytes | str | None = None,
        attachments: Iterable[InboundFile] = (),
        **more: Any,
    ) -> list[ParsePost]:
        """Let a mail come in, as by SMTP from another server.

        :param to: one address, or several, at hostnames of `parse.set` or `customer.parse`.
        :param sender: an address, with or without a name.
        :param raw: the whole mail, in the place of its parts.
        :param more: its parts: `subject`, `text`, `html` and `headers` (a dict); what its server
            found out: `sender_ip`, `SPF`, `dkim`, `spam_score` and `spam_report`.
        :returns: the posts that wait to be made, one for each hostname.
        :raises AdminError: no account has registered such a hostname, or a field is wrong.
        """
        document = {"to": to if isinstance(to, str) else list(to), "from": sender, **more}
        if isinstance(raw, bytes):
            document["raw_base64"] = base64.b64encode(raw).decode()
        elif raw is not None:
            document["raw"] = raw
        if files := [each.to_json() for each in attachments]:
            document["attachments"] = files
        answer: Mapping[str, Any] = self._ask("POST", "inbound", document)
        return list(map(ParsePost.of, answer["posts"]))
