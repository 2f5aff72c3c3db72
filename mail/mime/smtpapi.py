"""SendGrid's X-SMTPAPI header: one mail for many recipients, each with values of its own.

Source: SendGrid's manual of the SMTP API (substitution tags, section tags, filters, categories,
unique arguments). The texts of its refusals are not recorded.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import getaddresses
from itertools import islice
from typing import Any

from legacygrid.mail.mime import bodies, headers, parser
from legacygrid.mail.mime.headers import Address, Unwritable

#: Bytes of a mail, as SendGrid's manual limits it; no substitution makes more.
MAX_MAIL = 30 * 1024 * 1024
#: Recipients, as of a request of mail.send; and values that all of them may have together, sections
#: among them.
MAX_RECIPIENTS = 10_000
MAX_VALUES = 200_000
#: Bytes of a header in which tags are looked for.
MAX_HEADER = 16 * 1024
#: Header fields of a mail in which tags are looked for.
MAX_FIELDS = 1000

Replacements = list[tuple[str, str]]

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_LINE_BREAKS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_ADDRESSES = ("from", "sender", "reply-to", "to", "cc")
#: What says how the mail is made, or by which way it came.
_STRUCTURE = ("mime-version", "received", "dkim-signature", "x-smtpapi")


class BadInstructions(ValueError):  # noqa: N818 - a reason, as those of `reasons`
    """The header is not what SendGrid could follow; its text says why, without what else it holds."""


@dataclass(frozen=True)
class Instructions:
    """What the header asks for; all texts. What has no meaning here is kept in `other`.

    `filters` are the apps with their settings, `enable` among them. `send_at` is kept; nothing
    waits for it.
    """

    to: tuple[str, ...] = ()
    sub: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    section: Mapping[str, str] = field(default_factory=dict)
    category: tuple[str, ...] = ()
    unique_args: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    send_at: int | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    def recipient(self, n: int) -> Address:
        """Its recipient n, from 0: name and address apart."""
        return _mailboxes(self.to[n])[0]

    def enabled(self, app: str) -> bool | None:
        """Whether it switches an app on or off; none if it says nothing of it."""
        enable = self.filters.get(app, {}).get("enable")
        return None if enable is None else enable not in ("", "0", "false")


def parse(text: str) -> Instructions:
    """Read the header's value, folded or not.

    :raises BadInstructions: it is no JSON, of wrong types, or its lists differ in length from `to`.
    """
    given = _object("X-SMTPAPI", _json(text))
    found = Instructions(
        to=_recipients(given.pop("to", [])),
        sub={
            tag: _texts(f"sub {tag}", values)
            for tag, values in _object("sub", given.pop("sub", {})).items()
        },
        section=_mapping("section", given.pop("section", {})),
        category=_one_or_more("category", given.pop("category", [])),
        unique_args=_mapping("unique_args", given.pop("unique_args", {})),
        filters={
            app: _settings(app, value)
            for app, value in _object("filters", given.pop("filters", {})).items()
        },
        send_at=_moment(given.pop("send_at", None)),
        other=given,
    )
    if (len(found.sub) + len(found.section)) * max(1, len(found.to)) > MAX_VALUES:
        raise BadInstructions(f"to, sub and section name more than {MAX_VALUES} values")
    for tag, values in found.sub.items():
        if found.to and len(values) != len(found.to):
            raise BadInstructions(
                f"sub {tag} has {len(values)} values for {len(found.to)} recipients"
            )
    return found


def personal(raw: bytes, instructions: Instructions, n: int) -> bytes:
    """The mail for recipient n (from 0): tags replaced in its headers, text and HTML; To names that
    recipient alone.

    Files, signed and encrypted parts stay as they are, and so does a header that has no written
    form afterwards.

    :raises BadInstructions: the values would make more than 30 MB of it.
    """
    replacing = _replacements(instructions, n)
    to = instructions.recipient(n) if n < len(instructions.to) else None
    edits = [
        (each.start, each.end, written)
        for each, written in _fields(parser.whole(raw), to, replacing)
    ]
    return bodies.edited(parser.spliced(raw, edits), lambda _, text: _replaced(text, replacing))


def substituted(text: str, instructions: Instructions, n: int) -> str:
    """The text with the tags replaced for recipient n. A value may name a section, and a section
    may hold tags.

    Longer tags come first; a tag without a value for this recipient stays.

    :raises BadInstructions: the values would make more than 30 MB of it.
    """
    return _replaced(text, _replacements(instructions, n))


def _replacements(instructions: Instructions, n: int) -> Replacements:
    values = {tag: given[n] for tag, given in instructions.sub.items() if n < len(given)}
    rounds = (values, instructions.section, values if instructions.section else {})
    return [
        (tag, each[tag])
        for each in rounds
        for tag in sorted(filter(None, each), key=len, reverse=True)
    ]


def _replaced(text: str, replacing: Replacements) -> str:
    for tag, value in replacing:
        if tag in text:
            if len(text) + text.count(tag) * (len(value) - len(tag)) > MAX_MAIL:
                raise BadInstructions("the substitutions would make the message larger than 30 MB")
            text = text.replace(tag, value)
    return text


def _fields(
    mail: parser.Part, to: Address | None, replacing: Replacements
) -> Iterator[tuple[parser.Field, bytes]]:
    """The header fields that change, with their new bytes."""
    for each in islice(mail.fields, MAX_FIELDS):
        name = each.name.lower()
        if name in _STRUCTURE or name.startswith("content-") or len(each.value) > MAX_HEADER:
            continue
        try:
            addressed = headers.mailboxes(each.name, [to]) if name == "to" and to else b""
            written = addressed or _written(each, replacing)
        except Unwritable:
            continue
        if written:
            yield each, written.replace(b"\r\n", mail.newline)


def _written(each: parser.Field, replacing: Replacements) -> bytes:
    """The field with its tags replaced; nothing if it has none."""
    value = parser.unfolded(each.value)
    decoded = headers.decoded(value)
    changed = _replaced(decoded, replacing)
    if changed == decoded:
        return b""
    if each.name.lower() not in _ADDRESSES:
        return headers.line(each.name, _LINE_BREAKS.sub(" ", changed))
    boxes = [map(headers.decoded, box) for box in _mailboxes(value)]
    texts = [[_LINE_BREAKS.sub(" ", _replaced(text, replacing)) for text in box] for box in boxes]
    return headers.mailboxes(each.name, [Address(*box) for box in texts]) if texts else b""


def _mailboxes(value: str) -> list[Address]:
    """The mailboxes of a field; the standard library follows nested comments until its stack is
    full.
    """
    try:
        return [Address(address, name) for name, address in getaddresses([value])]
    except (RecursionError, IndexError):
        return []


def _json(text: str) -> Any:
    try:
        return json.loads(_FOLD.sub("", text), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadInstructions("X-SMTPAPI is not valid JSON") from None


def _no_number(name: str) -> None:
    raise ValueError(name)


def _object(name: str, given: Any) -> dict[str, Any]:
    # PHP writes its empty array as a list, wherever an object is meant.
    if given == [] and name != "X-SMTPAPI":
        return {}
    if not isinstance(given, dict):
        raise BadInstructions(f"{name} must be an object")
    return dict(zip((_text(name, key) for key in given), given.values(), strict=True))


def _mapping(name: str, given: Any) -> dict[str, str]:
    return {key: _text(f"{name} {key}", value) for key, value in _object(name, given).items()}


def _settings(app: str, given: Any) -> dict[str, str]:
    name = f"filters {app}"
    settings = _object(f"{name} settings", _object(name, given).get("settings", {}))
    # Switches were written as 1, "1" and true alike.
    plain = {
        key: int(value) if isinstance(value, bool) else value for key, value in settings.items()
    }
    return _mapping(f"{name} settings", plain)


def _recipients(given: Any) -> tuple[str, ...]:
    found = _one_or_more("to", given)
    if len(found) > MAX_RECIPIENTS:
        raise BadInstructions(f"to can only have up to {MAX_RECIPIENTS} recipients")
    for each in found:
        try:
            (mailbox,) = _mailboxes(each)
            headers.mailbox("to", mailbox)
        except ValueError:
            raise BadInstructions("to must hold one valid e-mail address in each place") from None
    return found


def _one_or_more(name: str, given: Any) -> tuple[str, ...]:
    return _texts(name, given if isinstance(given, list) else [given])


def _texts(name: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise BadInstructions(f"{name} must be a list")
    return tuple(_text(name, each) for each in given)


def _text(name: str, given: Any) -> str:
    """A text, or a number as JSON writes it: PHP's clients did not care which."""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise BadInstructions(f"{name} must be a string")
    try:
        return headers.text(name, given if isinstance(given, str) else json.dumps(given))
    except Unwritable as error:
        raise BadInstructions(str(error)) from None


def _moment(given: Any) -> int | None:
    if given is None or (isinstance(given, int) and not isinstance(given, bool)):
        return given
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 12:
        return int(given)
    raise BadInstructions("send_at must be a UNIX timestamp")
