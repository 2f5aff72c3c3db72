"""The options of commands that log calls."""

import click

from legacygrid.serializers.sources.options import SettingOption

log_format = click.option(
    "--log-format",
    cls=SettingOption,
    envvar="LEGACYGRID_LOG_FORMAT",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Log in lines for people, or in one object of JSON a line.",
)
