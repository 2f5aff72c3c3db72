"""What a call answers, as OpenAPI has it: its success, and each refusal that it may meet."""

from collections.abc import Iterable, Iterator, Mapping

from legacygrid import reasons
from legacygrid.reasons import Reason
from legacygrid.registry.conventions import named_task
from legacygrid.registry.openapi.requests import Document
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.serializers.answers import NO_BODY
from legacygrid.serializers.dialects import Saying
from legacygrid.serializers.json_types import JsonSchema, JsonType, any_of, to_schema
from legacygrid.wsgi.blocking import TooManyGuesses, TryLater

#: Why any call may be refused: before it is read, and by who calls.
_OF_EVERY_CALL = (
    reasons.TooManyFields,
    reasons.NoRoom,
    reasons.StoreUnavailable,
    TryLater,
    TooManyGuesses,
    reasons.WrongCredentials,
    reasons.MalformedKey,
    reasons.NotAuthorised,
    reasons.NotPermitted,
    reasons.BadParameters,
)
_OF_BODIES = (
    reasons.BodyCutShort,
    reasons.BodyTooLarge,
    reasons.BodyTooSlow,
    reasons.UnreadableBody,
    reasons.ForeignBody,
    reasons.UnknownCoding,
    reasons.BadDocument,
    reasons.StoreFull,
)
#: No schema tells what is in an answer of XML.
_XML: JsonSchema = {"type": "string", "description": "the same as XML"}
Said = tuple[type[Reason], Saying]


def describe_answers(route: Route, verb: str, tasks: Iterable[ReadyTask]) -> Document:
    """The member `responses` of an operation.

    :param tasks: those that may be meant.
    """
    answers: dict[int, _Answer] = {}
    tasks = tuple(tasks)
    for ready in tasks:
        contract, conventions = ready.task.contract, route.conventions
        for status, looks in conventions.describe_answer(ready.rows, contract.status).items():
            answer = answers.setdefault(status, _Answer(route))
            answer.add_success(ready, looks)
    for reason, saying in _refusals(route, verb, tasks):
        status = 200 if route.dialect.refusals_are_ok and not saying.always else saying.code
        answers.setdefault(status, _Answer(route)).add_refusal(reason, saying)
    return {str(status): answers[status].describe(verb) for status in sorted(answers)}


class _Answer:
    """What is answered with one status."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._said: list[str] = []
        self._schemas: dict[str, list[JsonSchema]] = {}

    def add_success(self, ready: ReadyTask, looks: JsonType) -> None:
        """A task is carried out.

        :param looks: its JSON, or `NO_BODY`.
        """
        self._said.append(ready.task.summary)
        if looks is not NO_BODY:
            self._add(self._route.dialect.json_headers["Content-Type"], looks)

    def add_refusal(self, reason: type[Reason], saying: Saying) -> None:
        """A call is refused."""
        why = " ".join((reason.__doc__ or "").partition("\n\n")[0].split())
        self._said.append(f"`{saying.text}`: {why}" if saying.text else why)
        kind = saying.headers.get("Content-Type", self._route.dialect.json_headers["Content-Type"])
        self._add(kind, saying.shape.json_type)

    def _add(self, kind: str, looks: JsonType) -> None:
        dialect = self._route.dialect
        if isinstance(looks, Mapping):
            looks = {**dialect.adds, **looks}
        self._schemas.setdefault(_bare(kind), []).append(to_schema(looks))

    def describe(self, verb: str) -> Document:
        """The response object."""
        described: Document = {"description": "\n\n".join(dict.fromkeys(self._said))}
        if headers := dict(_headers(self._route, verb)):
            described["headers"] = headers
        content = {kind: {"schema": any_of(schemas)} for kind, schemas in self._contents()}
        return described | ({"content": content} if content else {})

    def _contents(self) -> Iterator[tuple[str, list[JsonSchema]]]:
        """The schemas by the type of the answer: JSON and XML may come as one."""
        contents = dict(self._schemas)
        dialect = self._route.dialect
        if contents and self._route.conventions.formats and dialect.xml_headers:
            kind = _bare(dialect.xml_headers["Content-Type"])
            contents[kind] = [*contents.get(kind, ()), _XML]
        yield from contents.items()


def _bare(kind: str) -> str:
    return kind.partition(";")[0]


def _headers(route: Route, verb: str) -> Iterator[tuple[str, Document]]:
    """What is told of the rate limit; once somebody is known to have one."""
    rate = route.rate_of(verb)
    if rate is not None and rate.has_headers:
        for word in ("Limit", "Remaining", "Reset"):
            yield f"{rate.prefix}{word}", {"schema": {"type": "integer"}}


def _refusals(route: Route, verb: str, tasks: tuple[ReadyTask, ...]) -> Iterator[Said]:
    """What may be said instead: of each reason and of its narrower ones, in the order of the table;
    then what is said as a wider reason is.
    """
    dialect, name = route.dialect, route.operation.name
    expected, worded = _expected(route, verb, tasks), set()
    for key in dialect.sayings:
        operation, reason = key if isinstance(key, tuple) else (name, key)
        if operation == name and reason not in worded and issubclass(reason, expected):
            worded.add(reason)
            yield reason, dialect.saying(reason, name)
    for reason in expected:
        if reason not in worded and dialect.has_words(reason, name):
            yield reason, dialect.saying(reason, name)


def _expected(route: Route, verb: str, tasks: tuple[ReadyTask, ...]) -> tuple[type[Reason], ...]:
    """Why a call may be refused."""
    expected = [*_OF_EVERY_CALL, *(() if verb == "GET" else _OF_BODIES)]
    if route.rate_of(verb) is not None:
        expected.append(reasons.TooManyCalls)
    for ready in tasks:
        expected += ready.task.contract.refuses
        if "subuser" in ready.wants:
            expected.append(reasons.UnknownSubuser)
        if ready.task.name and route.conventions.task is named_task:
            expected.append(reasons.UnknownTask)
    return tuple(dict.fromkeys(expected))
