"""Mail as the Parse Webhook posted it: a form with a field for each thing that a receiver asks for.

The order of the fields is that of posts that were recorded in 2022; there, files stood between
them, each time elsewhere, so that no receiver may rely on it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from legacygrid.mail.mime import decoding, headers, spam
from legacygrid.mail.mime.files import MailFile
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.mail.mime.texts import HTML, PLAIN, ReadableText
from legacygrid.serializers.sendgrid import spam_reports
from legacygrid.serializers.sendgrid.multipart import PostPart

#: Recorded: a mail in its parts. Documented: a mail as it came.
_ORDER = (
    "headers", "dkim", "content-ids", "to", "cc", "html", "from", "text", "sender_ip",
    "spam_report", "envelope", "attachments", "subject", "spam_score", "attachment-info",
    "charsets", "SPF",
)  # fmt: skip
_RAW_ORDER = (
    "dkim", "email", "to", "cc", "from", "sender_ip", "spam_report", "envelope", "subject",
    "spam_score", "charsets", "SPF",
)  # fmt: skip
#: The header fields that are told as a person reads them; Cc where there is one.
_READ = ("to", "cc", "subject", "from")
_UTF_8 = "UTF-8"
_DOMAIN = re.compile(r"(?:^|;)\s*d\s*=\s*([^\s;]{1,255})")
#: Characters of a header field that are told.
_MOST = 500_000


class Findings(NamedTuple):
    """What the server that took a mail in found out about it. The emulator looks nothing up: what
    nobody ordered is what a receiver hopes for.

    :param sender_ip: the address that the mail came from.
    :param spf: `pass`, `fail`, `none` ...; `dkim` the result by domain, `{@example.com : pass}`,
        empty for a pass of each domain that signed it.
    :param spam_score: as a number in a text, and `spam_report` the rules that it comes from; empty
        for those of the mail, which is no spam unless it holds the GTUBE text.
    """

    sender_ip: str = "127.0.0.1"
    spf: str = "pass"
    dkim: str = ""
    spam_score: str = ""
    spam_report: str = ""


class InboundEnvelope(NamedTuple):
    """The envelope of a mail that came in, as far as one hostname is concerned."""

    sender: str
    recipients: tuple[str, ...]


def list_parts(
    mail: ParsedMail,
    envelope: InboundEnvelope,
    findings: Findings,
    spam_check: bool = False,
    send_raw: bool = False,
) -> list[PostPart]:
    """The fields and files of a post, in their order.

    :param spam_check: tell the score and the report.
    :param send_raw: tell the mail as it came, in the place of its parts.
    """
    fields = _common_fields(mail, envelope, findings)
    if spam_check:
        fields |= _spam_fields(mail, findings)
    if send_raw:
        fields |= {"email": mail.raw, "charsets": _json(_charsets(mail, {}))}
        return _in_order(_RAW_ORDER, fields)
    names = {f"attachment{number}": file for number, file in enumerate(mail.files, 1)}
    fields |= _body_fields(mail) | _file_fields(names)
    return [*_in_order(_ORDER, fields), *_files(names)]


def _in_order(order: Sequence[str], fields: Mapping[str, bytes]) -> list[PostPart]:
    return [PostPart(name, fields[name]) for name in order if name in fields]


def _common_fields(
    mail: ParsedMail, envelope: InboundEnvelope, findings: Findings
) -> dict[str, bytes]:
    told = {"to": list(envelope.recipients), "from": envelope.sender}
    return {
        **{name: _read(mail, name).encode() for name in _told_headers(mail)},
        "dkim": (findings.dkim or _dkim(mail)).encode(),
        "SPF": findings.spf.encode(),
        "sender_ip": findings.sender_ip.encode(),
        "envelope": _json(told),
    }


def _told_headers(mail: ParsedMail) -> Iterator[str]:
    """The names of the header fields that are told."""
    return (name for name in _READ if name != "cc" or mail.root.field("cc"))


def _read(mail: ParsedMail, name: str) -> str:
    return headers.replace_forbidden(mail.header(name)[:_MOST])


def _dkim(mail: ParsedMail) -> str:
    """A pass for each domain that a signature names; nobody looks at the signature."""
    values = (decoding.decode_text(each.value) for each in mail.root.named("dkim-signature"))
    domains = [match[1].lower() for value in values if (match := _DOMAIN.search(value))]
    passes = ", ".join(f"@{domain} : pass" for domain in dict.fromkeys(domains))
    return f"{{{passes}}}" if passes else "none"


def _spam_fields(mail: ParsedMail, findings: Findings) -> dict[str, bytes]:
    score = findings.spam_score or str(spam.score(mail))
    report = findings.spam_report or spam_reports.report_of(mail, score)
    return {"spam_score": score.encode(), "spam_report": report.encode()}


def _body_fields(mail: ParsedMail) -> dict[str, bytes]:
    """The header as it came, and text and HTML in charsets of their own."""
    header = decoding.decode_text(mail.root.raw[mail.root.start : mail.root.header])
    bodies = {"html": _join(mail.texts, HTML), "text": _join(mail.texts, PLAIN)}
    written = {name: body for name, body in bodies.items() if body is not None}
    charsets = _charsets(mail, {name: charset for name, (_, charset) in written.items()})
    return {
        "headers": _with_bare_ends(header).encode(),
        **{name: data for name, (data, _) in written.items()},
        "charsets": _json(charsets),
    }


def _charsets(mail: ParsedMail, of_bodies: Mapping[str, str]) -> dict[str, str]:
    """The charset of each field that has text of the mail."""
    return dict.fromkeys(_told_headers(mail), _UTF_8) | dict(of_bodies)


def _join(texts: Sequence[ReadableText], kind: str) -> tuple[bytes, str] | None:
    """All texts of a kind, in the charset of the first if that can bear them, and the charset's
    name; none if there is no such text.
    """
    own = [each for each in texts if each.kind == kind]
    if not own:
        return None
    text = _with_bare_ends(decoding.mend("\n".join(each.text for each in own)))
    for name in _charsets_of(own[0]):
        # Whoever goes by the letter of the name reads the same.
        with suppress(LookupError, ValueError):
            return text.encode(name), name
    return text.encode("utf-8", "replace"), _UTF_8


def _charsets_of(text: ReadableText) -> tuple[str, ...]:
    """Names of a text's charset: as the mail spells it, and what it is read as."""
    charset, declared = text.decoded.charset, text.part.parameters.get("charset", "")
    label = declared if declared.lower() == charset.label else charset.label
    return () if charset.is_wide else (label, charset.reader)


def _with_bare_ends(text: str) -> str:
    """The text with LF where lines end, as the real service gave it."""
    return text.replace("\r\n", "\n")


def _file_fields(files: Mapping[str, MailFile]) -> dict[str, bytes]:
    """How many files there are, and what each is."""
    fields = {"attachments": str(len(files)).encode()}
    ids = {file.content_id: name for name, file in files.items() if file.content_id}
    if files:
        told = {name: _describe(file) for name, file in files.items()}
        fields["attachment-info"] = _json(told)
    if ids:
        fields["content-ids"] = _json(ids)
    return fields


def _describe(file: MailFile) -> dict[str, str]:
    told = {"filename": file.name, "name": file.name, "type": file.type}
    return told | ({"content-id": file.content_id} if file.content_id else {})


def _files(files: Mapping[str, MailFile]) -> Iterator[PostPart]:
    for name, file in files.items():
        yield PostPart(name, file.content, file.name, file.type)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
