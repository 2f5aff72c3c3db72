"""Python, by the vendor's client of PyPI: sendgrid."""

from collections.abc import Iterator, Sequence
from keyword import iskeyword
from typing import ClassVar

from legacygrid.migration.rendering.fluent_client import FluentClient
from legacygrid.migration.rendering.language import Branches, Rescue
from legacygrid.migration.rendering.program import Program
from legacygrid.migration.rendering.spelling import RawCode, Style
from legacygrid.migration.steps import (
    PAGE,
    Ask,
    Compare,
    CountItems,
    Find,
    ForEach,
    Narrow,
    Pages,
)
from legacygrid.migration.values import Kept, Value

_HEAD = """\
import os
{quote}
from sendgrid import SendGridAPIClient


def client(on_behalf_of=None):
    key = os.environ["SENDGRID_API_KEY"]
    return SendGridAPIClient(key, impersonate_subuser=on_behalf_of).client

"""


class Python(FluentClient):
    """Python."""

    style = Style(("True", "False", "None"), "{}: ", ("{", "}"), "    ", "#")
    branches = Branches("if {}:", "else:", "")
    guard = Rescue("try:", "except Exception:", "raise", "")
    comparisons: ClassVar = {
        Compare.IS: "{a} == {b}",
        Compare.IS_NOT: "{a} != {b}",
        Compare.STARTS: "{a}.startswith({b})",
        Compare.CONTAINS: '{b}.lower() in ({a} or "").lower()',
        Compare.SHARES_NOTHING: "set({a}).isdisjoint({b})",
        Compare.HAS_NONE: "not {a}",
        Compare.HAS_SOME: "{a}",
        Compare.IS_THERE: "{a}",
    }
    negation = "not {a}"

    def joined(self, parts: Sequence[str], by: str) -> str:
        """Texts, put together."""
        return f' + "{by}" + '.join(parts)

    def plucked(self, of: str, key: str) -> str:
        """One field of each item of a list."""
        return f'[item["{key}"] for item in {of}]'

    def revised(self, of: str, without: str, also: str) -> str:
        """A list with some taken out and some put in."""
        return f"[scope for scope in {of} if scope not in {without} + {also}] + {also}"

    def call(self, ask: Ask) -> str:
        """A request."""
        user = "" if ask.as_user is None else self.spell(ask.as_user)
        head = f"client({user}){self.path(ask)}.{ask.verb.lower()}"
        return f"{head}({self.keywords(ask, 90 - len(head), '{}={}')})"

    def path_value(self, value: Value) -> str:
        """A part of a path that the call or an answer gives; answers have numbers, too."""
        text = self.spell(value)
        text = f"str({text})" if isinstance(value, Kept) else text
        return f'._(quote({text}, safe="@"))'

    def path_word(self, word: str) -> str:
        """A part of a path that is always the same."""
        return f'._("{word}")' if iskeyword(word) else f".{word}"

    def keep(self, ask: Ask) -> Iterator[str]:
        """A request whose answer is kept."""
        part = f'["{ask.part}"]' if ask.part else ""
        yield from f"{ask.keep} = {self.call(ask)}.to_dict{part}".split("\n")
        if ask.first_of:
            yield f'{ask.keep} = {ask.keep}.get("{ask.first_of}", [{ask.keep}])[0]'

    def pages(self, step: Pages) -> Iterator[str]:
        """A list that is read page by page."""
        name = step.ask.keep
        query = {**step.ask.query, "limit": PAGE, "offset": RawCode(f"len({name})")}
        yield f"{name} = []"
        yield "while True:"
        yield from self.indented(
            [
                *f"page = {self.call(step.ask._replace(query=query))}.to_dict".split("\n"),
                f"{name} += page",
                f"if len(page) < {PAGE}:  # no answer says whether there is another page",
                "    break",
            ]
        )

    def find(self, step: Find) -> Iterator[str]:
        """The first item of a list that is meant."""
        condition = self.condition(step.where)
        yield f"{step.keep} = next((each for each in {step.among} if {condition}), None)"
        if not step.optional:
            yield f"if {step.keep} is None:"
            yield f'    raise LookupError("v3 has no {step.what}")'

    def narrow(self, step: Narrow) -> Iterator[str]:
        """A list without what is not meant."""
        name = step.among
        conditions = " and ".join(map(self.condition, step.where))
        yield f"{name} = [each for each in {name} if {conditions}]"

    def for_each(self, step: ForEach) -> Iterator[str]:
        """Steps for each item."""
        yield f"for {step.item} in {step.among}:"
        yield from self.indented(self.body(step.steps))
        if step.merge:
            yield f"    {step.item}.update({step.merge})"

    def count(self, step: CountItems) -> Iterator[str]:
        """How many there are."""
        yield f"{step.keep} = len({step.among})"

    def answered(self, value: str) -> str:
        """The answer of a function."""
        return f"return {value}"

    def document(self, program: Program) -> Iterator[str]:
        """The whole."""
        answer = program.row.yields
        lines = self.body(program.steps, answer if program.is_function else None)
        uses_paths = any("quote(" in line for line in lines)
        quote = "from urllib.parse import quote\n" if uses_paths else ""
        yield from _HEAD.format(quote=quote).split("\n")
        if not program.is_function:
            yield from self.assignments(program)
            yield from lines
            return
        names = [each.name for each in program.variables]
        yield from self.enclose((f"def {program.name}(", "):"), names, 90).split("\n")
        yield from self.indented(lines)
        yield from ("", "")
        yield from self.reasons(program)
        given = [f"{each.name}={self.spell(each.value)}" for each in program.variables]
        called = self.enclose((f"{program.name}(", ")"), given, 90)
        yield from (f"answer = {called}" if answer is not None else called).split("\n")
