"""curl, with jq where an answer has to be read."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from legacygrid.migration.rendering.language import Branches, Language
from legacygrid.migration.rendering.program import Program, identify
from legacygrid.migration.rendering.spelling import Style
from legacygrid.migration.requests import encode, to_query
from legacygrid.migration.steps import (
    PAGE,
    Ask,
    Compare,
    Condition,
    CountItems,
    Find,
    ForEach,
    Narrow,
    Pages,
)
from legacygrid.migration.values import Kept, walk

_HOST = "https://api.sendgrid.com"
_HEAD = """\
set -euo pipefail
shopt -s inherit_errexit

v3() {
  curl -sS --fail-with-body -H "Authorization: Bearer $SENDGRID_API_KEY" \\
    -H "Content-Type: application/json" "$@"
}
"""


class Curl(Language):
    """Commands for bash. What the call gave stands in them; what an answer said is a variable that
    holds JSON, which jq reads.
    """

    style = Style(("true", "false", "null"), "{}: ", ("{", "}"), "  ", "#", last="")
    branches = Branches("if {} >/dev/null; then", "else", "fi")
    comparisons: ClassVar = {
        Compare.IS: "{a} == {b}",
        Compare.IS_NOT: "{a} != {b}",
        Compare.STARTS: "({a} | startswith({b}))",
        Compare.CONTAINS: '(({a} // "") | ascii_downcase | contains({b} | ascii_downcase))',
        Compare.SHARES_NOTHING: "({a} - {b}) == {a}",
        Compare.HAS_NONE: "{a} == []",
        Compare.HAS_SOME: "{a} != []",
        Compare.IS_THERE: "{a} != null",
    }
    negation = "({a} | not)"
    #: What the call gave, by name, and whether there is more than one command.
    _given: Mapping[str, Any] = {}
    _is_function = False

    # What jq reads

    def variable(self, name: str) -> str:
        """What the call gave, the item that is looked at, or what an answer said."""
        if name in self._given:
            return self.spell(self._given[name])
        return "" if name == "each" else f"${name}"

    def item(self, of: str, key: str) -> str:
        """A field of an object."""
        return f"{of}.{key}"

    def joined(self, parts: Sequence[str], by: str) -> str:
        """Texts, put together."""
        return f' + "{by}" + '.join(parts)

    def plucked(self, of: str, key: str) -> str:
        """One field of each item of a list."""
        return f"[{of}[].{key}]"

    def revised(self, of: str, without: str, also: str) -> str:
        """A list with some taken out and some put in."""
        return f"({of} - {without} - {also} + {also})"

    def _jq(self, names: Sequence[str], program: str, options: str = "-c") -> str:
        """A command that reads what answers said.

        :param names: of the variables.
        """
        pattern = ", ".join(f"${name}" for name in names)
        texts = " ".join(f"${name}" for name in names)
        return f'jq {options}s {shlex.quote(f". as [{pattern}] | {program}")} <<<"{texts}"'

    # What the shell does

    def call(self, ask: Ask) -> str:
        """A request."""
        pieces = [f"-X {ask.verb} {self._url(ask)}"]
        if not self._is_function:
            pieces.append('-H "Authorization: Bearer $SENDGRID_API_KEY"')
        if ask.as_user is not None:
            pieces.append(f'-H "On-Behalf-Of: {self._place(ask.as_user)}"')
        if ask.body is not None:
            if not self._is_function:
                pieces.append('-H "Content-Type: application/json"')
            pieces.append(f"-d {self._body(ask.body)}")
        command = "v3" if self._is_function else "curl -sS --fail-with-body"
        return " \\\n  ".join([f"{command} {pieces[0]}", *pieces[1:]])

    def _url(self, ask: Ask) -> str:
        path = "".join(
            part if isinstance(part, str) else self._place(part, encoded=True) for part in ask.parts
        )
        query = to_query({name: self._constant(value) for name, value in ask.query.items()})
        texts = (f"{key}={text if text.startswith('$(') else encode(text)}" for key, text in query)
        url = f"{_HOST}{path}"
        return f'"{url}?{"&".join(texts)}"' if query else _quote_if_needed(url)

    def _constant(self, value: Any) -> Any:
        """What a value is that the call gave."""
        name = getattr(value, "name", None)
        return value if name is None else self._given[identify(name)]

    def _place(self, value: Any, encoded: bool = False) -> str:
        """A value within quotes: what the call gave, or what jq reads of an answer."""
        if not isinstance(value, Kept):
            text = str(self._constant(value))
            return encode(text) if encoded else re.sub(r'(["\\$`])', r"\\\1", text)
        program = f".{'.'.join(value.path)}" + (" | tostring | @uri" if encoded else "")
        return f'$(jq -r {shlex.quote(program)} <<<"${value.name}")'

    def _body(self, body: Any) -> str:
        names = _list_kept(body)
        if names:
            return f"@<({self._jq(names, self.spell(body))})"
        return shlex.quote(self.spell(body))

    def keep(self, ask: Ask) -> Iterator[str]:
        """A request whose answer is kept."""
        if not self._is_function:
            yield from self.statement(ask)
            return
        part = f" | jq -c .{ask.part}" if ask.part else ""
        part = f" | jq -c '.{ask.first_of}[0] // .'" if ask.first_of else part
        yield from f"{ask.keep}=$({self.call(ask)}{part})".split("\n")

    def pages(self, step: Pages) -> Iterator[str]:
        """A list that is read page by page."""
        name = step.ask.keep
        query = {**step.ask.query, "limit": PAGE, "offset": f'$(jq length <<<"${name}")'}
        yield f"{name}='[]'"
        yield "while :; do"
        yield from self.indented(
            [
                *f"page=$({self.call(step.ask._replace(query=query))})".split("\n"),
                f'{name}=$(jq -cs add <<<"${name} $page")',
                "# no answer says whether there is another page",
                f'[ "$(jq length <<<"$page")" -eq {PAGE} ] || break',
            ]
        )
        yield "done"

    def find(self, step: Find) -> Iterator[str]:
        """The first item of a list that is meant."""
        program = f"first(.[] | select({self.condition(step.where)})) // null"
        yield f'{step.keep}=$(jq -c {shlex.quote(program)} <<<"${step.among}")'
        if not step.optional:
            yield f'[ "${step.keep}" != null ] || {{'
            yield f"  echo {shlex.quote(f'v3 has no {step.what}')} >&2"
            yield "  exit 1"
            yield "}"

    def narrow(self, step: Narrow) -> Iterator[str]:
        """A list without what is not meant."""
        names = [step.among, *_list_kept([each.value for each in step.where])]
        conditions = " and ".join(map(self.condition, step.where))
        yield f"{step.among}=$({self._jq(names, f'${step.among} | map(select({conditions}))')})"

    def for_each(self, step: ForEach) -> Iterator[str]:
        """Steps for each item."""
        items = f'jq -c ".[]" <<<"${step.among}"'
        steps = self.indented(self.body(step.steps))
        if not step.merge:
            yield from (f"while read -r {step.item}; do", *steps, f"done < <({items})")
            return
        yield f"{step.among}=$({items} | while read -r {step.item}; do"
        yield from steps
        yield f'  jq -cs add <<<"${step.item} ${step.merge}"'
        yield "done | jq -cs .)"

    def test(self, condition: Condition) -> str:
        """A command that tells by its status whether something holds."""
        names = _list_kept([condition.of, condition.value])
        return self._jq(names, self.condition(condition), "-e")

    def count(self, step: CountItems) -> Iterator[str]:
        """How many there are."""
        yield f'{step.keep}=$(jq length <<<"${step.among}")'

    def guarded(self, undo: Sequence[str], steps: Sequence[str]) -> Iterator[str]:
        """Steps, and others that are done if one of them fails."""
        yield from ("undo() {", *self.indented(undo), "}", "trap undo ERR")
        yield from steps
        yield "trap - ERR"

    def answered(self, value: str) -> str:
        """The answer of all commands."""
        names = list(dict.fromkeys(re.findall(r"\$(\w+)", value)))
        return f'echo "{value}"' if value == f"${names[0]}" else self._jq(names, value)

    def document(self, program: Program) -> Iterator[str]:
        """The whole."""
        self._given = {each.name: each.value for each in program.variables}
        self._is_function = program.is_function
        if program.is_function:
            yield from _HEAD.split("\n")
        yield from self.reasons(program)
        answer = program.row.yields if program.is_function else None
        yield from self.body(program.steps, answer)

    def reasons(self, program: Program) -> Iterator[str]:
        """What each is of which v2 had nothing."""
        for each in program.variables:
            if each.why:
                yield f"# {each.name}, here {json.dumps(each.value)}: {each.why}"


def _quote_if_needed(url: str) -> str:
    return f'"{url}"' if "$(" in url else url


def _list_kept(template: Any) -> list[str]:
    """The names of what was kept that stands in JSON."""
    names = (each.name for each in walk(template) if isinstance(each, Kept))
    return [name for name in dict.fromkeys(names) if name != "each"]
