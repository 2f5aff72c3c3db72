"""Forms that do what a call does: its parameters by its rules, its action in one transaction."""

from collections.abc import Mapping
from typing import Any

from legacygrid.console.forms import Form
from legacygrid.console.pages import current_account, errors_to_form, now
from legacygrid.endpoints import actions
from legacygrid.grid import current_grid
from legacygrid.registry.routes import ReadyTask


def find_task(path: str, task: str = "") -> ReadyTask:
    """The task of the call at a path, by the profile."""
    return actions.find_task(current_grid(), path, task)


def describe_fields(form: Form, ready: ReadyTask) -> Form:
    """Say at each field of a form what the call requires of it.

    :returns: the form.
    """
    for name, rule in ready.schema.fields.items():
        if name in form:
            form[name].flags.required = rule.required
            text: str = getattr(rule, "rule", str)()
            # What hardly anybody gets wrong is said once somebody does.
            is_usual = text.startswith(("up to", "any text", "a part of", "the same", "0 or 1"))
            if not (is_usual or form[name].description):
                form[name].description = f"{text[:1].upper()}{text[1:]}."
    return form


def read_params(
    form: Form, ready: ReadyTask, sent: Mapping[str, Any], **fixed: Any
) -> dict[str, Any] | None:
    """The parameters of the call, as the form has them; none if something is wrong, which the
    fields say then.

    A field that was not sent stays as it is; an empty one is cleared.

    :param fixed: parameters that are no fields of the form.
    """
    given = {name: value for name, value in sent.items() if name in form and name != "csrf_token"}
    with errors_to_form(form, ""):
        return actions.read_params(ready, given | fixed, current_account())
    return None


def run_task(ready: ReadyTask, params: dict[str, Any], **context: Any) -> None:
    """Do what a call does.

    :param context: what its handler wants beside its parameters, such as `subuser`.
    :raises Reason: as the call refuses it.
    """
    actions.run_task(current_grid(), ready, params, now(), **context)


def run_task_of(form: Form, ready: ReadyTask, params: dict[str, Any], **context: Any) -> bool:
    """The same for a form; false if it is refused, which the form says then."""
    with errors_to_form(form, "username"):
        run_task(ready, params, **context)
        return True
    return False
