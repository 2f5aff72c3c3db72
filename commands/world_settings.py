"""The emulators that a command makes for single runs of a program: in memory, and asked within the
process.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from legacygrid import config
from legacygrid.commands.terminal import CommandError

if TYPE_CHECKING:
    from legacygrid.app import CallsFirst

Ask = Callable[[str, str], bytes]
#: Calls and messages of one run that are kept.
_CALLS, _MESSAGES = 1_000_000, 100_000
#: What such an emulator can be told; all else is as it has to be.
_NAMES = ("profile", "switches", "accounts", "keys", "seed", "demo", "webhooks")
options = partial(config.options, names=_NAMES)
#: Switches that stand as they show most mistakes of ports, unless the command says otherwise: code
#: that reads one page alone is found by the small one.
_STRICT = {"v3_page": "10"}


def read(params: dict[str, Any]) -> config.Settings:
    """The settings of each run, by the command's options; pages of v3 are small by default.

    :raises UsageError: a switch or its value does not exist.
    """
    settings = config.settings({**params, "bcrypt_cost": config.DEMO_BCRYPT_COST})
    return replace(
        settings,
        database="sqlite:///:memory:",
        switches=_STRICT | dict(settings.switches),
        journal=_CALLS,
        outbox=_MESSAGES,
        no_console=True,
    )


def control_of(app: "CallsFirst") -> Ask:
    """Sends requests to the control API of an emulator of this process: a method and a path below
    `/__admin/`; the body of the answer comes back.
    """
    from legacygrid.wsgi.client import call, environ

    def ask(method: str, path: str) -> bytes:
        target, _, query = path.partition("?")
        headers = [("Host", "localhost"), ("Content-Type", "application/json")]
        body = b"{}" if method == "POST" else b""
        answer = call(app, environ(method, f"/__admin/{target}", query, headers, body))
        try:
            content = b"".join(answer.chunks)
        finally:
            answer.close()
        if answer.code >= 400:
            text = f"{method} /__admin/{target}: {content.decode(errors='replace')}"
            raise CommandError(text, 2)
        return content

    return ask
