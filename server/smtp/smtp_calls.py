"""The commands of SMTP as the journal and faults know them."""

from typing import Any

from legacygrid.harness.calls import Call
from legacygrid.harness.fault_targets import SMTP, Target
from legacygrid.server.smtp.connection import Connection


def make_call(connection: Connection, command: str, **more: Any) -> Call:
    """A command as a call, which is that of the login, if there is one.

    :param more: what else is known of it; see `Call`.
    """
    call = Call(
        "SMTP", SMTP, started=connection.started, operation=SMTP, task=command, format="", **more
    )
    principal = connection.principal
    call.fault = connection.fault
    call.world = principal.account.world if principal else connection.world
    call.claimed = connection.claimed
    if principal is not None:
        login = principal.login
        call.belongs_to(principal.account, principal.primary, login.name, login.number)
    return call


def make_target(connection: Connection, stage: str) -> Target:
    """A step as faults know it."""
    principal = connection.principal
    if principal is None:
        return Target(connection.world, "", SMTP, stage, "")
    world, login = principal.account.world, principal.login
    return Target(world, principal.primary, SMTP, stage, login.name)
