"""JSON with variables in it, as a language spells it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from legacygrid.migration.rendering.program import identify
from legacygrid.migration.steps import Compare, Condition
from legacygrid.migration.values import (
    JoinedTexts,
    Kept,
    Need,
    Negative,
    Param,
    Plucked,
    Revised,
    Value,
    Worked,
    is_value,
)

#: Characters of a line, with its indentation.
_WIDTH = 96


def to_camel_case(name: str) -> str:
    """A name as `mailDomain`, without a line at its end."""
    first, *rest = name.rstrip("_").split("_")
    return "".join((first, *(each.capitalize() for each in rest)))


class RawCode(NamedTuple):
    """A piece of the language's own, in JSON."""

    text: str


class Style(NamedTuple):
    """How a language is spelled.

    :param constants: its words for true, false and null.
    :param pair: a key and its value in an object.
    :param brackets: of an object.
    :param indent: of one level.
    :param comment: what begins one.
    :param last: what follows the last of several items that have a line each.
    """

    constants: tuple[str, str, str]
    pair: str
    brackets: tuple[str, str]
    indent: str
    comment: str
    last: str = ","


class Spelling:
    """Spells JSON, values and conditions.

    :cvar style: how the language is spelled.
    :cvar comparisons: how conditions are, of `a` and `b`; `negation` how it says not `a`.
    """

    style: ClassVar[Style]
    comparisons: ClassVar[Mapping[Compare, str]]
    negation: ClassVar[str] = "!{a}"

    # What a language says

    def variable(self, name: str) -> str:
        """A variable."""
        return name

    def key(self, name: str) -> str:
        """A key of an object."""
        return json.dumps(name)

    def item(self, of: str, key: str) -> str:
        """A field of an object."""
        return f'{of}["{key}"]'

    def joined(self, parts: Sequence[str], by: str) -> str:
        """Texts, put together."""
        raise NotImplementedError

    def plucked(self, of: str, key: str) -> str:
        """One field of each item of a list."""
        raise NotImplementedError

    def revised(self, of: str, without: str, also: str) -> str:
        """A list with some taken out and some put in."""
        raise NotImplementedError

    # What is the same

    def indented(self, lines: Sequence[str]) -> list[str]:
        """Lines one level further in."""
        return [f"{self.style.indent}{line}" if line else "" for line in lines]

    def spell(self, template: Any, room: int = _WIDTH) -> str:
        """JSON with variables, on one line if there is room for it.

        :param room: characters that are left of the first line.
        """
        if isinstance(template, Mapping) and template:
            pairs = [
                self._pair(key, each, room - len(self.style.indent))
                for key, each in template.items()
            ]
            return self.enclose(self.style.brackets, pairs, room, self.style.last)
        if isinstance(template, list) and template:
            items = [self.spell(each, room - len(self.style.indent)) for each in template]
            return self.enclose(("[", "]"), items, room, self.style.last)
        return self._spell_one(template)

    def _pair(self, key: str, value: Any, room: int) -> str:
        name = self.style.pair.format(self.key(key))
        return f"{name}{self.spell(value, room - len(name))}"

    def enclose(
        self, brackets: tuple[str, str], items: Sequence[str], room: int, last: str = ","
    ) -> str:
        """Items between brackets, on one line if there is room for it.

        :param last: what follows the last of several lines.
        """
        inner = ", ".join(items)
        line = f"{brackets[0]}{inner}{brackets[1]}"
        if len(line) <= room and "\n" not in line:
            return line
        lines = ",\n".join(items).split("\n")
        return "\n".join([brackets[0], *self.indented(lines)]) + f"{last}\n{brackets[1]}"

    def _spell_one(self, template: Any) -> str:
        if isinstance(template, RawCode):
            return template.text
        if is_value(template):
            return self.value(template)
        if template in ({}, []):
            return "[]" if template == [] else "".join(self.style.brackets)
        if isinstance(template, bool) or template is None:
            return self.style.constants[(True, False, None).index(template)]
        return self.constant(template)

    def constant(self, value: str | int) -> str:
        """A text or a number."""
        return json.dumps(value, ensure_ascii=False)

    def value(self, value: Value) -> str:
        """A value of the table."""
        match value:
            case Param() | Need() | Worked():
                return self.variable(identify(value.name))
            case Negative():
                return f"-{self.value(value.of)}"
            case Kept():
                text = self.variable(value.name)
                for key in value.path:
                    text = self.item(text, key)
                return text
            case JoinedTexts():
                return self.joined([self.value(each) for each in value.parts], value.by)
            case Plucked():
                return self.plucked(self.value(value.of), value.key)
            case Revised():
                return self.revised(
                    self.value(value.of), self.value(value.without), self.value(value.also)
                )

    def condition(self, condition: Condition) -> str:
        """Whether something holds."""
        a = self.spell(condition.of)
        if isinstance(condition.value, bool):
            return a if condition.value else self.negation.format(a=a)
        b = "" if condition.value is None else self.spell(condition.value)
        return self.comparisons[condition.compare].format(a=a, b=b)
