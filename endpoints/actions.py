"""Does what a call does, for a page or a command: by the parameters and the rules of the call."""

from collections.abc import Mapping
from typing import Any

from legacygrid.grid import Grid
from legacygrid.models.account import Account
from legacygrid.registry import parameters
from legacygrid.registry.routes import ReadyTask
from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.values import Unreadable, why_unwritable


def find_task(grid: Grid, path: str, task: str = "") -> ReadyTask:
    """The task of the call at a path, by the profile."""
    return grid.operations[path].tasks[task]


def read_params(ready: ReadyTask, given: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """The parameters of the call.

    :param given: texts and arrays by name; what is not given stays as it is.
    :param account: that of the caller.
    :raises BadParameters: with a problem for each thing that is wrong.
    """
    fields = Fields({name: _check_text(value) for name, value in given.items()})
    return parameters.load(ready, fields, account)


def _check_text(value: Any) -> Any:
    why = why_unwritable(value) if isinstance(value, str) else None
    return Unreadable(why) if why else value


def run_task(
    grid: Grid, ready: ReadyTask, params: dict[str, Any], at: float, **context: Any
) -> None:
    """Do what a call does, in a transaction.

    :param at: when, in seconds since 1970 by the emulator's clock.
    :param context: what its handler wants beside its parameters, such as `subuser`.
    :raises Reason: as the call refuses it.
    """
    provided = {"grid": grid, **context}
    arguments = {name: provided[name] for name in ready.wants} | parameters.hash_secrets(
        grid.secrets, params
    )
    with grid.store.writing(at):
        ready.task.handler(**arguments)
