"""`legacygrid migrate show`: what becomes of one v2 call, and its code."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from legacygrid.commands.findings_output import format_option
from legacygrid.commands.terminal import CommandError
from legacygrid.migration.rendering import LANGUAGES

if TYPE_CHECKING:
    from legacygrid.migration.rows import Row

FORMATS = ("text", "json", "md", "html")
#: Ways to call an operation that are told in full, as text; of more there is a line each.
_MOST = 6


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
    from legacygrid.migration.recipes import make_recipe, write

    given = _gather(params)
    rows = _choose(_to_name(operation), task, given)
    is_outline = format == "text" and len(rows) > _MOST
    languages = () if is_outline else tuple(LANGUAGES) if lang == "all" else (lang,)
    try:
        recipes = [make_recipe(row, languages, given) for row in rows]
    except MissingParameter as error:
        raise CommandError(str(error), exit_code=2) from None
    click.echo(write(recipes, "outline" if is_outline else format), nl=False)


def _gather(params: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Parameters by name: of one that repeats, the last, but all of a list `ip[]`."""
    found: dict[str, list[str]] = {}
    for name, text in params:
        found.setdefault(name, []).append(text)
    return {name: texts if name.endswith("]") else texts[-1] for name, texts in found.items()}


def _to_name(operation: str) -> str:
    """The name of an operation, of which somebody may have given the path or a URL."""
    path = operation.partition("?")[0]
    path = re.sub(r"^(https?://[^/]+)?/?(apiv2|api)/", "", path)
    name = re.sub(r"\.(json|xml)$", "", path)
    folder, dot, action = name.partition(".")
    return f"{folder}/{action}" if dot and folder in ("credentials", "timezone") else name


def _choose(operation: str, task: str, params: dict[str, Any]) -> Sequence["Row"]:
    """The rows that are meant.

    :raises CommandError: there is none.
    """
    from legacygrid.migration import table

    tasks = table.list_tasks(operation)
    if not tasks:
        near = table.find_near(operation)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise CommandError(f"v2 had no {operation}{hint}", exit_code=2)
    if task and task not in tasks:
        known = ", ".join(filter(None, tasks)) or "none"
        raise CommandError(f"{operation} had no task {task}; its tasks: {known}", exit_code=2)
    rows = [row for each in tasks if task in ("", each) for row in table.find_all(operation, each)]
    if not params:
        return rows
    chosen = (table.find(operation, each, params) for each in tasks if task in ("", each))
    return [row for row in chosen if row]
