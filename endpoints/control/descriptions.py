"""What each request of the control API takes and answers, for its OpenAPI document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple, TypeVar

from marshmallow import Schema

from legacygrid.serializers.json_types import JsonType

View = TypeVar("View", bound=Callable[..., Any])


class Content(NamedTuple):
    """An answer that is no JSON.

    :param kind: its type.
    """

    kind: str


class Seed(Enum):
    """Stands for a seed, whose schema depends on the profile."""

    SEED = auto()


SEED = Seed.SEED
Body = type[Schema] | Seed


@dataclass(frozen=True)
class Description:
    """One request.

    :param answers: what its JSON looks like, or its content, by the status of success.
    :param query: the fields of its query, as far as it takes some.
    :param body: those of its body.
    :param refuses: what it is refused with, beside what every request is.
    """

    answers: Mapping[int, JsonType]
    query: type[Schema] | None = None
    body: Body | None = None
    refuses: tuple[int, ...] = ()


_DESCRIPTIONS: dict[Callable[..., Any], Description] = {}


def describe(
    answers: JsonType | Content,
    *,
    status: tuple[int, ...] = (200,),
    query: type[Schema] | None = None,
    body: Body | None = None,
    refuses: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Describe a view; see `Description`.

    :param answers: what success looks like.
    """

    def note(view: View) -> View:
        _DESCRIPTIONS[view] = Description(dict.fromkeys(status, answers), query, body, refuses)
        return view

    return note


def find_description(view: Callable[..., Any]) -> Description:
    """How a view is described.

    :raises KeyError: it is not.
    """
    return _DESCRIPTIONS[view]
