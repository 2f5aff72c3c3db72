"""Carries a row out: makes its requests one after the other, and takes back what was half done."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from legacygrid.migration.evaluation import evaluate
from legacygrid.migration.inputs import Inputs, MissingParameter, make_inputs
from legacygrid.migration.requests import V3Answer, V3Request, to_request, to_requests
from legacygrid.migration.rows import Row
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
    Step,
    When,
    list_asks,
)

Send = Callable[[V3Request], V3Answer]
Foresee = Callable[[int], None]
#: How it shows that an answer has not what is read of it.
UNREADABLE = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError)


class MigrationError(Exception):
    """A call could not be carried out in v3.

    :param undone: the requests that took back what had been done.
    :param left: those that should have, and failed: what had been done is still there.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.undone: list[V3Request] = []
        self.left: list[V3Request] = []


class RefusedInV3(MigrationError):  # noqa: N818 - a reason, as those of `reasons`
    """A request was refused.

    :param answer: what came back.
    """

    def __init__(self, request: V3Request, answer: V3Answer) -> None:
        super().__init__(f"{request.verb} {request.template}: {answer.status}")
        self.request, self.answer = request, answer


class NoAnswer(MigrationError):  # noqa: N818 - a reason, as those of `reasons`
    """A request got no answer, so that nobody knows whether it was carried out; it is not taken
    back, as what it would have made may have been there before.
    """

    def __init__(self, request: V3Request) -> None:
        super().__init__(f"{request.verb} {request.template}: no answer")
        self.request = request


class UnreadableInV3(MigrationError):  # noqa: N818 - a reason, as those of `reasons`
    """An answer has not what is read of it."""


class UnknownInV3(MigrationError):  # noqa: N818 - a reason, as those of `reasons`
    """v3 has nothing by the name that the v2 call gave."""


class NoTarget(MigrationError):  # noqa: N818 - a reason, as those of `reasons`
    """v3 has nothing that such a call could become."""


def execute(
    row: Row,
    params: Mapping[str, Any],
    send: Send,
    needs: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    foresee: Foresee | None = None,
) -> Any:
    """Do in v3 what a v2 call did.

    :param params: the call's, as they came.
    :param send: makes a request; it may raise anything where there is no answer.
    :param needs: what v3 asks for beside them, by name.
    :param now: the moment of the call.
    :param foresee: is told how many requests come at least, where an answer says so; it may refuse.
    :returns: what the call asked for, in v3's words; none if it asked for nothing.
    :raises MigrationError: it cannot be done, or not to the end; it tells what was taken back.
    :raises MissingParameter: the call lacks one; nothing was asked.
    :raises MissingNeed: nobody said what v3 asks for; nothing was asked.
    """
    if not row.steps:
        raise NoTarget(f"{row.title}: {row.reason or ', '.join(row.losses)}")
    inputs = make_inputs(params, needs, now)
    steps = row.resolve(inputs)
    to_requests(list_asks(steps), inputs)  # What the call lacks shows before anything is done.
    execution = Execution(inputs, send, foresee)
    try:
        execution.run(steps)
        return None if row.yields is None else evaluate(row.yields, inputs, execution.kept)
    except MigrationError as error:
        execution.take_back(error)
        raise
    except MissingParameter:
        # What an answer said leaves it without a value.
        execution.take_back(MigrationError(""))
        raise
    except UNREADABLE as error:
        unreadable = UnreadableInV3("an answer has not what is read of it")
        execution.take_back(unreadable)
        raise unreadable from error


class Execution:
    """One call on its way through its steps.

    :param inputs: what the call was given.
    """

    def __init__(self, inputs: Inputs, send: Send, foresee: Foresee | None = None) -> None:
        self.inputs, self._send, self._foresee = inputs, send, foresee
        self.kept: dict[str, Any] = {}
        self._undo: list[V3Request] = []

    def run(self, steps: Iterable[Step]) -> None:
        """Take steps.

        :raises MigrationError: one of them cannot be taken.
        """
        for step in steps:
            self._take(step)

    def _take(self, step: Step) -> None:
        match step:
            case Ask():
                self._ask(step)
            case Pages():
                self._read_pages(step)
            case Find():
                self._find(step)
            case Narrow():
                items = self.kept[step.among]
                self.kept[step.among] = [
                    item for item in items if all(self._holds(each, item) for each in step.where)
                ]
            case ForEach():
                self._loop(step)
            case When():
                self.run(step.steps if self._holds(step.condition) else step.otherwise)
            case CountItems():
                self.kept[step.keep] = len(self.kept[step.among])

    def _ask(self, ask: Ask) -> None:
        answer = self._send_checked(to_request(ask, self.inputs, self.kept))
        if ask.keep:
            self.kept[ask.keep] = select(answer, ask)
        if ask.undo:
            self._undo.append(to_request(ask.undo, self.inputs, self.kept))

    def _read_pages(self, step: Pages) -> None:
        items: list[Any] = []
        while True:
            query = {**step.ask.query, "limit": PAGE, "offset": len(items)}
            page = self._send_checked(
                to_request(step.ask._replace(query=query), self.inputs, self.kept)
            )
            found = select(page, step.ask)
            items.extend(found)
            if len(found) < PAGE:
                break
        self.kept[step.ask.keep] = items

    def _send_checked(self, request: V3Request) -> Any:
        try:
            answer = self._send(request)
        except MigrationError:
            raise
        except Exception as error:
            raise NoAnswer(request) from error
        if not answer.is_success:
            raise RefusedInV3(request, answer)
        return answer.body

    def _find(self, step: Find) -> None:
        items = self.kept[step.among]
        found = next((item for item in items if self._holds(step.where, item)), None)
        if found is None and not step.optional:
            raise UnknownInV3(f"v3 has no {step.what}")
        self.kept[step.keep] = found

    def _loop(self, step: ForEach) -> None:
        if self._foresee:
            each = sum(isinstance(inner, Ask) for inner in step.steps)
            self._foresee(len(self.kept[step.among]) * each)
        for item in self.kept[step.among]:
            self.kept[step.item] = item
            self.run(step.steps)
            if step.merge:
                item.update(self.kept[step.merge])

    def _holds(self, condition: Condition, each: Any = None) -> bool:
        kept = self.kept if each is None else {**self.kept, "each": each}
        found = evaluate(condition.of, self.inputs, kept)
        wanted = evaluate(condition.value, self.inputs, kept)
        match condition.compare:
            case Compare.IS:
                return bool(found == wanted)
            case Compare.IS_NOT:
                return bool(found != wanted)
            case Compare.STARTS:
                return str(found or "").startswith(wanted)
            case Compare.CONTAINS:
                return str(wanted).casefold() in str(found or "").casefold()
            case Compare.SHARES_NOTHING:
                return set(wanted).isdisjoint(found)
            case Compare.HAS_NONE:
                return not found
            case Compare.HAS_SOME | Compare.IS_THERE:
                return bool(found)

    def take_back(self, error: MigrationError) -> None:
        """Undo what was done, the last first; the error tells what was, and what could not be."""
        while self._undo:
            request = self._undo.pop()
            try:
                self._send_checked(request)
            except MigrationError:
                error.left.append(request)
            else:
                error.undone.append(request)


def select(body: Any, ask: Ask) -> Any:
    """What of an answer is kept."""
    if ask.part:
        return body[ask.part]
    items = body.get(ask.first_of) if ask.first_of else None
    return items[0] if items else body
