"""SendGrid's X-SMTPAPI header: instructions that a mail carries, as JSON.

Source: SendGrid's manual of the SMTP API (substitution tags, section tags, filters, categories,
unique arguments), and what its clients saw. Of what is odd in it as much is followed as can be: a
mail is not lost over a part.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from legacygrid.mail.mime import sentences
from legacygrid.mail.mime.caching import cached
from legacygrid.mail.mime.headers import Address
from legacygrid.mail.mime.lenient import parse_mailbox
from legacygrid.registry.evidence import Sentence

#: Recipients, as of a request of mail.send; and values of all of them together, with the sections.
MAX_RECIPIENTS = 10_000
MAX_VALUES = 200_000
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_BROKEN = re.compile("[\ud800-\udfff]")


class BadInstructions(ValueError):  # noqa: N818 - a reason, as those of `reasons`
    """The header cannot be followed.

    :param why: a sentence for the sender, which repeats none of the header's values.
    """

    def __init__(self, why: Sentence) -> None:
        super().__init__(why)
        self.why = why


class UnreadableInstructions(BadInstructions):
    """The header is no JSON object."""


@dataclass(frozen=True)
class Instructions:
    """What the header asks for.

    :param to: the recipients as they are given, instead of those of the envelope.
    :param sub: the values of each substitution tag, by the order of the recipients.
    :param section: the texts of section tags, which values of substitution tags may name.
    :param filters: the apps with their settings, `enable` among them.
    :param send_at: seconds since 1970; it is kept, and nothing waits for it.
    :param extends: what a filter does not set is as the account has it set.
    """

    to: tuple[str, ...] = ()
    sub: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    section: Mapping[str, str] = field(default_factory=dict)
    category: tuple[str, ...] = ()
    unique_args: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    send_at: int | None = None
    extends: bool = False

    @cached
    def mailboxes(self) -> tuple[Address | None, ...]:
        """The recipients, name and address apart; none where one has no valid address."""
        return tuple(map(parse_mailbox, self.to))

    def values(self, n: int) -> dict[str, str]:
        """What stands for each tag at recipient n, from 0: past the end of its values, nothing."""
        return {tag: each[n] if n < len(each) else "" for tag, each in self.sub.items()}

    def check_size(self, recipients: int) -> None:
        """Check that there are not too many values for that many recipients.

        :raises BadInstructions: there are.
        """
        if (len(self.sub) + len(self.section)) * max(1, recipients) > MAX_VALUES:
            raise BadInstructions(sentences.MANY_VALUES.fill(most=MAX_VALUES))

    def enabled(self, app: str) -> bool | None:
        """Whether it switches an app on or off; none if it does not mention it."""
        enable = self.filters.get(app, {}).get("enable")
        return None if enable is None else enable not in ("", "0", "false")


def parse(text: str) -> Instructions:
    """Read the header's value, folded or not.

    :raises UnreadableInstructions: it is no JSON object.
    :raises BadInstructions: there are too many recipients or values.
    """
    given = _document(text)
    instructions = Instructions(
        to=_texts(given.get("to")),
        sub={_text(tag): _texts(each) for tag, each in _object(given.get("sub")).items()},
        section=_mapping(given.get("section")),
        category=_texts(given.get("category")),
        unique_args=_mapping(given.get("unique_args")),
        filters=_filters(given.get("filters")),
        send_at=_moment(given.get("send_at")),
    )
    if len(instructions.to) > MAX_RECIPIENTS:
        raise BadInstructions(sentences.MANY_RECIPIENTS.fill(most=MAX_RECIPIENTS))
    instructions.check_size(len(instructions.to))
    return instructions


def _document(text: str) -> dict[str, Any]:
    try:
        # A number of any size, or NaN, is the text that it is written as. A line that was folded by
        # a tab may have it within a text.
        read = json.JSONDecoder(
            parse_int=str, parse_float=str, parse_constant=str, strict=False
        ).decode
        document = read(_FOLD.sub("", text).strip("\ufeff \t\r\n"))
    except (ValueError, RecursionError):
        raise UnreadableInstructions(sentences.NO_JSON) from None
    if not isinstance(document, dict):
        raise UnreadableInstructions(sentences.NO_OBJECT)
    return document


def _object(value: Any) -> dict[str, Any]:
    """An object; of anything else, such as the list that PHP writes for an empty one, nothing."""
    return value if isinstance(value, dict) else {}


def _mapping(value: Any) -> dict[str, str]:
    return {_text(key): _text(each) for key, each in _object(value).items()}


def _filters(value: Any) -> dict[str, dict[str, str]]:
    apps = _object(value).items()
    return {_text(app): _settings(_object(each).get("settings")) for app, each in apps}


def _settings(value: Any) -> dict[str, str]:
    # Switches were written as 1, "1" and true alike.
    settings = _object(value).items()
    return _mapping({key: str(int(v)) if isinstance(v, bool) else v for key, v in settings})


def _texts(value: Any) -> tuple[str, ...]:
    """The texts of a list; of an object, as PHP writes a list with gaps; or one text."""
    if value is None:
        return ()
    if isinstance(value, dict):
        value = list(value.values())
    return tuple(map(_text, value if isinstance(value, list) else [value]))


def _text(value: Any) -> str:
    """A text; null as none, and anything else as JSON writes it."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _BROKEN.sub("\ufffd", text)


def _moment(value: Any) -> int | None:
    is_moment = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12
    return int(value) if is_moment else None
