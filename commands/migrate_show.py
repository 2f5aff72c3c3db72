"""`legacygrid migrate show`: what becomes of one v2 call, and its code."""

from collections.abc import Iterable
from typing import Any

import click

from legacygrid.commands.findings_output import format_option
from legacygrid.commands.terminal import CommandError
from legacygrid.migration.rendering import LANGUAGES

FORMATS = ("text", "json", "md", "html")


class _Pair(click.ParamType[tuple[str, str]]):
    """NAME=VALUE."""

    name = "name=value"

    def convert(self, value: object, param: object, ctx: object) -> tuple[str, str]:
        """Both."""
        name, equals, text = str(value).partition("=")
        if not (name and equals):
            self.fail(f"{value!r} is not NAME=VALUE")
        return name, text


@click.command()
@click.argument("operation")
@click.option("--task", default="", help="The task, where the operation has several.")
@click.option(
    "--param",
    "params",
    type=_Pair(),
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the call, which decides where a task has several ways; may repeat.",
)
@click.option(
    "--lang",
    type=click.Choice((*LANGUAGES, "all")),
    default="python",
    show_default=True,
    help="The language of the code.",
)
@format_option(FORMATS, "What is printed: lines, JSON, Markdown, or one page of HTML.")
def show(
    operation: str, task: str, params: tuple[tuple[str, str], ...], lang: str, format: str
) -> None:
    """Tell what becomes of OPERATION in v3, with its code.

    OPERATION is a name such as customer.add, or the path of a call. Exit 2 if v2 had none of that
    name, or not that task.
    """
    from legacygrid.migration.inputs import MissingParameter
    from legacygrid.migration.lookup import MOST_WAYS, UnknownCallError, choose_rows
    from legacygrid.migration.recipes import make_recipe, write

    given = _gather(params)
    try:
        rows = choose_rows(operation, task, given)
        is_outline = format == "text" and len(rows) > MOST_WAYS
        languages = () if is_outline else tuple(LANGUAGES) if lang == "all" else (lang,)
        recipes = [make_recipe(row, languages, given) for row in rows]
    except (UnknownCallError, MissingParameter) as error:
        raise CommandError(str(error), exit_code=2) from None
    click.echo(write(recipes, "outline" if is_outline else format), nl=False)


def _gather(params: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Parameters by name: of one that repeats, the last, but all of a list `ip[]`."""
    found: dict[str, list[str]] = {}
    for name, text in params:
        found.setdefault(name, []).append(text)
    return {name: texts if name.endswith("]") else texts[-1] for name, texts in found.items()}
