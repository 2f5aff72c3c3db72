"""Forms that do what a call does: its parameters by its rules, its action in one transaction."""

from collections.abc import Mapping
from typing import Any

from legacygrid.console.forms import Form
from legacygrid.console.pages import current_account, errors_to_form, now
from legacygrid.grid import current_grid
from legacygrid.registry import parameters
from legacygrid.registry.routes import ReadyTask
from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.values import Unreadable, why_unwritable


def find_task(path: str, task: str = "") -> ReadyTask:
    """The task of the call at a path, by the profile."""
    return current_grid().operations[path].tasks[task]


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


def read_params(form: Form, ready: ReadyTask, sent: Mapping[str, str]) -> dict[str, Any] | None:
    """The parameters of the call, as the form has them; none if something is wrong, which the
    fields say then.

    A field that was not sent stays as it is; an empty one is cleared.
    """
    fields = Fields(
        {
            name: _check_text(text)
            for name, text in sent.items()
            if name in form and name != "csrf_token"
        }
    )
    with errors_to_form(form, ""):
        return parameters.load(ready, fields, current_account())
    return None


def _check_text(text: str) -> str | Unreadable:
    why = why_unwritable(text)
    return Unreadable(why) if why else text


def run_task(ready: ReadyTask, params: dict[str, Any], **context: Any) -> None:
    """Do what a call does.

    :param context: what its handler wants beside its parameters, such as `subuser`.
    :raises Reason: as the call refuses it.
    """
    grid = current_grid()
    arguments = {name: context[name] for name in ready.wants} | parameters.hash_secrets(
        grid.secrets, params
    )
    with grid.store.writing(now()):
        ready.task.handler(**arguments)


def run_task_of(form: Form, ready: ReadyTask, params: dict[str, Any], **context: Any) -> bool:
    """The same for a form; false if a name is taken, which its field says then."""
    with errors_to_form(form, "username"):
        run_task(ready, params, **context)
        return True
    return False
