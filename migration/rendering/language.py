"""What the languages have in common: the order of steps. A language says how each is written."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from legacygrid.migration.rendering.program import Program
from legacygrid.migration.rendering.spelling import Spelling
from legacygrid.migration.rows import Row
from legacygrid.migration.steps import (
    Ask,
    Condition,
    CountItems,
    Find,
    ForEach,
    Narrow,
    Pages,
    Step,
    When,
)


class Branches(NamedTuple):
    """How steps for one case, and for the other, are written.

    :param begin: the line before the first, with a place for the condition.
    :param end: the line after all; empty for none.
    """

    begin: str
    otherwise: str
    end: str


class Rescue(NamedTuple):
    """How steps are written that others undo if one of them fails.

    :param begin: the line before them.
    :param rescue: the line before what is done then.
    :param again: the line that tells of the failure nevertheless.
    :param end: the line after all; empty for none.
    """

    begin: str
    rescue: str
    again: str
    end: str


#: Of languages that write as C does.
BRACES = Branches("if ({}) {{", "} else {", "}")


class Language(Spelling):
    """Writes programs.

    :cvar branches: how cases are written; `guard` how what may fail is.
    """

    branches: ClassVar[Branches]
    guard: ClassVar[Rescue]

    # What a language says

    def call(self, ask: Ask) -> str:
        """A request, over one line or several, and what it answers."""
        raise NotImplementedError

    def statement(self, ask: Ask) -> Iterator[str]:
        """A request of which nothing is kept."""
        yield from self.call(ask).split("\n")

    def keep(self, ask: Ask) -> Iterator[str]:
        """A request whose answer is kept."""
        raise NotImplementedError

    def pages(self, step: Pages) -> Iterator[str]:
        """A list that is read page by page."""
        raise NotImplementedError

    def find(self, step: Find) -> Iterator[str]:
        """The first item of a list that is meant."""
        raise NotImplementedError

    def narrow(self, step: Narrow) -> Iterator[str]:
        """A list without what is not meant."""
        raise NotImplementedError

    def for_each(self, step: ForEach) -> Iterator[str]:
        """Steps for each item."""
        raise NotImplementedError

    def count(self, step: CountItems) -> Iterator[str]:
        """How many there are."""
        raise NotImplementedError

    def answered(self, value: str) -> str:
        """The answer of a function."""
        raise NotImplementedError

    def document(self, program: Program) -> Iterator[str]:
        """The whole."""
        raise NotImplementedError

    # What is the same

    def render(self, program: Program) -> str:
        """The code, with a newline at its end."""
        lines = self.document(program) if program.steps else self._explain(program.row)
        return "\n".join(line.rstrip() for line in lines) + "\n"

    def _explain(self, row: Row) -> Iterator[str]:
        if row.steps:
            yield f"{self.style.comment} {row.title}: such a call sets nothing that v3 has"
            return
        reasons = (row.reason,) if row.reason else row.losses
        yield f"{self.style.comment} {row.title}: no request of v3 does this"
        yield from (f"{self.style.comment} Why: {reason}" for reason in reasons)
        yield f"{self.style.comment} Instead: {row.instead}"

    def body(self, steps: Sequence[Step], answer: Any = None) -> list[str]:
        """Steps one after the other, and the answer of all of them."""
        lines: list[str] = []
        for number, step in enumerate(steps):
            lines += self._write(step)
            if isinstance(step, Ask) and step.undo:
                rest = self.body(steps[number + 1 :], answer)
                comment = f"{self.style.comment} nothing stays half done: v2 did it in one call"
                undo = [comment, *self.statement(step.undo)]
                return [*lines, *self.guarded(undo, rest)]
        if answer is not None:
            lines.append(self.answered(self.spell(answer)))
        return lines

    def test(self, condition: Condition) -> str:
        """Whether something holds, as a statement asks it."""
        return self.condition(condition)

    def when(self, step: When) -> Iterator[str]:
        """Steps for one case, and for the other."""
        yield self.branches.begin.format(self.test(step.condition))
        yield from self.indented(self.body(step.steps))
        if step.otherwise:
            yield self.branches.otherwise
            yield from self.indented(self.body(step.otherwise))
        if self.branches.end:
            yield self.branches.end

    def guarded(self, undo: Sequence[str], steps: Sequence[str]) -> Iterator[str]:
        """Steps, and others that are done if one of them fails."""
        yield self.guard.begin
        yield from self.indented(steps)
        yield self.guard.rescue
        yield from self.indented([*undo, self.guard.again])
        if self.guard.end:
            yield self.guard.end

    def _write(self, step: Step) -> Iterator[str]:
        match step:
            case Ask():
                yield from self.keep(step) if step.keep else self.statement(step)
            case Pages():
                yield from self.pages(step)
            case Find():
                yield from self.find(step)
            case Narrow():
                yield from self.narrow(step)
            case ForEach():
                yield from self.for_each(step)
            case When():
                yield from self.when(step)
            case CountItems():
                yield from self.count(step)

    def assignments(self, program: Program, end: str = "") -> Iterator[str]:
        """What the code is given, each under its name.

        :param end: of a statement.
        """
        yield from self.reasons(program)
        for each in program.variables:
            assigned = f"{self.variable(each.name)} = {self.spell(each.value)}{end}"
            yield from assigned.split("\n")

    def reasons(self, program: Program) -> Iterator[str]:
        """What each is of which v2 had nothing."""
        for each in program.variables:
            if each.why:
                yield f"{self.style.comment} {self.variable(each.name)}: {each.why}"
