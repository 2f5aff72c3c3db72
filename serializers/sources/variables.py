"""The variables `LEGACYGRID_*` of the environment, and which of them are known."""

import os
import re
from collections.abc import Collection

import click

from legacygrid.serializers.near_names import suggest

PREFIX = "LEGACYGRID_"
#: Options that have one beside the settings of an emulator; a file may have them, too.
OF_COMMANDS = (
    *("host", "port", "workers", "peer-address", "quiet", "log", "log-format", "tls", "tls-port"),
    *("proxy-port", "smtp-port", "inbound", "ca-dir"),
)
#: Variables that nothing of a file stands for; the last two are of this project's own tests.
_ALONE = ("config", "url", "mcp-token", "bridge-callers", "openapi", "test-postgres")
#: What Kubernetes sets in every container for a service that is called legacygrid.
_OF_A_SERVICE = re.compile(r"(?:.*_)?(?:SERVICE_(?:HOST|PORT)|PORT_[0-9]+_(?:TCP|UDP)).*")


def variable_of(key: str) -> str:
    """The variable of a setting: LEGACYGRID_SMTP_PORT of smtp-port."""
    return PREFIX + key.replace("-", "_").upper()


def key_of(variable: str) -> str:
    """The setting of a variable."""
    return variable.removeprefix(PREFIX).replace("_", "-").lower()


def check(keys: Collection[str]) -> None:
    """Look for variables that are misspelt. One that is near to none is somebody else's.

    :param keys: of all settings.
    :raises UsageError: with the variable, and the one that may be meant.
    """
    known = {variable_of(key).removeprefix(PREFIX) for key in (*keys, *_ALONE)}
    for variable in sorted(os.environ):
        name = variable.removeprefix(PREFIX)
        if name == variable or name in known or _OF_A_SERVICE.fullmatch(name):
            continue
        if near := suggest(name, known, "{}"):
            raise click.UsageError(
                f"the variable {variable} sets nothing; did you mean {PREFIX}{near}?"
                " (Unset it, if it is not for Legacygrid.)"
            )
