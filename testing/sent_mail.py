"""Records of mail in the control API's JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from legacygrid.testing.records import Record

#: Reads the bytes at a path below `/__admin/`.
Read = Callable[[str], bytes]


@dataclass(frozen=True)
class SentTo(Record):
    """One recipient, and the outcome of the message there.

    :param kind: `to`, `cc`, `bcc`, or `audit` for the copy that an SMTP user's `audit_email` gets.
    :param outcome: delivered, sandboxed, refused, bounced, blocked, deferred or dropped.
    :param code: why, by Customers Mail Cloud's numbers.
    """

    address: str
    kind: str = "to"
    outcome: str = "delivered"
    code: int | None = None
    reason: str = ""
    time: str = ""


@dataclass(frozen=True)
class SentFile(Record):
    """A file of a message.

    :param type: as the message declares it; it may be wrong.
    :param size: in bytes.
    :param content_id: what the HTML names it by (`cid:`); empty if it has none.
    :param disposition: attachment or inline, as the message declares it, or empty.
    :param url: where its bytes are.
    """

    name: str
    type: str = ""
    size: int = 0
    content_id: str = ""
    disposition: str = ""
    url: str = ""
    path: str = field(default="", repr=False)
    read: Read | None = field(default=None, repr=False, compare=False)

    @property
    def content(self) -> bytes:
        """Its bytes, from the emulator.

        :raises AdminError: the message is gone.
        """
        assert self.read  # noqa: S101 - of a message that came from the control API
        return self.read(self.path)


@dataclass(frozen=True)
class SentMessage(Record):
    """A message as it would leave.

    :param time: by the emulator's clock; ISO 8601, UTC.
    :param account: the primary account of the sender; `subuser` the subuser, if one sent it;
        `caller` the login.
    :param kind: of that login: owner, credential, teammate, cmc, dotmailer or smtp2go.
    :param via: http, smtp, or bounce or invitation for letters of the emulated provider;
        `operation` is what was called.
    :param mail_from: the envelope's sender; `sender` the header's.
    :param disposition: delivered, sandboxed, refused or dropped; `reason` is why.
    :param labels: what the sender marked it with: `category`, `unique_args`, `api_data`; by v3 also
        `template_id` and `dynamic_template_data`.
    :param recipients: of the envelope, with the outcome for each; `to`, `cc` and `reply_to` are the
        addresses in those headers.
    :param headers: all header fields, decoded, as pairs of name and value in their order.
    """

    id: int
    time: str = ""
    account: str = ""
    subuser: str = ""
    caller: str = ""
    kind: str = ""
    via: str = ""
    operation: str = ""
    mail_from: str = ""
    sender: str = ""
    subject: str = ""
    message_id: str = ""
    queue_id: str = ""
    size: int = 0
    disposition: str = ""
    reason: str = ""
    archived: bool = False
    ip_pool: int | None = None
    labels: Mapping[str, Any] = field(default_factory=dict)
    recipients: list[SentTo] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)
    reply_to: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list, repr=False)
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    links: list[str] = field(default_factory=list, repr=False)
    files: list[SentFile] = field(default_factory=list)

    @classmethod
    def of(cls, told: Mapping[str, Any], read: Read | None = None) -> Self:
        """The message of a JSON object.

        :param read: reads the bytes at a path below `/__admin/`.
        """
        own: dict[str, Any] = {
            "sender": told.get("from", ""),
            "recipients": list(map(SentTo.of, told.get("recipients", ()))),
            "headers": [(each["name"], each["value"]) for each in told.get("headers", ())],
        }
        for name in ("to", "cc", "reply_to"):
            own[name] = [each["address"] for each in told.get(name, ())]
        own["files"] = [
            SentFile.of({**each, "read": read, "path": f"messages/{told['id']}/files/{place}"})
            for place, each in enumerate(told.get("files", ()), 1)
        ]
        return super().of({**told, **own})

    def header(self, name: str) -> str:
        """The first header field of that name, in any case; empty if there is none."""
        return next(iter(self.header_values(name)), "")

    def header_values(self, name: str) -> list[str]:
        """All header fields of that name, in any case, in their order."""
        wanted = name.lower()
        return [value for each, value in self.headers if each.lower() == wanted]
