"""Node, by the vendor's client of npm: @sendgrid/client."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from legacygrid.migration.rendering.language import BRACES, Language, Rescue
from legacygrid.migration.rendering.program import Program
from legacygrid.migration.rendering.spelling import RawCode, Style, to_camel_case
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
from legacygrid.migration.values import is_list, is_value

_HEAD = """\
import client from "@sendgrid/client";

client.setApiKey(process.env.SENDGRID_API_KEY);
"""


class Node(Language):
    """Node, as a module."""

    style = Style(("true", "false", "null"), "{}: ", ("{", "}"), "  ", "//")
    branches = BRACES
    guard = Rescue("try {", "} catch (error) {", "throw error;", "}")
    comparisons: ClassVar = {
        Compare.IS: "{a} === {b}",
        Compare.IS_NOT: "{a} !== {b}",
        Compare.STARTS: "{a}.startsWith({b})",
        Compare.CONTAINS: '({a} ?? "").toLowerCase().includes({b}.toLowerCase())',
        Compare.SHARES_NOTHING: "!{a}.some((one) => {b}.includes(one))",
        Compare.HAS_NONE: "!{a}.length",
        Compare.HAS_SOME: "{a}.length",
        Compare.IS_THERE: "{a}",
    }

    #: Lists that are filtered, so that their names stand for two of them.
    _narrowed: frozenset[str] = frozenset()

    def variable(self, name: str) -> str:
        """A variable: `mailDomain`."""
        return to_camel_case(name) + ("_" if name.endswith("_") else "")

    def key(self, name: str) -> str:
        """A key of an object."""
        return name if name.isidentifier() else json.dumps(name)

    def item(self, of: str, key: str) -> str:
        """A field of an object."""
        return f"{of}.{key}"

    def joined(self, parts: Sequence[str], by: str) -> str:
        """Texts, put together."""
        return f"`{by.join(f'${{{part}}}' for part in parts)}`"

    def plucked(self, of: str, key: str) -> str:
        """One field of each item of a list."""
        return f"{of}.map((item) => item.{key})"

    def revised(self, of: str, without: str, also: str) -> str:
        """A list with some taken out and some put in."""
        kept = f"{of}.filter((scope) => ![...{without}, ...{also}].includes(scope))"
        return f"[...{kept}, ...{also}]"

    def call(self, ask: Ask) -> str:
        """A request."""
        request: dict[str, Any] = {"method": ask.verb, "url": RawCode(self._url(ask))}
        if ask.as_user is not None:
            request["headers"] = {"On-Behalf-Of": ask.as_user}
        query = {name: each for name, each in ask.query.items() if not is_list(each)}
        if query:
            request["qs"] = query
        if ask.body is not None:
            request["body"] = ask.body
        return f"client.request({self.spell(request, 70)})"

    def _url(self, ask: Ask) -> str:
        parts: list[Any] = [*ask.parts, *self._lists(ask)]
        if len(parts) == 1:
            return json.dumps(parts[0])
        places = (
            f"${{encodeURIComponent({self.spell(each)})}}" if is_value(each) else str(each)
            for each in parts
        )
        return f"`{''.join(places)}`"

    def _lists(self, ask: Ask) -> Iterator[str]:
        """Lists of the query: the client would put brackets behind their names."""
        for name, value in ask.query.items():
            if is_list(value):
                one = f"`{name}=${{encodeURIComponent(one)}}`"
                yield f'?${{{self.spell(value)}.map((one) => {one}).join("&")}}'

    def statement(self, ask: Ask) -> Iterator[str]:
        """A request of which nothing is kept."""
        yield from f"await {self.call(ask)};".split("\n")

    def keep(self, ask: Ask) -> Iterator[str]:
        """A request whose answer is kept."""
        name = self.variable(ask.keep)
        if ask.part or ask.first_of:
            yield from f"const [, {name}Answer] = await {self.call(ask)};".split("\n")
            part = f".{ask.part}" if ask.part else f".{ask.first_of}?.[0] ?? {name}Answer"
            yield f"const {name} = {name}Answer{part};"
        else:
            yield from f"const [, {name}] = await {self.call(ask)};".split("\n")

    def pages(self, step: Pages) -> Iterator[str]:
        """A list that is read page by page."""
        name = self.variable(step.ask.keep)
        query = {**step.ask.query, "limit": PAGE, "offset": RawCode(f"{name}.length")}
        yield f"{'let' if name in self._narrowed else 'const'} {name} = [];"
        yield "for (;;) {"
        yield from self.indented(
            [
                *f"const [, page] = await {self.call(step.ask._replace(query=query))};".split("\n"),
                f"{name}.push(...page);",
                f"if (page.length < {PAGE}) break; // no answer says whether there is another page",
            ]
        )
        yield "}"

    def find(self, step: Find) -> Iterator[str]:
        """The first item of a list that is meant."""
        name, condition = self.variable(step.keep), self.condition(step.where)
        yield f"const {name} = {self.variable(step.among)}.find((each) => {condition});"
        if not step.optional:
            yield f'if (!{name}) throw new Error("v3 has no {step.what}");'

    def narrow(self, step: Narrow) -> Iterator[str]:
        """A list without what is not meant."""
        name = self.variable(step.among)
        conditions = " && ".join(map(self.condition, step.where))
        yield f"{name} = {name}.filter((each) => {conditions});"

    def for_each(self, step: ForEach) -> Iterator[str]:
        """Steps for each item."""
        item = self.variable(step.item)
        yield f"for (const {item} of {self.variable(step.among)}) {{"
        yield from self.indented(self.body(step.steps))
        if step.merge:
            yield f"  Object.assign({item}, {self.variable(step.merge)});"
        yield "}"

    def count(self, step: CountItems) -> Iterator[str]:
        """How many there are."""
        yield f"const {self.variable(step.keep)} = {self.variable(step.among)}.length;"

    def answered(self, value: str) -> str:
        """The answer of a function."""
        return f"return {value};"

    def document(self, program: Program) -> Iterator[str]:
        """The whole."""
        yield from _HEAD.split("\n")
        answer = program.row.yields
        narrowed = (step.among for step in program.steps if isinstance(step, Narrow))
        self._narrowed = frozenset(map(self.variable, narrowed))
        if not program.is_function:
            yield from self.assignments(program, ";")
            yield from self.body(program.steps)
            return
        name = self.variable(program.name)
        names = [self.variable(each.name) for each in program.variables]
        taken = self.enclose(("{ ", " }"), names, 80) if names else ""
        yield from f"async function {name}({taken}) {{".split("\n")
        yield from self.indented(self.body(program.steps, answer))
        yield from ("}", "")
        yield from self.reasons(program)
        given = {self.variable(each.name): each.value for each in program.variables}
        kept = "const answer = " if answer is not None else ""
        yield from f"{kept}await {name}({self.spell(given) if given else ''});".split("\n")

    def assignments(self, program: Program, end: str = "") -> Iterator[str]:
        """What the code is given, each under its name."""
        for line in super().assignments(program, end):
            is_first = line[0].isalpha()
            yield f"const {line}" if is_first else line
