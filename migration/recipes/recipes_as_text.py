"""Recipes for a terminal."""

from collections.abc import Iterator, Sequence

from legacygrid.migration.recipes import Recipe, describe


def write(recipes: Sequence[Recipe]) -> str:
    """One after the other, with a line between them."""
    return "\n".join("\n".join(_write(each)) + "\n" for each in recipes)


def _write(recipe: Recipe) -> Iterator[str]:
    row = recipe.row
    yield f"{row.title}: {row.kind}, {row.kind.means}"
    yield from (f"  {describe(each)}" for each in recipe.requests)
    for title, texts in recipe.notes:
        if title == "Scopes":
            yield f"{title}: {' '.join(texts)}"
        elif len(texts) == 1:
            yield f"{title}: {texts[0]}"
        else:
            yield f"{title}:"
            yield from (f"  - {text}" for text in texts)
    for language, code in recipe.code.items():
        yield from ("", f"--- {language}", code.rstrip("\n"))
