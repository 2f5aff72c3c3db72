"""customer.monitor: who gets a copy of every so many mails of a subuser."""

from typing import Any

from legacygrid.endpoints.sendgrid.customer import make_family
from legacygrid.models import monitors
from legacygrid.models.account import Account
from legacygrid.models.monitors import MonitorExists, MonitorInUse, MonitorRecord, UnknownMonitor
from legacygrid.registry.evidence import documented, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid import setup_params, setup_rows
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

family = make_family()

_NAME = "customer.monitor"
#: What may be given anew, and the column of each.
_CHANGES = {"new_name": "name", "new_email": "email", "new_frequency": "frequency"}


@family.operation(
    _NAME,
    task="create",
    effect=WRITES,
    contract=Contract(
        evidence=recorded(e.GEM_2012),
        params=setup_params.new_monitor,
        refuses=(MonitorExists,),
        example={"name": "every mail", "email": "babbage@example.com", "frequency": "1"},
    ),
)
def create_monitor(caller: Account, name: str, email: str, frequency: int) -> None:
    """Make a monitor; it copies nothing before a subuser is appended to it."""
    monitors.create(caller, name, email, frequency)


@family.operation(
    _NAME,
    task="edit",
    effect=WRITES,
    contract=Contract(
        evidence=recorded(e.GEM_2012),
        params=setup_params.monitor_edit,
        refuses=(UnknownMonitor, MonitorExists),
        example={"name": "every tenth", "new_name": "every fifth", "new_frequency": "5"},
    ),
)
def edit_monitor(caller: Account, name: str, **changes: Any) -> None:
    """Change what is given of a monitor; its subusers stay attached."""
    given = {_CHANGES[key]: value for key, value in changes.items() if value}
    monitors.edit(caller, name, given)


@family.operation(
    _NAME,
    task="delete",
    effect=WRITES,
    contract=Contract(
        evidence=recorded(e.GEM_2012),
        params=setup_params.monitor_name,
        refuses=(UnknownMonitor, MonitorInUse),
        example={"name": "every tenth"},
    ),
)
def delete_monitor(caller: Account, name: str) -> None:
    """Delete a monitor to which no subuser is attached."""
    monitors.delete(caller, name)


@family.operation(
    _NAME,
    task="list",
    contract=Contract(evidence=recorded(e.GEM_2012), rows=setup_rows.monitor_rows),
)
def list_monitors(caller: Account) -> list[MonitorRecord]:
    """List the account's monitors with the subusers attached to each, oldest first."""
    blocking.about_to_block(Lane.READ)
    return monitors.list_records(caller)


@family.operation(
    _NAME,
    task="append",
    effect=WRITES,
    contract=Contract(
        evidence=recorded(e.GEM_2012),
        params=setup_params.monitor_name,
        refuses=(UnknownMonitor,),
        example={"user": "ada", "name": "every tenth"},
    ),
)
def append_subuser(caller: Account, subuser: Account, name: str) -> None:
    """Attach a subuser to a monitor: every so many mails from now on are copied."""
    monitors.append(caller, name, subuser)


@family.operation(
    _NAME,
    task="detach",
    effect=WRITES,
    contract=Contract(
        evidence=documented(f"{e.MANUAL_MONITORS}; with a name: recorded, {e.GEM_2012}"),
        params=setup_params.monitor_choice,
        refuses=(UnknownMonitor,),
        example={"user": "ada", "name": "every tenth"},
    ),
)
def detach_subuser(caller: Account, subuser: Account, name: str = "") -> None:
    """Detach a subuser from a monitor, or without a name from all."""
    monitors.detach(caller, name, subuser)
