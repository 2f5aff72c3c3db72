"""The road of a call, in the order in which things happen; that is also the order in which refusals win.

Find the operation, authenticate, authorise, find its task, find the subuser, load the parameters, act, render.
"""

import logging
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from itertools import chain
from typing import Any

from flask import Response
from marshmallow import ValidationError

from legacygrid import auth, blocking, faults, forms, reasons
from legacygrid.calls import Call
from legacygrid.forms import Fields
from legacygrid.grid import Grid
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.models.secrets import NewSecret
from legacygrid.operations import FORMATS, VERBS, ReadyTask, Route
from legacygrid.serializers.answers import ALLOW, Counted, listing, refusal, success
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.fields import label
from legacygrid.unanswered import why_not
from legacygrid.worlds import WORLD

log = logging.getLogger("legacygrid")


def answer(grid: Grid, environ: MutableMapping[str, Any]) -> Response:
    """The answer to a call, whatever becomes of it.

    On an event loop's thread, a call that would take long is not answered: it is marked to be made again elsewhere.

    :param environ: the call's WSGI environ.
    """
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    call = environ.get(blocking.AGAIN) or arrived(grid, environ, path)
    dialect = grid.front
    try:
        route = find(grid, path, call)
        dialect = route.dialect
        response = travel(grid, route, environ, call)
    except blocking.WouldBlock:
        environ[blocking.AGAIN] = call
        return Response(status=503)
    except Exception as error:
        reason = _reason(error)
        call.evidence = dialect.saying(type(reason), call.operation).evidence
        response = refusal(dialect, reason, call.operation, call.format)
        # Thousands of calls are kept.
        call.refusal = type(reason)(*(text[:1000] for text in reason.texts[:100]), hint=reason.hint)
    if call.fault is not None and call.fault.effect.touches_wire:
        faults.sent(call.fault.effect, response, environ)
    grid.answered(call, response.status_code)
    return response


def arrived(grid: Grid, environ: Mapping[str, Any], path: str) -> Call:
    """A call comes in: from here on it is in the journal."""
    call = Call(
        environ["REQUEST_METHOD"],
        path[:1000],
        world=environ.get(WORLD, ""),
        user_agent=environ.get("HTTP_USER_AGENT", "")[:200],
    )
    call.at = grid.clock.now(call.world)
    grid.journal.record(call)
    return call


def travel(grid: Grid, route: Route, environ: Mapping[str, Any], call: Call) -> Response:
    """The road itself.

    :raises Reason: why the call is not carried out.
    """
    if call.method == "OPTIONS":
        return Response(status=204, headers={"Allow": ALLOW})
    if call.method not in VERBS:
        raise reasons.VerbNotAllowed

    fields = forms.read(environ)
    call.params = fields.shown(route.shown)
    call.ignored = len(fields.keys() - route.shown - route.hidden)
    principal = auth.authenticate(fields, environ.get("HTTP_AUTHORIZATION"), grid.secrets, call.world)
    call.caller, call.account = principal.login.name, principal.primary
    auth.authorise(principal, route.operation)

    ready = find_task(route, fields)
    call.task = ready.task.name
    if instead := struck(grid, call, fields):
        return instead
    if ready.task.writes:
        blocking.about_to_block()
    given: dict[str, Any] = {"caller": principal.account, "secrets": grid.secrets}
    if "subuser" in ready.wants:
        given["subuser"] = find_subuser(principal.account, fields)
    params = load(ready, fields)

    result = act(grid, ready, given, params, call)
    call.tolerated = tolerated(ready, fields)
    return render(route.dialect, ready, result, call.format)


def find(grid: Grid, whole_path: str, call: Call) -> Route:
    """What answers at the path: `/apiv2/customer.add.json` without its suffix is in the table."""
    path, _, suffix = whole_path.rpartition(".")
    if suffix not in FORMATS:
        raise reasons.UnknownMethod(hint="a call of v2 ends in .json or .xml")
    call.format = suffix
    found = grid.operations.get(path)
    if found is None:
        raise why_not(path, grid.operations)
    call.operation = found.operation.name
    return found


def find_task(route: Route, fields: Fields) -> ReadyTask:
    """The task that `task=` names; an operation without tasks does not look at it."""
    ready = route.tasks.get("") or route.tasks.get(fields.text("task") or "")
    if ready is None:
        sent = fields.text("task")
        raise reasons.UnknownTask(
            hint=f"task={(sent or '')[:64]!r} is none of {', '.join(route.tasks)}; the case counts"
        )
    return ready


def struck(grid: Grid, call: Call, fields: Fields) -> Response | None:
    """What a fault answers instead, if one was ordered for this call.

    :raises Reason: as ordered.
    """
    # A call that is made again was struck before, or not.
    if not call.is_drawn:
        call.fault, call.is_drawn = grid.faults.struck(call, fields.text("user")), True
    return call.fault.effect.instead(call.at) if call.fault else None


def find_subuser(caller: Account, fields: Fields) -> Account:
    """The subuser that `user=` names."""
    name = fields.text("user")
    if not name:
        raise reasons.UnknownSubuser(hint="user= is missing or empty")
    return subusers.named(caller, name)


def load(ready: ReadyTask, fields: Fields) -> dict[str, Any]:
    """The parameters that were given, read; all that is wrong with them is said together.

    :raises BadParameters: with one text for each thing that is wrong, in the order of the manual.
    """
    wrong: list[str] = []
    params: dict[str, Any] = {}
    try:
        params = ready.schema.load(fields) if ready.schema.fields else {}
    except ValidationError as error:
        wrong += _texts(ready, error)
    wrong += [f"{_safe_label(name)} {value.why}" for name, value in fields.unreadable(ready.schema.fields)]
    if wrong:
        raise reasons.BadParameters(*wrong)
    return {name: value for name, value in params.items() if value is not None}


def tolerated(ready: ReadyTask, fields: Fields) -> tuple[str, ...]:
    """What the last manual says against a call that is carried out."""
    if ready.manual is None:
        return ()
    return tuple(
        text if fields.get(name) else f"{name} is missing; the manual requires it"
        for name, texts in ready.manual.validate(fields).items()
        for text in [f'the manual says "{" ".join(texts)}"']
    )


def act(grid: Grid, ready: ReadyTask, given: dict[str, Any], params: dict[str, Any], call: Call) -> Any:
    """Do what was asked for: what writes does so in one transaction."""
    arguments = {name: given[name] for name in ready.wants} | hashed(grid, params)
    with grid.store.writing(call.at) if ready.task.writes else grid.store.reading():
        return ready.task.handler(**arguments)


def hashed(grid: Grid, params: dict[str, Any]) -> dict[str, Any]:
    """New secrets become hashes before the transaction opens: nobody waits for bcrypt with the store in hand."""
    return {
        name: grid.secrets.hash(value.text) if isinstance(value, NewSecret) else value for name, value in params.items()
    }


def render(dialect: Dialect, ready: ReadyTask, result: Any, format: str) -> Response:
    """What the handler returned, in the dialect's words and the asked format."""
    if ready.rows is None:
        return success(dialect, format, result if isinstance(result, Counted) else None)
    return listing(dialect, format, ready.rows, result)


def _reason(error: Exception) -> reasons.Reason:
    if isinstance(error, reasons.Reason):
        # A copy, for the journal: the traceback holds all that the client sent.
        return type(error)(*error.texts, hint=error.hint)
    return unforeseen(error)


def unforeseen(error: Exception) -> reasons.Fault:
    """A fault of the emulator's own: the log is told of it."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    # The message of an unforeseen error may hold what a client sent, so the log gets its kind and its place.
    log.error("fault: %s at %s:%s", type(error).__name__, where.filename, where.lineno)
    return reasons.Fault(hint=f"{type(error).__name__} at {where.name}")


def _texts(ready: ReadyTask, error: ValidationError) -> Iterator[str]:
    messages: Any = error.messages
    return chain.from_iterable(messages[name] for name in ready.schema.fields if name in messages)


def _safe_label(name: str) -> str:
    return label(name[:64].encode("unicode_escape").decode())
