"""Recipes for a terminal."""

import shlex
from collections.abc import Iterable, Iterator, Sequence

from legacygrid.migration.recipes import Recipe, describe
from legacygrid.migration.rendering import LANGUAGES

_USUAL_LANGUAGE = "python"


def write(recipes: Sequence[Recipe]) -> str:
    """One after the other, with a line between them. Of several ways of one call, the first has
    its code, and the others say in what they differ from it.
    """
    firsts: dict[tuple[str, str], Recipe] = {}
    parts = []
    for each in recipes:
        first = firsts.setdefault((each.row.operation, each.row.task), each)
        lines = _write(each) if first is each else _write_beside(each, first)
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _write(recipe: Recipe) -> Iterator[str]:
    yield from _write_requests(recipe)
    yield from _write_notes(recipe.notes)
    for language, code in recipe.code.items():
        yield from ("", f"--- {language}", code.rstrip("\n"))


def _write_beside(recipe: Recipe, first: Recipe) -> Iterator[str]:
    """What another way has that the first one has not."""
    yield from _write_requests(recipe)
    before, now = dict(first.notes), dict(recipe.notes)
    for title in dict.fromkeys((*now, *before)):
        texts, known = now.get(title, ()), before.get(title, ())
        # What does not hold here is not to be read off the first way.
        is_more = set(known) <= set(texts)
        told = [text for text in texts if not (is_more and text in known)]
        yield from _write_notes([(title, told or (["nothing here"] if not is_more else []))])
    if recipe.code and recipe.row.steps:
        yield f"All else as above. Its code: {_command(recipe)}"


def _command(recipe: Recipe) -> str:
    """The command that shows the code of this way alone."""
    row = recipe.row
    words = ["legacygrid", "migrate", "show", row.operation]
    words += ["--task", row.task] if row.task else []
    names = [name for case in row.when if not case.missing for name in case.names]
    for name in names:
        if (value := row.example.get(name)) is not None:
            words += ["--param", f"{name}={value}"]
    languages = list(recipe.code)
    lang = "all" if len(languages) == len(LANGUAGES) else languages[0]
    words += [] if lang == _USUAL_LANGUAGE else ["--lang", lang]
    return shlex.join(words)


def _write_requests(recipe: Recipe) -> Iterator[str]:
    row = recipe.row
    yield f"{row.title}: {row.kind}, {row.kind.means}"
    yield from (f"  {describe(each)}" for each in recipe.requests)


def _write_notes(notes: Iterable[tuple[str, Sequence[str]]]) -> Iterator[str]:
    for title, texts in notes:
        if not texts:
            continue
        if title == "Scopes":
            yield f"{title}: {' '.join(texts)}"
        elif len(texts) == 1:
            yield f"{title}: {texts[0]}"
        else:
            yield f"{title}:"
            yield from (f"  - {text}" for text in texts)
