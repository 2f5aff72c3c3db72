"""What a tool answers: a text for the reader, the same as values for programs, and no secret."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from legacygrid.migration.findings import FAILED
from legacygrid.wsgi.values import spell_out

#: Keys of SendGrid and SMTP2GO, whole or cut short.
_KEY = re.compile(r"(?<![\w.-])(?:SG\.[\w-]{6,}(?:\.[\w-]+)?|api-[A-Za-z0-9]{32})")
_HIDDEN = "***"
FindingLimit = Annotated[int, Field(ge=1, le=2000, description="most findings; fails come first")]
#: Letters of a text that are told: a mail may have a picture within.
_LONGEST = 20_000
#: Lines that a text has below its first one.
_LINES = 20


class RefusedError(Exception):
    """Why a tool does not answer; the text is for whoever called it."""


class ToolAnswer(NamedTuple):
    """What a tool found.

    :param text: what it comes to, in short.
    :param data: all of it.
    """

    text: str
    data: Mapping[str, Any]


class Discretion:
    """Takes secrets out of what is told.

    :param secrets: those that this process knows; keys in the shape of SendGrid's are taken out
        besides, wherever they come from.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(filter(None, secrets))

    def clean(self, value: Any) -> Any:
        """The same value, with other texts in the place of secrets."""
        if isinstance(value, str):
            return self._clean_text(value)
        if isinstance(value, Mapping):
            return {self.clean(str(name)): self.clean(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return list(map(self.clean, value))
        return value

    def clean_lines(self, text: str) -> str:
        """A text for a person: what terminals obey is spelled, too."""
        return "\n".join(map(spell_out, self._clean_text(text).split("\n")))

    def _clean_text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        text = _KEY.sub(_HIDDEN, text)
        if len(text) <= _LONGEST:
            return text
        return f"{text[:_LONGEST]}... ({len(text) - _LONGEST:,} more letters)"


def in_short(sentence: str, lines: Iterable[str]) -> str:
    """A sentence, with the first lines of what it is about."""
    told = list(lines)
    more = [f"... and {len(told) - _LINES:,} more"] if len(told) > _LINES else []
    return "\n".join([sentence, *told[:_LINES], *more])


def limit_findings(data: Mapping[str, Any], most: int) -> dict[str, Any]:
    """What was found, as `findings_as_json` has it, with so many findings at most."""
    found = sorted(data["findings"], key=lambda each: each["level"] != FAILED)
    return {**data, "findings": found[:most], "more": max(0, len(found) - most)}
