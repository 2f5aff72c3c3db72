"""Ruby, by the vendor's client of RubyGems: sendgrid-ruby."""

import re
from collections.abc import Iterator, Sequence
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
from legacygrid.migration.values import Value

_HEAD = """\
require "erb"
require "json"
require "sendgrid-ruby"

def client(on_behalf_of = nil)
  key = ENV.fetch("SENDGRID_API_KEY")
  SendGrid::API.new(api_key: key, impersonate_subuser: on_behalf_of).client
end

# The client raises nothing where v3 refuses.
def checked(answer)
  raise "v3 answered #{answer.status_code}: #{answer.body}" unless answer.status_code.to_i < 300
  answer.body.to_s.empty? ? nil : JSON.parse(answer.body)
end
"""
#: Parts of paths that every object of Ruby has as a method.
_TAKEN = frozenset(["open", "send", "test"])


class Ruby(FluentClient):
    """Ruby."""

    style = Style(("true", "false", "nil"), "{} => ", ("{", "}"), "  ", "#")
    branches = Branches("if {}", "else", "end")
    guard = Rescue("begin", "rescue StandardError", "raise", "end")
    comparisons: ClassVar = {
        Compare.IS: "{a} == {b}",
        Compare.IS_NOT: "{a} != {b}",
        Compare.STARTS: "{a}.start_with?({b})",
        Compare.CONTAINS: "{a}.to_s.downcase.include?({b}.downcase)",
        Compare.SHARES_NOTHING: "({a} & {b}).empty?",
        Compare.HAS_NONE: "{a}.empty?",
        Compare.HAS_SOME: "{a}.any?",
        Compare.IS_THERE: "{a}",
    }

    def constant(self, value: str | int) -> str:
        """A text or a number; `#` would begin code within a text."""
        return re.sub(r"#(?=[{$@])", r"\\#", super().constant(value))

    def joined(self, parts: Sequence[str], by: str) -> str:
        """Texts, put together."""
        return f"[{', '.join(parts)}].join({self.constant(by)})"

    def plucked(self, of: str, key: str) -> str:
        """One field of each item of a list."""
        return f'{of}.map {{ |item| item["{key}"] }}'

    def revised(self, of: str, without: str, also: str) -> str:
        """A list with some taken out and some put in."""
        return f"{of} - {without} - {also} + {also}"

    def call(self, ask: Ask) -> str:
        """A request."""
        user = "" if ask.as_user is None else f"({self.spell(ask.as_user)})"
        head = f"checked(client{user}{self.path(ask)}.{ask.verb.lower()}"
        given = self.keywords(ask, 90 - len(head), "{}: {}")
        return f"{head}({given}))" if given else f"{head})"

    def path_value(self, value: Value) -> str:
        """A part of a path that the call or an answer gives."""
        return f"._(ERB::Util.url_encode({self.spell(value)}))"

    def path_word(self, word: str) -> str:
        """A part of a path that is always the same."""
        return f'._("{word}")' if word in _TAKEN else f".{word}"

    def keep(self, ask: Ask) -> Iterator[str]:
        """A request whose answer is kept."""
        part = f'["{ask.part}"]' if ask.part else ""
        yield from f"{ask.keep} = {self.call(ask)}{part}".split("\n")
        if ask.first_of:
            yield f'{ask.keep} = {ask.keep}["{ask.first_of}"]&.first || {ask.keep}'

    def pages(self, step: Pages) -> Iterator[str]:
        """A list that is read page by page."""
        name = step.ask.keep
        query = {**step.ask.query, "limit": PAGE, "offset": RawCode(f"{name}.length")}
        yield f"{name} = []"
        yield "loop do"
        yield from self.indented(
            [
                *f"page = {self.call(step.ask._replace(query=query))}".split("\n"),
                f"{name}.concat(page)",
                f"break if page.length < {PAGE} # no answer says whether there is another page",
            ]
        )
        yield "end"

    def find(self, step: Find) -> Iterator[str]:
        """The first item of a list that is meant."""
        yield f"{step.keep} = {step.among}.find {{ |each| {self.condition(step.where)} }}"
        if not step.optional:
            yield f'raise "v3 has no {step.what}" unless {step.keep}'

    def narrow(self, step: Narrow) -> Iterator[str]:
        """A list without what is not meant."""
        conditions = " && ".join(map(self.condition, step.where))
        yield f"{step.among}.select! {{ |each| {conditions} }}"

    def for_each(self, step: ForEach) -> Iterator[str]:
        """Steps for each item."""
        yield f"{step.among}.each do |{step.item}|"
        yield from self.indented(self.body(step.steps))
        if step.merge:
            yield f"  {step.item}.merge!({step.merge})"
        yield "end"

    def count(self, step: CountItems) -> Iterator[str]:
        """How many there are."""
        yield f"{step.keep} = {step.among}.length"

    def answered(self, value: str) -> str:
        """The answer of a function."""
        return value

    def document(self, program: Program) -> Iterator[str]:
        """The whole."""
        yield from _HEAD.split("\n")
        answer = program.row.yields
        if not program.is_function:
            yield from self.assignments(program)
            yield from self.body(program.steps)
            return
        names = [f"{each.name}:" for each in program.variables]
        taken = self.enclose(("(", ")"), names, 80, last="") if names else ""
        yield from f"def {program.name}{taken}".split("\n")
        yield from self.indented(self.body(program.steps, answer))
        yield from ("end", "")
        yield from self.reasons(program)
        given = [f"{each.name}: {self.spell(each.value)}" for each in program.variables]
        called = f"{program.name}{self.enclose(('(', ')'), given, 80) if given else ''}"
        yield from (f"answer = {called}" if answer is not None else called).split("\n")
