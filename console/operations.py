"""Operations: the table of all that is answered, each with a form to try it."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, abort, jsonify, request

from legacygrid.console import documented, try_form
from legacygrid.console.documented import DocumentedParameter
from legacygrid.console.languages import gettext as _
from legacygrid.console.pages import Page, current_account, current_visitor, for_everybody, render
from legacygrid.console.wsgi_client import make_call
from legacygrid.grid import current_grid
from legacygrid.reasons import Reason
from legacygrid.registry import spelling
from legacygrid.registry.evidence import LEVELS
from legacygrid.registry.fidelity import rule
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.serializers.dialects import Saying

blueprint = Blueprint("operations", __name__)


@dataclass(frozen=True)
class ParameterRow:
    """One parameter of a task: its rule in words, its value in the example, whether journals
    keep none, and what its system's OpenAPI document says of it.
    """

    name: str
    rule: str
    example: str
    is_hidden: bool
    documented: DocumentedParameter | None


def find_routes() -> dict[str, Route]:
    """Every operation by its name, in the order of the table; of its paths, one."""
    return {route.operation.name: route for route in current_grid().operations.values()}


@blueprint.get("/operations")
@for_everybody
def index() -> Page:
    """The table, by system; those that are searched for."""
    words, routes = request.args.get("search", ""), list(find_routes().values())
    tasks = [(route, ready) for route in routes for ready in route.tasks.values()]
    found = [(route, ready) for route, ready in tasks if _has(route, ready, words)]
    systems = [
        (system, [row for row in found if row[0].system is system])
        for system in current_grid().systems
    ]
    return render(
        "operations.html",
        systems=[(system, rows) for system, rows in systems if rows],
        words=words,
        levels=LEVELS,
        kind=current_visitor().principal.kind,
    )


def _has(route: Route, ready: ReadyTask, words: str) -> bool:
    """Whether each of some words is a part of what the table says of a task, in any case."""
    said = f"{route.operation.name} {ready.task.name} {ready.task.summary}".casefold()
    return all(word in said for word in words.casefold().split())


@blueprint.get("/openapi/<name>.json")
@for_everybody
def document(name: str) -> Response:
    """The OpenAPI document of a system."""
    return jsonify(current_grid().openapi.get(name) or abort(404))


@blueprint.route("/operations/<path:name>", methods=["GET", "POST"])
@for_everybody
def show(name: str) -> Page:
    """One operation; a POST makes the call that the form describes."""
    route = find_routes().get(name) or abort(404)
    ready = route.tasks.get(request.args.get("task", next(iter(route.tasks)))) or abort(404)
    wants_example = request.method == "GET" and "example" in request.args
    number = current_account().id
    form = try_form.make_form(
        route,
        ready,
        try_form.example_data(ready, number) if wants_example else {"number": str(number)},
    )
    call_request = try_form.read_call(route, ready, form) if request.method == "POST" else None
    return render(
        "operation.html",
        form,
        route=route,
        ready=ready,
        system=route.system.title,
        may_call=current_visitor().principal.kind in route.operation.access.callers,
        parameters=list(list_parameters(route, ready)),
        answers=list(documented.list_answers(route, ready)),
        refusals=list(list_refusals(route, ready)),
        call_request=call_request,
        answer=make_call(call_request) if call_request else None,
    )


def list_parameters(route: Route, ready: ReadyTask) -> Iterator[ParameterRow]:
    """What a task takes, in the order of the manual."""
    example, known = ready.task.contract.example, documented.find_parameters(route, ready)
    if try_form.wants_user(ready):
        yield ParameterRow(
            "user",
            _("required; a subuser of the caller"),
            str(example.get("user", "")),
            is_hidden=False,
            documented=known.get("user"),
        )
    for name, field in ready.schema.fields.items():
        value = spelling.as_text(example[name]) if name in example else ""
        yield ParameterRow(
            name,
            rule(field),
            value,
            not getattr(field, "is_shown", False),
            known.get(name) or known.get(f"{name}[]"),
        )


def list_refusals(route: Route, ready: ReadyTask) -> Iterator[tuple[type[Reason], Saying]]:
    """What a task refuses by itself, and what is said then."""
    for reason in ready.task.contract.refuses:
        yield reason, route.dialect.saying(reason, route.operation.name)
