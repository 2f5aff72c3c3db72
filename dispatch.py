"""The road of a call, in the order in which things happen; that is also the order in which refusals
win.

Find the operation, authenticate, authorise, find its task, find the subuser, load the parameters,
act, render.
"""

import logging
import re
import traceback
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Response
from werkzeug.wsgi import get_current_url

from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.authentication import Principal
from legacygrid.auth.rate_limits import Left, Rate
from legacygrid.grid import Grid
from legacygrid.harness import faults
from legacygrid.harness.calls import Call
from legacygrid.mail.submission import Submission
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.registry import parameters
from legacygrid.registry.conventions import FORMATS, Manners
from legacygrid.registry.not_emulated import why_not
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.serializers.answers import refusal
from legacygrid.serializers.dialects import Dialect
from legacygrid.wsgi import blocking
from legacygrid.wsgi.environ_keys import AGAIN, CALL, PROVEN, WORLD
from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.hosts import remote_address

log = logging.getLogger("legacygrid")

#: The HTTP verbs that some operation answers to.
VERBS: tuple[str, ...] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Numbers of the wire have the digits of ASCII alone.
_NUMBER = re.compile(r"/-?\d+(?=/|$)", re.ASCII)


def answer(grid: Grid, environ: MutableMapping[str, Any]) -> Response:
    """The answer to a call, whatever becomes of it.

    On an event loop's thread, a call that would take long is not answered: it is marked to be made
    again elsewhere.

    :param environ: the call's WSGI environ.
    """
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    call = environ[CALL] = environ.get(AGAIN) or arrived(grid, environ, path)
    language = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    dialect, verbs = grid.front_of(path).chosen(language), VERBS
    try:
        route = find(grid, path, call)
        dialect, verbs = route.dialect.chosen(language), route.verbs
        response = travel(grid, route, environ, call)
    except blocking.WouldBlock:
        environ[AGAIN] = call
        return Response(status=503)
    except Exception as error:
        reason = _reason(error, dialect, call.operation)
        call.evidence = dialect.saying(type(reason), call.operation).evidence
        response = refusal(dialect, reason, call.operation, call.format)
        if isinstance(reason, reasons.VerbNotAllowed):
            response.headers["Allow"] = ", ".join(verbs)
        # Thousands of calls are kept.
        problems = (replace(each, text=each.text[:1000]) for each in reason.problems[:100])
        call.refusal = type(reason)(*problems, hint=reason.hint)
    if call.left is not None:
        response.headers.update(call.left.headers)
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
        return Response(status=204, headers={"Allow": ", ".join(route.verbs)})
    if call.method not in route.verbs:
        raise reasons.VerbNotAllowed

    manners = route.manners
    fields = manners.read(environ)
    call.params = fields.shown(route.shown)
    call.ignored = len(fields.keys() - route.shown - route.hidden)
    principal = let_in(grid, manners, fields, environ, call)
    call.belongs_to(
        principal.account, principal.primary, principal.login.name, principal.login.number
    )
    authentication.authorise(principal, route.operation)
    count(grid, route, principal, call)

    ready = find_task(route, call.method, fields)
    call.task = ready.task.name
    if instead := struck(grid, route, call, fields):
        return instead
    if ready.task.writes or ready.task.sends:
        blocking.about_to_block()
    given = handed(grid, ready, principal, fields, environ)
    params = parameters.load(ready, fields, principal.account)

    result = act(grid, ready, given, params, call)
    if manners.audited and ready.task.writes:
        grid.audit.operation(principal, remote_address(environ), call.operation, call.at)
    call.tolerated = parameters.tolerated(ready, fields)
    return manners.answer(route.dialect, ready.rows, result, call.format)


def let_in(
    grid: Grid, manners: Manners, fields: Fields, environ: Mapping[str, Any], call: Call
) -> Principal:
    """Who calls; where the system has an audit log, it is told, once for each call.

    :raises WrongCredentials: they cannot prove who they are.
    """
    claim = environ.get(PROVEN) or manners.claim(fields, environ)
    enter = partial(authentication.authenticate, claim, grid.secrets, call.world, manners.kind)
    # A call that is made again has its caller already.
    if not manners.audited or call.caller:
        return enter()
    return grid.audit.watched(enter, claim, call.world, remote_address(environ), call.at)


def find(grid: Grid, path: str, call: Call) -> Route:
    """What answers at the path: `/apiv2/customer.add.json` is in the table without its suffix,
    others are whole.
    """
    bare, _, suffix = path.rpartition(".")
    if suffix in FORMATS:
        call.format = suffix
    found = grid.operations.get(bare)
    if found is None or suffix not in found.manners.formats:
        found = grid.operations.get(path) or grid.operations.get(_NUMBER.sub("/*", path))
        if found is None or found.manners.formats:
            raise _why_not(grid, bare if suffix in FORMATS else path)
        call.format = "json"
    call.operation = found.operation.name
    return found


def _why_not(grid: Grid, path: str) -> reasons.Reason:
    if path in grid.operations:
        return reasons.UnknownMethod(hint="such a call ends in .json or .xml")
    return why_not(path, grid.operations)


def count(grid: Grid, route: Route, principal: Principal, call: Call) -> None:
    """Count the call, where its account may make so many of them.

    :raises TooManyCalls: it is one too many.
    """
    rate = route.operation.rate
    if rate is None:
        return
    # A call that is made again was counted before.
    if call.left is None:
        call.left = grid.limits.take(rate, principal.account, route.operation.name, call.at)
    if call.left.is_over:
        raise reasons.TooManyCalls(
            hint=f"{rate.calls} calls in {rate.seconds} s; a reset, or the clock, lets it go on"
        )


def find_task(route: Route, method: str, fields: Fields) -> ReadyTask:
    """The task that is meant, by `task=` or the HTTP verb; an operation without tasks does not look
    at it.
    """
    ready = route.tasks.get("")
    if ready is None:
        sent = route.manners.task(method, fields)
        ready = route.tasks.get(sent)
    if ready is None:
        raise reasons.UnknownTask(
            hint=f"task={sent[:64]!r} is none of {', '.join(route.tasks)}; the case counts"
        )
    return ready


def struck(grid: Grid, route: Route, call: Call, fields: Fields) -> Response | None:
    """What a fault answers instead, if one was ordered for this call.

    :raises Reason: as ordered; a rate limit in the words of a system that has some for it.
    """
    # A call that is made again was struck before, or not.
    if not call.is_drawn:
        call.fault, call.is_drawn = grid.faults.struck(call, fields.text("user")), True
    if call.fault is None:
        return None
    limit = call.fault.effect.rate_limit
    if limit is not None and reasons.TooManyCalls in route.dialect.sayings and route.operation.rate:
        call.left = Left(Rate(*limit, told=route.operation.rate.told), 0, limit[1], is_over=True)
        raise reasons.TooManyCalls(hint="ordered by a fault")
    return call.fault.effect.instead(call.at)


def handed(
    grid: Grid, ready: ReadyTask, principal: Principal, fields: Fields, environ: Mapping[str, Any]
) -> dict[str, Any]:
    """What the handler wants beside its parameters."""
    given: dict[str, Any] = {
        "caller": principal.account,
        "secrets": grid.secrets,
        "principal": principal,
        "grid": grid,
    }
    if "subuser" in ready.wants:
        given["subuser"] = find_subuser(principal.account, fields)
    if "number" in ready.wants and (found := _NUMBER.search(environ["PATH_INFO"])):
        given["number"] = found[0].removeprefix("/")
    if "submission" in ready.wants:
        given["submission"] = Submission(
            grid, principal, get_current_url(dict(environ), root_only=True)
        )
    return given


def find_subuser(caller: Account, fields: Fields) -> Account:
    """The subuser that `user=` names."""
    name = fields.text("user")
    if not name:
        raise reasons.UnknownSubuser(hint="user= is missing or empty")
    return subusers.named(caller, name)


def act(
    grid: Grid, ready: ReadyTask, given: dict[str, Any], params: dict[str, Any], call: Call
) -> Any:
    """Do what was asked for: what writes does so in one transaction."""
    arguments = {name: given[name] for name in ready.wants} | parameters.hashed(
        grid.secrets, params
    )
    with grid.store.writing(call.at) if ready.task.writes else grid.store.reading():
        return ready.task.handler(**arguments)


def _reason(error: Exception, dialect: Dialect, operation: str) -> reasons.Reason:
    if isinstance(error, reasons.Reason) and dialect.has_words(type(error), operation):
        # A copy, for the journal: the traceback holds all that the client sent.
        return type(error)(*error.problems, hint=error.hint)
    return unforeseen(error)


def unforeseen(error: BaseException) -> reasons.Fault:
    """A fault of the emulator's own: the log is told of it."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    # The message of an unforeseen error may hold what a client sent, so the log gets its kind and
    # its place.
    log.error("fault: %s at %s:%s", type(error).__name__, where.filename, where.lineno)
    return reasons.Fault(hint=f"{type(error).__name__} at {where.name}")
