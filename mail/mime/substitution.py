"""The copy of a mail for one recipient of X-SMTPAPI: tags replaced by the recipient's values."""

from collections.abc import Iterable, Iterator
from itertools import islice

from legacygrid.mail.mime import headers, parser, sentences
from legacygrid.mail.mime.headers import Address, UnwritableValue
from legacygrid.mail.mime.lenient import to_line
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.mail.mime.parser import Edit, Field
from legacygrid.mail.mime.smtpapi import BadInstructions, Instructions

#: Bytes of a mail, as SendGrid's manual limits it; no substitution makes more.
MAX_MAIL = 30 * 1024 * 1024
#: Bytes of a header in which tags are replaced.
MAX_HEADER = 16 * 1024
#: Header fields of a mail in which tags are replaced.
MAX_FIELDS = 1000
#: Characters that are searched for tags, for all recipients of a mail together: seconds of work.
MAX_SEARCHED = 4_000_000_000

_ADDRESSES = ("from", "sender", "reply-to", "to", "cc")
#: Fields of how the mail is built, or of the way that it came.
_STRUCTURE = ("mime-version", "received", "dkim-signature", "x-smtpapi")


def personalize(
    mail: ParsedMail, instructions: Instructions, n: int, copies: int = 1
) -> ParsedMail:
    """The mail for recipient n (from 0): tags replaced in its headers, text and HTML; To names that
    recipient alone.

    Files, signed and encrypted parts stay as they are, and so does a header that has no written
    form afterwards.

    :param copies: how many are made of the mail in all.
    :raises BadInstructions: the values would make more than 30 MB of it, or there are too many for
        so much text.
    """
    tags = Tags(instructions, n, MAX_SEARCHED // copies)
    to = instructions.mailboxes[n] if n < len(instructions.to) else None
    fields = mail.with_fields(list(_field_edits(mail, to, tags)))
    return fields.with_texts(lambda _, text: tags.replace(text))


class Tags:
    """The tags, with what stands for them at recipient n (from 0). A value may name a section, and
    a section may hold tags.

    Longer tags come first; a tag without a value for this recipient is replaced by nothing.

    :param limit: characters that are searched for tags at most.
    """

    def __init__(self, instructions: Instructions, n: int, limit: int = MAX_SEARCHED) -> None:
        values = instructions.values(n)
        rounds = (values, instructions.section, values if instructions.section else {})
        self._values = [(tag, each[tag]) for each in rounds for tag in _longest_first(each)]
        self._left = limit

    def replace(self, text: str) -> str:
        """The text with the tags replaced.

        :raises BadInstructions: as `personalize`.
        """
        for tag, value in self._values:
            self._left -= len(text)
            if self._left < 0:
                raise BadInstructions(sentences.MANY_SEARCHES)
            if tag in text:
                if len(text) + text.count(tag) * (len(value) - len(tag)) > MAX_MAIL:
                    raise BadInstructions(sentences.LARGE)
                text = text.replace(tag, value)
        return text


def _longest_first(tags: Iterable[str]) -> list[str]:
    return sorted(filter(None, tags), key=len, reverse=True)


def _field_edits(mail: ParsedMail, to: Address | None, tags: Tags) -> Iterator[Edit]:
    """The header fields that change, with their new bytes."""
    for each in islice(mail.root.fields, MAX_FIELDS):
        name = each.name.lower()
        if name in _STRUCTURE or name.startswith("content-") or len(each.value) > MAX_HEADER:
            continue
        try:
            if name == "to" and to:
                written = headers.write_addresses(each.name, [to])
            else:
                written = _rewrite(each, tags)
        except UnwritableValue:
            continue
        if written:
            yield each.start, each.end, written.replace(b"\r\n", mail.root.newline)


def _rewrite(field: Field, tags: Tags) -> bytes:
    """The field with its tags replaced; nothing if it has none."""
    value = parser.unfold(field.value)
    decoded = headers.decode_words(value)
    changed = tags.replace(decoded)
    if changed == decoded:
        return b""
    if field.name.lower() not in _ADDRESSES:
        return headers.write_field(field.name, to_line(changed))
    mailboxes = [_replace_in(each, tags) for each in headers.parse_addresses(value)]
    return headers.write_addresses(field.name, mailboxes) if mailboxes else b""


def _replace_in(mailbox: Address, tags: Tags) -> Address:
    """The mailbox with the tags replaced in its address and name."""
    texts = [tags.replace(headers.decode_words(text)) for text in mailbox]
    address, name = map(to_line, texts)
    return Address(address, name)
