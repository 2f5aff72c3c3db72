"""`legacygrid migrate show`: what becomes of one v2 call, and its code."""

import click

from legacygrid.commands.findings_output import format_option
from legacygrid.commands.terminal import CommandError
from legacygrid.migration.rendering import LANGUAGES

FORMATS = ("text", "json", "md", "html")
#: What --lang may be, and the languages that it means.
_CHOICES = {**{each: (each,) for each in LANGUAGES}, "all": tuple(LANGUAGES), "none": ()}


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
    help="A parameter of the call, which decides where a task has several ways; may repeat, and all"
    " count.",
)
@click.option(
    "--lang",
    type=click.Choice(tuple(_CHOICES)),
    default="python",
    show_default=True,
    help="The language of the code; none for no code.",
)
@format_option(FORMATS, "What is printed: lines, JSON, Markdown, or one page of HTML.")
def show(
    operation: str, task: str, params: tuple[tuple[str, str], ...], lang: str, format: str
) -> None:
    """Tell what becomes of OPERATION in v3, with its code.

    OPERATION is a name such as customer.add, or the path or URL of a call, whose query counts as
    --param. Exit 2 if v2 had none of that name, not that task, or not such parameters.
    """
    from legacygrid.migration.given_params import WrongParameterError
    from legacygrid.migration.inputs import MissingParameter
    from legacygrid.migration.lookup import MOST_WAYS, UnknownCallError, read_call
    from legacygrid.migration.recipes import make_recipe, write

    try:
        rows, given = read_call(operation, task, params)
        is_outline = format == "text" and len(rows) > MOST_WAYS
        languages = () if is_outline else _CHOICES[lang]
        recipes = [make_recipe(row, languages, given) for row in rows]
    except (UnknownCallError, WrongParameterError, MissingParameter) as error:
        raise CommandError(str(error), exit_code=2) from None
    click.echo(write(recipes, "outline" if is_outline else format), nl=False)
