"""SendGrid's X-SMTPAPI header: instructions that a mail carries, as JSON.

Source: SendGrid's manual of the SMTP API (substitution tags, section tags, filters, categories,
unique arguments). The texts of its refusals are not recorded.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from legacygrid.evidence import Sentence
from legacygrid.mail.mime import headers, sentences
from legacygrid.mail.mime.headers import Address, UnwritableValue

#: Recipients, as of a request of mail.send; and values of all of them together, with the sections.
MAX_RECIPIENTS = 10_000
MAX_VALUES = 200_000
_FOLD = re.compile(r"\r?\n(?=[ \t])")


class BadInstructions(ValueError):  # noqa: N818 - a reason, as those of `reasons`
    """The header cannot be followed.

    :param why: a sentence for the sender, which repeats none of the header's values.
    """

    def __init__(self, why: Sentence) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Instructions:
    """What the header asks for.

    :param to: the recipients, instead of those of the envelope.
    :param sub: the values of each substitution tag, one for each recipient.
    :param section: the texts of section tags, which values of substitution tags may name.
    :param filters: the apps with their settings, `enable` among them.
    :param send_at: seconds since 1970; it is kept, and nothing waits for it.
    :param other: what has no meaning here.
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
        return headers.parse_addresses(self.to[n])[0]

    def enabled(self, app: str) -> bool | None:
        """Whether it switches an app on or off; none if it does not mention it."""
        enable = self.filters.get(app, {}).get("enable")
        return None if enable is None else enable not in ("", "0", "false")


def parse(text: str) -> Instructions:
    """Read the header's value, folded or not.

    :raises BadInstructions: it is no JSON, of wrong types, or its lists differ in length from `to`.
    """
    given = _object("X-SMTPAPI", _json(text))
    instructions = Instructions(
        to=_recipients(given.pop("to", [])),
        sub=_substitutions(given.pop("sub", {})),
        section=_mapping("section", given.pop("section", {})),
        category=_one_or_more("category", given.pop("category", [])),
        unique_args=_mapping("unique_args", given.pop("unique_args", {})),
        filters=_filters(given.pop("filters", {})),
        send_at=_moment(given.pop("send_at", None)),
        other=given,
    )
    _check_lengths(instructions)
    return instructions


def _check_lengths(instructions: Instructions) -> None:
    """Check that there are not too many values, and one for each recipient.

    :raises BadInstructions: otherwise.
    """
    to, sub = instructions.to, instructions.sub
    if (len(sub) + len(instructions.section)) * max(1, len(to)) > MAX_VALUES:
        raise BadInstructions(sentences.MANY_VALUES.fill(most=MAX_VALUES))
    for tag, values in sub.items():
        if to and len(values) != len(to):
            counts = {"values": len(values), "recipients": len(to)}
            raise BadInstructions(sentences.UNEVEN.fill(tag=tag, **counts))


def _json(text: str) -> Any:
    try:
        return json.loads(_FOLD.sub("", text), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadInstructions(sentences.NO_JSON) from None


def _no_number(name: str) -> None:
    raise ValueError(name)


def _object(name: str, value: Any) -> dict[str, Any]:
    # PHP writes its empty array as a list, wherever an object is meant.
    if value == [] and name != "X-SMTPAPI":
        return {}
    if not isinstance(value, dict):
        raise BadInstructions(sentences.NO_OBJECT.fill(name=name))
    return dict(zip((_text(name, key) for key in value), value.values(), strict=True))


def _mapping(name: str, value: Any) -> dict[str, str]:
    return {key: _text(f"{name} {key}", each) for key, each in _object(name, value).items()}


def _substitutions(value: Any) -> dict[str, tuple[str, ...]]:
    tags = _object("sub", value).items()
    return {tag: _texts(f"sub {tag}", values) for tag, values in tags}


def _filters(value: Any) -> dict[str, dict[str, str]]:
    apps = _object("filters", value).items()
    return {app: _settings(app, each) for app, each in apps}


def _settings(app: str, value: Any) -> dict[str, str]:
    name = f"filters {app}"
    settings = _object(f"{name} settings", _object(name, value).get("settings", {}))
    # Switches were written as 1, "1" and true alike.
    plain = {
        key: int(value) if isinstance(value, bool) else value for key, value in settings.items()
    }
    return _mapping(f"{name} settings", plain)


def _recipients(value: Any) -> tuple[str, ...]:
    recipients = _one_or_more("to", value)
    if len(recipients) > MAX_RECIPIENTS:
        raise BadInstructions(sentences.MANY_RECIPIENTS.fill(most=MAX_RECIPIENTS))
    for each in recipients:
        try:
            (mailbox,) = headers.parse_addresses(each)
            headers.write_mailbox("to", mailbox)
        except ValueError:
            raise BadInstructions(sentences.NO_RECIPIENT) from None
    return recipients


def _one_or_more(name: str, value: Any) -> tuple[str, ...]:
    return _texts(name, value if isinstance(value, list) else [value])


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BadInstructions(sentences.NO_LIST.fill(name=name))
    return tuple(_text(name, each) for each in value)


def _text(name: str, value: Any) -> str:
    """A text, or a number as JSON writes it: PHP's clients did not care which."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadInstructions(sentences.NO_STRING.fill(name=name))
    try:
        return headers.check_text(name, value if isinstance(value, str) else json.dumps(value))
    except UnwritableValue as error:
        raise BadInstructions(error.why.within(str(error))) from None


def _moment(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        return int(value)
    raise BadInstructions(sentences.NO_MOMENT)
