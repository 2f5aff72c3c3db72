"""Migration: what is called of Web API v2, and what becomes of each call in v3."""

from flask import Blueprint, abort, request, url_for

from legacygrid.console.operations import find_routes
from legacygrid.console.pages import Page, current_visitor, current_world, for_everybody, render
from legacygrid.console.request_filters import RequestFilter, visible_to, whole
from legacygrid.endpoints.control.records import call_to_json
from legacygrid.grid import current_grid
from legacygrid.migration import table
from legacygrid.migration.recipes import describe, make_recipe
from legacygrid.migration.rendering import LANGUAGES
from legacygrid.migration.report.documents import list_classes, list_sections
from legacygrid.migration.report.migration_report import MigrationReport, callers_text
from legacygrid.migration.report.observed_calls import from_journal
from legacygrid.migration.report.tally import CallTarget, Tally
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("migration", __name__)
#: So many calls are read, the newest: half a second's work. `legacygrid migrate report` reads all.
MAX_CALLS = 10_000


@blueprint.get("/migration")
@for_everybody
def index() -> Page:
    """The report of the calls that the visitor sees among the requests."""
    blocking.about_to_block(Lane.READ)
    is_visible, journal = visible_to(current_visitor(), current_world()), current_grid().journal
    calls, tally = journal.find_newest(is_visible, MAX_CALLS), Tally()
    tally.count(from_journal(call_to_json(call)) for call in reversed(calls))
    report = MigrationReport(tally, ("the journal",))
    return render(
        "migration.html",
        report=report,
        classes=list_classes(report),
        sections=list_sections(report),
        read=len(calls),
        count=journal.count_kinds(is_visible),
        callers_text=callers_text,
        recipe_url=_recipe_url,
        requests_url=_requests_url,
    )


def _recipe_url(target: CallTarget) -> str:
    """Where the page says what becomes of a call."""
    rows = table.find_all(target.operation, target.task or "")
    way = rows.index(target.row) if target.row else 0
    # The first way is at the top of its page, below the links to languages.
    place = f"way-{way + 1}" if way else None
    return url_for(".show", name=target.operation, task=target.task or None, _anchor=place)


def _requests_url(operation: str, task: str | None) -> str:
    """The requests that call an operation, and no other.

    :param task: none or empty for those without one.
    """
    has_tasks = any(table.list_tasks(operation))
    call_filter = RequestFilter(whole(operation), whole(task or "") if has_tasks else "")
    return url_for("requests.index", **call_filter.query)


@blueprint.get("/migration/<path:name>")
@for_everybody
def show(name: str) -> Page:
    """What becomes of one operation and task, for each way in which it may be called."""
    blocking.about_to_block(Lane.READ)
    tasks = table.list_tasks(name)
    task = request.args.get("task", next(iter(tasks), ""))
    language = request.args.get("lang", next(iter(LANGUAGES)))
    rows = table.find_all(name, task)
    if not rows or language not in LANGUAGES:
        abort(404)
    return render(
        "migration_call.html",
        name=name,
        task=task,
        tasks=tasks,
        language=language,
        recipes=[make_recipe(row, (language,)) for row in rows],
        languages=LANGUAGES,
        is_emulated=name in find_routes(),
        describe=describe,
        requests_url=_requests_url(name, task),
    )
