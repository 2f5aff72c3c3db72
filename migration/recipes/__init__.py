"""The recipe of one call: its row with its requests and its code, in the formats of a command."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, NamedTuple

from legacygrid.migration.rendering import render
from legacygrid.migration.requests import V3Request
from legacygrid.migration.rows import Row

FORMATS = ("text", "json", "md", "html")


class Recipe(NamedTuple):
    """What becomes of a call, and how it is written.

    :param code: by language.
    """

    row: Row
    requests: Sequence[V3Request]
    code: Mapping[str, str]

    @property
    def notes(self) -> list[tuple[str, Sequence[str]]]:
        """What is told of it, by title."""
        row = self.row
        needs = [f"{need.name}: {need.why}" for need in row.needs]
        notes: list[tuple[str, Sequence[str]]] = [
            ("Lost or changed", row.losses),
            ("Turned around", row.inversions),
            ("Needed beside", needs),
            ("Gained", row.gains),
            ("Why", [row.reason] if row.reason else []),
            ("Instead", [row.instead] if row.instead else []),
            ("Scopes", row.scopes),
            ("Known from", [str(row.evidence)]),
        ]
        return [(title, texts) for title, texts in notes if texts]


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
    given = {**row.example, **(params or {})}
    code = {language: render(row, language, given, now) for language in languages}
    return Recipe(row, row.requests(given, now=now), code)


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
