"""The recipe of one call: its row with its requests and its code, in the formats of a command."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, NamedTuple

from legacygrid.migration.inputs import base_name
from legacygrid.migration.rendering import render
from legacygrid.migration.requests import V3Request
from legacygrid.migration.rows import Row

FORMATS = ("text", "json", "md", "html")

#: Of `Recipe.notes`.
NOTE_TITLES = (
    "Not given, as in the example",
    "Lost or changed",
    "Turned around",
    "Needed beside",
    "Gained",
    "Why",
    "Instead",
    "Scopes",
    "Known from",
)


class Recipe(NamedTuple):
    """What becomes of a call, and how it is written.

    :param code: by language.
    :param samples: parameters of the example that stand for what somebody did not give.
    """

    row: Row
    requests: Sequence[V3Request]
    code: Mapping[str, str]
    samples: Sequence[str] = ()

    @property
    def notes(self) -> list[tuple[str, Sequence[str]]]:
        """What is told of it, by title."""
        row = self.row
        needs = [f"{need.name}: {need.why}" for need in row.needs]
        notes: tuple[Sequence[str], ...] = (
            [", ".join(self.samples)] if self.samples else [],
            row.losses,
            row.inversions,
            needs,
            row.gains,
            [row.reason] if row.reason else [],
            [row.instead] if row.instead else [],
            row.scopes,
            [str(row.evidence)],
        )
        return [(title, texts) for title, texts in zip(NOTE_TITLES, notes, strict=True) if texts]


def make_recipe(
    row: Row,
    languages: Iterable[str],
    params: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Recipe:
    """The recipe of a row.

    :param params: of the call; those of the row's example stand for what it lacks.
    :raises MissingParameter: a parameter cannot be read.
    """
    samples = _choose_samples(row, params or {})
    given = {**samples, **(params or {})}
    code = {language: render(row, language, given, now) for language in languages}
    told = [name for name in samples if name != "task"] if params and row.steps else []
    return Recipe(row, row.requests(given, now=now), code, told)


def _choose_samples(row: Row, params: Mapping[str, Any]) -> dict[str, Any]:
    """What of a row's example stands for what was not given: no name of an address that was."""
    given = set(map(base_name, params))
    given |= {f"{each}name" for each in given}
    return {name: value for name, value in row.example.items() if base_name(name) not in given}


def describe(request: V3Request) -> str:
    """A request in one line: `PATCH /v3/user/profile, on behalf of ada`."""
    words = [f"{request.verb} {request.target}"]
    if request.on_behalf_of:
        words.append(f"on behalf of {request.on_behalf_of}")
    if request.per:
        words.append(f"once per {request.per}")
    return ", ".join(words)


def write(recipes: Sequence[Recipe], format: str) -> str:
    """Recipes as a document, with a newline at its end.

    :param format: one of FORMATS.
    """
    module = import_module(f"{__name__}.recipes_as_{format}")
    to_document: Callable[[Sequence[Recipe]], str] = module.write
    return to_document(recipes)
