"""`legacygrid migrate`: a table of its commands, each imported when it runs."""

import click

from legacygrid.commands.lazy_group import LazyGroup

#: By its name: where the command is, and what `legacygrid migrate --help` says of it.
COMMANDS = {
    "bridge": ("migrate_bridge:bridge", "Answer calls of Web API v2 by v3, until stopped."),
    "check": ("migrate_check:check", "Compare what an old program and its port do."),
    "mcp": (
        "migrate_mcp:mcp",
        "Answer a coding assistant's questions, as tools of the Model Context Protocol.",
    ),
    "rehearse": (
        "migrate_rehearse:rehearse",
        "Play the day of the shutdown, and tell how a client takes it.",
    ),
    "report": (
        "migrate_report:report",
        "Tell what is called of Web API v2, and what becomes of each call.",
    ),
    "scan": ("migrate_scan:scan", "Find calls of Web API v2 in source code."),
    "show": ("migrate_show:show", "Tell what becomes of OPERATION in v3, with its code."),
    "table": (
        "migrate_table:table",
        "Print docs/migration-table.md: what becomes of each call.",
    ),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def migrate() -> None:
    """Leave SendGrid's Web API v2 for v3."""
