"""PHP, by the vendor's client of Packagist: sendgrid/sendgrid."""

import json
from collections.abc import Iterator, Sequence
from typing import ClassVar

from legacygrid.migration.rendering.fluent_client import FluentClient
from legacygrid.migration.rendering.language import BRACES, Rescue
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
from legacygrid.migration.values import Value, is_list

_HEAD = """\
<?php
require "vendor/autoload.php";

function client(?string $onBehalfOf = null)
{
    $options = $onBehalfOf === null ? [] : ["impersonateSubuser" => $onBehalfOf];
    return (new \\SendGrid(getenv("SENDGRID_API_KEY"), $options))->client;
}

// The client throws nothing where v3 refuses.
function checked($answer)
{
    if ($answer->statusCode() >= 300) {
        throw new RuntimeException("v3 answered {$answer->statusCode()}: {$answer->body()}");
    }
    return json_decode($answer->body(), true);
}
"""


class Php(FluentClient):
    """PHP 8."""

    style = Style(("true", "false", "null"), "{} => ", ("[", "]"), "    ", "//")
    branches = BRACES
    guard = Rescue("try {", "} catch (Throwable $error) {", "throw $error;", "}")
    comparisons: ClassVar = {
        Compare.IS: "{a} === {b}",
        Compare.IS_NOT: "{a} !== {b}",
        Compare.STARTS: "str_starts_with({a}, {b})",
        Compare.CONTAINS: 'stripos({a} ?? "", {b}) !== false',
        Compare.SHARES_NOTHING: "!array_intersect({a}, {b})",
        Compare.HAS_NONE: "!{a}",
        Compare.HAS_SOME: "{a}",
        Compare.IS_THERE: "{a}",
    }

    def variable(self, name: str) -> str:
        """A variable: `$mailDomain`."""
        return f"${to_camel_case(name)}"

    def constant(self, value: str | int) -> str:
        """A text or a number; `$` would begin a variable within a text."""
        return super().constant(value).replace("$", "\\$")

    def joined(self, parts: Sequence[str], by: str) -> str:
        """Texts, put together."""
        return f' . "{by}" . '.join(parts)

    def plucked(self, of: str, key: str) -> str:
        """One field of each item of a list."""
        return f'array_column({of}, "{key}")'

    def revised(self, of: str, without: str, also: str) -> str:
        """A list with some taken out and some put in."""
        return f"[...array_diff({of}, {without}, {also}), ...{also}]"

    def call(self, ask: Ask) -> str:
        """A request."""
        user = "" if ask.as_user is None else self.spell(ask.as_user)
        has_lists = any(map(is_list, ask.query.values()))
        path = self._path_with_lists(ask) if has_lists else self.path(ask)
        head = f"checked(client({user}){path}->{ask.verb.lower()}("
        query = {} if has_lists else ask.query
        given = [] if ask.body is None and not query else [ask.body]
        given += [query] if query else []
        spelled = ", ".join(self.spell(each, 90 - len(head)) for each in given)
        return f"{head}{spelled}))"

    def path_value(self, value: Value) -> str:
        """A part of a path that the call or an answer gives."""
        return f"->_(rawurlencode({self.spell(value)}))"

    def path_word(self, word: str) -> str:
        """A part of a path that is always the same."""
        return f"->{word}()"

    def _path_with_lists(self, ask: Ask) -> str:
        """A path and its query with lists: the client would put brackets behind their names."""
        before, _, last = self.path(ask).rpartition("->")
        others = {name: each for name, each in ask.query.items() if not is_list(each)}
        parts = [f"http_build_query({self.spell(others)})"] if others else []
        for name, value in ask.query.items():
            if is_list(value):
                one = f'fn($one) => "{name}=" . rawurlencode($one)'
                parts.append(f'implode("&", array_map({one}, {self.spell(value)}))')
        query = ' . "&" . '.join(parts)
        return f'{before}->_("{last.removesuffix("()")}?" . {query})'

    def statement(self, ask: Ask) -> Iterator[str]:
        """A request of which nothing is kept."""
        yield from f"{self.call(ask)};".split("\n")

    def keep(self, ask: Ask) -> Iterator[str]:
        """A request whose answer is kept."""
        name = self.variable(ask.keep)
        part = f'["{ask.part}"]' if ask.part else ""
        yield from f"{name} = {self.call(ask)}{part};".split("\n")
        if ask.first_of:
            yield f'{name} = {name}["{ask.first_of}"][0] ?? {name};'

    def pages(self, step: Pages) -> Iterator[str]:
        """A list that is read page by page."""
        name = self.variable(step.ask.keep)
        query = {**step.ask.query, "limit": PAGE, "offset": RawCode(f"count({name})")}
        yield f"{name} = [];"
        yield "do { // no answer says whether there is another page"
        yield from self.indented(
            [
                *f"$page = {self.call(step.ask._replace(query=query))};".split("\n"),
                f"{name} = [...{name}, ...$page];",
            ]
        )
        yield f"}} while (count($page) === {PAGE});"

    def find(self, step: Find) -> Iterator[str]:
        """The first item of a list that is meant."""
        name = self.variable(step.keep)
        yield f"{name} = {self._filtered(step.among, self.condition(step.where))}[0] ?? null;"
        if not step.optional:
            yield f"if (!{name}) {{"
            yield f"    throw new RuntimeException({json.dumps(f'v3 has no {step.what}')});"
            yield "}"

    def narrow(self, step: Narrow) -> Iterator[str]:
        """A list without what is not meant."""
        conditions = " && ".join(map(self.condition, step.where))
        yield f"{self.variable(step.among)} = {self._filtered(step.among, conditions)};"

    def _filtered(self, among: str, condition: str) -> str:
        return f"array_values(array_filter({self.variable(among)}, fn($each) => {condition}))"

    def for_each(self, step: ForEach) -> Iterator[str]:
        """Steps for each item."""
        among, item = self.variable(step.among), self.variable(step.item)
        yield f"foreach ({among} as {'&' if step.merge else ''}{item}) {{"
        yield from self.indented(self.body(step.steps))
        if step.merge:
            yield f"    {item} = [...{item}, ...{self.variable(step.merge)}];"
        yield "}"
        if step.merge:
            yield f"unset({item});"

    def count(self, step: CountItems) -> Iterator[str]:
        """How many there are."""
        yield f"{self.variable(step.keep)} = count({self.variable(step.among)});"

    def answered(self, value: str) -> str:
        """The answer of a function."""
        return f"return {value};"

    def document(self, program: Program) -> Iterator[str]:
        """The whole."""
        yield from _HEAD.split("\n")
        answer = program.row.yields
        if not program.is_function:
            yield from self.assignments(program, ";")
            yield from self.body(program.steps)
            return
        names = [self.variable(each.name) for each in program.variables]
        taken = self.enclose(("(", ")"), names, 80) if names else "()"
        yield from f"function {to_camel_case(program.name)}{taken}".split("\n")
        yield from ("{", *self.indented(self.body(program.steps, answer)), "}", "")
        yield from self.reasons(program)
        given = [
            f"{to_camel_case(each.name)}: {self.spell(each.value)}" for each in program.variables
        ]
        called = self.enclose((f"{to_camel_case(program.name)}(", ")"), given, 80)
        kept = "$answer = " if answer is not None else ""
        yield from f"{kept}{called};".split("\n")
