"""Forms that do what a call does: its parameters by its rules, its deed in one transaction."""

from collections.abc import Mapping
from typing import Any

from legacygrid.console.forms import Form
from legacygrid.console.pages import current_account, errors_to_form, now
from legacygrid.grid import current_grid
from legacygrid.registry import parameters
from legacygrid.registry.routes import ReadyTask
from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.values import Unreadable, unwritable


def deed(path: str, task: str = "") -> ReadyTask:
    """What the call of that path and task does, by the profile."""
    return current_grid().operations[path].tasks[task]


def told(form: Form, ready: ReadyTask) -> Form:
    """The form, with what the call asks of each field."""
    for name, rule in ready.schema.fields.items():
        if name in form:
            form[name].flags.required = rule.required
            asked: str = getattr(rule, "rule", str)()
            # What nobody comes near is said when somebody does.
            is_usual = asked.startswith(("up to", "any text", "a part of", "the same", "0 or 1"))
            if not (is_usual or form[name].description):
                form[name].description = f"{asked[:1].upper()}{asked[1:]}."
    return form


def read(form: Form, ready: ReadyTask, sent: Mapping[str, str]) -> dict[str, Any] | None:
    """The parameters of the call, as the form has them; none if something is wrong, which is said
    at the fields.

    What was not sent at all stays as it is; what is empty is cleared.
    """
    fields = Fields(
        {name: _value(text) for name, text in sent.items() if name in form and name != "csrf_token"}
    )
    with errors_to_form(form, ""):
        return parameters.load(ready, fields, current_account())
    return None


def _value(text: str) -> str | Unreadable:
    why = unwritable(text)
    return Unreadable(why) if why else text


def carry_out(ready: ReadyTask, params: dict[str, Any], **given: Any) -> None:
    """Do it.

    :param given: what the call knows beside its parameters, such as `subuser`.
    :raises Reason: as the call refuses it.
    """
    grid = current_grid()
    arguments = {name: given[name] for name in ready.wants} | parameters.hash_secrets(
        grid.secrets, params
    )
    with grid.store.writing(now()):
        ready.task.handler(**arguments)


def carried_out(form: Form, ready: ReadyTask, params: dict[str, Any], **given: Any) -> bool:
    """The same for a form; false if a name that is taken keeps it from being done, which is said at
    its field.
    """
    with errors_to_form(form, "username"):
        carry_out(ready, params, **given)
        return True
    return False
