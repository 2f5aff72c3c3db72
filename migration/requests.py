"""Requests of v3: what a step comes to, and what one needs for it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from legacygrid.migration.evaluation import evaluate
from legacygrid.migration.inputs import Inputs
from legacygrid.migration.steps import Ask
from legacygrid.migration.values import is_value


@dataclass(frozen=True)
class V3Request:
    """One request.

    :param path: encoded, from `/v3/` on.
    :param template: the path with its places in braces.
    :param on_behalf_of: the subuser of that header, if it has one.
    :param body: JSON; none is no body.
    :param per: what it is made once per: `page`, `subuser`; empty if it is made once.
    """

    verb: str
    path: str
    template: str
    on_behalf_of: str = ""
    query: tuple[tuple[str, str], ...] = ()
    body: Any = field(default=None, repr=False)
    per: str = ""

    @property
    def target(self) -> str:
        """Path and query, as they stand in the request's first line."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


class V3Answer(NamedTuple):
    """What came back.

    :param body: JSON; none where there is none, as with 204.
    :param size: in bytes, where somebody counts them.
    :param pause: seconds until v3 takes more requests; 0 if it does not say.
    """

    status: int
    body: Any = None
    size: int = 0
    pause: float = 0.0

    @property
    def is_success(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300


def encode(text: Any) -> str:
    """A part of a path: v3's clients send it as they get it, so every name has to be encoded."""
    return quote(str(text), safe="@")


def to_query(query: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The parameters of a query: a list is its name again and again, without brackets."""
    return tuple(
        (name, str(each))
        for name, value in query.items()
        for each in (value if isinstance(value, list) else [value])
    )


def to_request(ask: Ask, inputs: Inputs, kept: Mapping[str, Any], per: str = "") -> V3Request:
    """The request of a step that `resolve_ask` has been through.

    :param kept: what earlier answers said.
    :raises MissingParameter: the call lacks one.
    :raises MissingNeed: nobody said what v3 asks for.
    """
    as_user = "" if ask.as_user is None else str(evaluate(ask.as_user, inputs, kept))
    path = "".join(
        encode(evaluate(each, inputs, kept)) if is_value(each) else str(each) for each in ask.parts
    )
    return V3Request(
        verb=ask.verb,
        path=path,
        template=ask.path,
        on_behalf_of=as_user,
        query=to_query(evaluate(ask.query, inputs, kept)),
        body=evaluate(ask.body, inputs, kept),
        per=per,
    )


class Unknown(Mapping[str, Any]):
    """What no answer has said yet: each part of it is its own name in braces."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getitem__(self, key: str) -> "Unknown":
        return Unknown(f"{self._name}.{key}")

    def __iter__(self) -> Iterator[Any]:
        return iter([Unknown(f"{self._name}[]")])

    def __len__(self) -> int:
        return 1

    def __str__(self) -> str:
        return f"{{{self._name}}}"


class AllUnknown(dict[str, Any]):
    """What is kept before anything was asked."""

    def __missing__(self, name: str) -> Unknown:
        return Unknown(name)


def to_requests(asks: Iterable[tuple[Ask, str]], inputs: Inputs) -> list[V3Request]:
    """The requests of steps as far as they are known before the first is made; what an answer has
    to say first stands in braces, as a text.
    """
    return [_name_unknown(to_request(ask, inputs, AllUnknown(), per)) for ask, per in asks]


def _name_unknown(request: V3Request) -> V3Request:
    body = _to_text(request.body)
    path = request.path.replace("%7B", "{").replace("%7D", "}")
    return V3Request(
        request.verb,
        path,
        request.template,
        request.on_behalf_of,
        request.query,
        body,
        request.per,
    )


def _to_text(value: Any) -> Any:
    if isinstance(value, Unknown):
        return str(value)
    if isinstance(value, dict):
        return {key: _to_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_to_text(each) for each in value]
    return value
