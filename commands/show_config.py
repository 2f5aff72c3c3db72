"""`legacygrid config`: the settings that hold, and where each comes from."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import click

from legacygrid import config
from legacygrid.commands.serve import address_options
from legacygrid.commands.terminal import as_json, print_rows
from legacygrid.models.store_urls import hide_password
from legacygrid.serializers.sources.options import SettingOption

_HIDDEN = "***"
_SECRETS = {each.name for each in fields(config.Settings) if not each.repr}


@click.command("config")
@as_json
@address_options
@config.options
def show_config(as_json: bool, **params: Any) -> None:
    """Print the settings that hold, and whence each comes.

    That is an option, a variable, a file or the default, in this order. The options are those of
    `serve`. Secrets are not shown.
    """
    config.settings(params)
    context = click.get_current_context()
    shown = [each for each in context.command.params if each.expose_value]
    settings = [each for each in shown if isinstance(each, SettingOption)]
    rows = (
        {
            "setting": each.key,
            "value": _show(str(each.name), params[str(each.name)]),
            "from": each.find_origin(context),
        }
        for each in settings
    )
    print_rows(sorted(rows, key=lambda row: row["setting"]), as_json)


def _show(name: str, value: Any) -> str:
    """A value as a person would write it; empty if there is none."""
    if name == "bcrypt_cost" and value is None:
        return f"{config.BCRYPT_COST}; {config.DEMO_BCRYPT_COST} with --demo"
    if value is None or value == "":
        return ""
    if name == "database":
        return hide_password(value)
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, tuple):
        return _HIDDEN if name in _SECRETS else str(value)
    if name in ("relay", "peer_address"):
        return ":".join(map(str, value))
    return ", ".join(_show_each(name, value))


def _show_each(name: str, values: Iterable[Any]) -> Iterable[str]:
    """The values of an option that may repeat."""
    for each in values:
        if name in _SECRETS:
            yield f"{each[0]}:{_HIDDEN}"
        else:
            yield "=".join(each) if isinstance(each, tuple) else str(each)
