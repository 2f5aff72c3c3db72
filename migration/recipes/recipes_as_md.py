"""Recipes as Markdown, for an issue or a wiki."""

from collections.abc import Iterator, Sequence

from legacygrid.migration.recipes import Recipe, describe
from legacygrid.migration.rendering import LANGUAGES


def write(recipes: Sequence[Recipe]) -> str:
    """A heading each."""
    return "\n".join("\n".join(_write(each)) + "\n" for each in recipes)


def _write(recipe: Recipe) -> Iterator[str]:
    row = recipe.row
    yield f"## `{row.title}`"
    yield from ("", f"**{row.kind}**: {row.kind.means}.")
    if recipe.requests:
        yield ""
        yield from (f"{n}. `{describe(each)}`" for n, each in enumerate(recipe.requests, 1))
    yield ""
    for title, texts in recipe.notes:
        joined = ", ".join(f"`{text}`" for text in texts) if title == "Scopes" else "; ".join(texts)
        yield f"- {title}: {joined}."
    for language, code in recipe.code.items():
        yield from ("", f"```{LANGUAGES[language][1]}", code.rstrip("\n"), "```")
