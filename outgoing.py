"""What leaves: the letters that become of mail that came in, with what their sender's settings do to them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message as Parsed
from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING, Any

from legacygrid.auth import Principal
from legacygrid.models.message import AUDIT
from legacygrid.models.settings import SmtpUser

if TYPE_CHECKING:
    from legacygrid.post import Incoming

#: Headers that are the sender's word to the provider, or nobody else's business.
_KEPT_BACK = ("bcc", "x-smtpapi")


@dataclass(frozen=True)
class Letter:
    """One message as it would leave.

    :param recipients: address and kind (`to`, `cc`, `bcc`, `audit`) of each.
    """

    recipients: tuple[tuple[str, str], ...]
    raw: bytes = field(repr=False)
    message_id: str
    header_from: str
    subject: str
    labels: Mapping[str, Any]
    archived: bool = False
    ip_pool: int | None = None
    bounce_notifications: str = "drop"

    @property
    def addressed(self) -> list[str]:
        """The recipients whom its sender named."""
        return [address for address, kind in self.recipients if kind != AUDIT]


def letters(incoming: "Incoming", principal: Principal, root: str, at: float) -> list[Letter]:
    """What becomes of mail that came in.

    :param root: the URL under which the emulator's own links answer.
    :param at: seconds since 1970.
    :raises Unwritable: what the mail says of how it wants to be sent cannot be read.
    """
    raw, head = _completed(incoming.raw, at)
    recipients = [(address, _kind(address, head)) for address in incoming.recipients]
    settings = principal.login.settings
    if isinstance(settings, SmtpUser) and settings.audit_email:
        recipients.append((settings.audit_email, AUDIT))
    return [
        Letter(
            tuple(recipients),
            raw,
            message_id=shown(head, "Message-ID"),
            header_from=shown(head, "From"),
            subject=shown(head, "Subject"),
            labels=incoming.labels,
        )
    ]


def _completed(raw: bytes, at: float) -> tuple[bytes, Parsed]:
    """The message without what is not for its recipients, and with the date and number that every message has."""
    lines, gap, body = raw.partition(b"\r\n\r\n")
    kept = b"".join(_kept(lines + b"\r\n"))
    head: Parsed = BytesHeaderParser().parsebytes(kept)
    added = b""
    if "Date" not in head:
        added += f"Date: {format_datetime(datetime.fromtimestamp(at, UTC))}\r\n".encode()
    if "Message-ID" not in head:
        added += f"Message-ID: <{secrets.token_hex(12)}@legacygrid.invalid>\r\n".encode()
    if added:
        head = BytesHeaderParser().parsebytes(kept + added)
    return kept + added + (b"\r\n" + body if gap else b"\r\n"), head


def _kept(lines: bytes) -> list[bytes]:
    """The lines of a head, but for the headers that are kept back."""
    kept: list[bytes] = []
    is_kept = True
    for line in lines.splitlines(keepends=True):
        if line[:1] not in b" \t":
            is_kept = line.partition(b":")[0].strip().lower().decode("latin-1") not in _KEPT_BACK
        if is_kept:
            kept.append(line)
    return kept


def shown(head: Parsed, name: str) -> str:
    """A header as a person reads it; empty if there is none."""
    value = str(head.get(name, "")).replace("\r\n", "")
    try:
        return str(make_header(decode_header(value)))[:1000]
    except (ValueError, LookupError):
        return value[:1000]


def _kind(address: str, head: Parsed) -> str:
    """Whether a recipient is among those whom all recipients see."""
    for kind in ("to", "cc"):
        seen = getaddresses([str(value) for value in head.get_all(kind, [])])
        if address.casefold() in (each.casefold() for _, each in seen):
            return kind
    return "bcc"
