"""Many recipes, a line each, for somebody who has to choose."""

from collections.abc import Sequence

from legacygrid.migration.recipes import Recipe


def write(recipes: Sequence[Recipe]) -> str:
    """Class, call and requests of each, and how to choose."""
    lines = [_line(each) for each in recipes]
    return "\n".join([*lines, "", "--task and --param choose among them, and show code.", ""])


def _line(recipe: Recipe) -> str:
    requests = ", ".join(f"{each.verb} {each.template}" for each in recipe.requests)
    return f"{recipe.row.kind:5}  {recipe.row.title}: {requests or recipe.row.instead}"
