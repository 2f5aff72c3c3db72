"""`legacygrid man`: the manual page, made of what the commands say of themselves."""

import re
from collections.abc import Iterator
from inspect import cleandoc

import click

#: Macros of man(7): the title and headings.
_TITLE = '.TH LEGACYGRID 1 "" legacygrid "User Commands"'
_ENVIRONMENT = """\
Each option that names a variable can be set by it instead; an option that may repeat takes a JSON
list of texts there. A variable is a default: what stands on the command line wins."""
_EXIT_STATUS = {
    "0": "The command did what it says.",
    "1": "It was refused, or something is missing; standard error says what, on one line.",
    "2": "The command line is wrong.",
}


@click.command("man")
@click.pass_context
def manual(ctx: click.Context) -> None:
    """Print the manual page; read it by `legacygrid man | man -l -`."""
    click.echo(make_page(ctx.find_root().command), nl=False)


def make_page(root: click.Command) -> str:
    """The page of a command and all below it, in man(7)'s macros."""
    top = click.Context(root, info_name="legacygrid", **root.context_settings)
    first, *others = _contexts(top)
    lines = [
        _TITLE,
        ".SH NAME",
        f"legacygrid \\- {_escape('emulate mail APIs, of which SendGrid v2 is the first')}",
        ".SH SYNOPSIS",
        _usage(first),
        ".SH DESCRIPTION",
        *_text(root.help or ""),
        ".SH OPTIONS",
        *_options(first),
        ".SH COMMANDS",
    ]
    for each in others:
        lines += [".SS " + _escape(each.command_path), _usage(each)]
        lines += [".PP", *_text(each.command.help or ""), *_options(each)]
    lines += [".SH ENVIRONMENT", *_text(_ENVIRONMENT), ".SH EXIT STATUS"]
    for status, meaning in _EXIT_STATUS.items():
        lines += [".TP", f"\\fB{status}\\fR", _escape(meaning)]
    return "\n".join(lines) + "\n"


def _contexts(ctx: click.Context) -> Iterator[click.Context]:
    """That of a command, and those of all commands below it that are not hidden."""
    yield ctx
    if isinstance(ctx.command, click.Group):
        for name in ctx.command.list_commands(ctx):
            command = ctx.command.get_command(ctx, name)
            if command is not None and not command.hidden:
                yield from _contexts(click.Context(command, info_name=name, parent=ctx))


def _usage(ctx: click.Context) -> str:
    pieces = " ".join(ctx.command.collect_usage_pieces(ctx))
    return f"\\fB{_escape(ctx.command_path)}\\fR {_escape(pieces)}"


def _options(ctx: click.Context) -> Iterator[str]:
    """Each option, with its variable; --help once, as all commands have it."""
    for option in ctx.command.get_params(ctx):
        record = option.get_help_record(ctx)
        if record is None or not isinstance(option, click.Option):
            continue
        if ctx.parent and set(option.opts) & set(ctx.help_option_names):
            continue
        yield ".TP"
        yield re.sub(r"(?<!\S)(\\-[^\s,]*)", r"\\fB\1\\fR", _escape(record[0]))
        yield _escape(record[1])


def _text(text: str) -> Iterator[str]:
    """Paragraphs; one that begins with click's `\\b` keeps its lines."""
    for place, paragraph in enumerate(re.split(r"\n\s*\n", cleandoc(text).partition("\f")[0])):
        if place:
            yield ".PP"
        if paragraph.startswith("\b"):
            lines = paragraph.removeprefix("\b").strip("\n").splitlines()
            yield from (".nf", *map(_escape, lines), ".fi")
        else:
            yield _escape(" ".join(paragraph.split()))


#: What stands for the characters that roff, or a printer of 1971, takes for something else.
_ESCAPES = str.maketrans(
    {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}
)


def _escape(text: str) -> str:
    """A line of text as roff has it: nothing of it is a command."""
    escaped = text.translate(_ESCAPES)
    return "\\&" + escaped if escaped.startswith(".") else escaped
