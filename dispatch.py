"""The road of a call, in the order in which things happen; refusals win in that order, too.

Find the operation, authenticate, authorise, find its task, find the subuser, load the parameters,
act, render. A call that is not emulated takes a shorter one, so that as much is known of it.
"""

from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from legacygrid import reasons
from legacygrid.auth import audit, authentication
from legacygrid.auth.claims import secret_of
from legacygrid.auth.principal import Principal
from legacygrid.grid import Grid
from legacygrid.harness.calls import Call
from legacygrid.harness.fault_triggers import trigger_fault
from legacygrid.harness.refusals import refuse
from legacygrid.registry import fallbacks, parameters, route_table
from legacygrid.registry.gaps import MissingRoute
from legacygrid.registry.operations import READS, WRITES
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.wsgi import blocking, untrusted
from legacygrid.wsgi.answer import Answer, ask_again, tell_verbs, to_response
from legacygrid.wsgi.blocking import Turn, WouldBlock
from legacygrid.wsgi.body_limits import limit_of_call
from legacygrid.wsgi.environ_keys import BODY_LIMIT, CALL, FULL, PROVEN
from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.hosts import remote_address
from legacygrid.wsgi.public_url import root_url
from legacygrid.wsgi.worlds import path_of

if TYPE_CHECKING:
    from flask import Response

#: The HTTP verbs that a path may have, whoever answers there.
VERBS: tuple[str, ...] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
Environ = MutableMapping[str, Any]


class CallContext(NamedTuple):
    """What a provider knows of the call that it provides something for."""

    grid: Grid
    principal: Principal
    fields: Fields
    environ: Mapping[str, Any]

    @property
    def root_url(self) -> str:
        """The URL under which the emulator answers, with a slash at its end."""
        return root_url(self.environ)


#: Make what a handler gets by naming it as a parameter, as pytest does with fixtures; see
#: `endpoints.providers`.
Provider = Callable[[CallContext], Any]
Providers = Mapping[str, Provider]


def answer(grid: Grid, providers: Providers, environ: Environ) -> "Answer | Response":
    """The answer to a call.

    On an event loop's thread, a call that would take long is marked to be made again elsewhere.

    :param providers: make what handlers name.
    :param environ: the call's WSGI environ.
    """
    path = path_of(environ)
    call = environ[CALL] = environ.get(CALL) or grid.receive(environ, path)
    route: Route | MissingRoute | None = None
    response: Answer | Response
    try:
        route = find(grid, path, call)
        if isinstance(route, MissingRoute):
            response = pass_by(grid, route, environ, call)
        else:
            response = travel(grid, providers, route, environ, call)
    except Exception as error:
        if isinstance(error, WouldBlock) and error.lane is not environ.get(FULL):
            if call.account:
                error.turn = Turn(call.account, is_known=True)
            return ask_again(environ, error)
        dialect = route.dialect if route else grid.fallbacks.find(path, environ)
        dialect = dialect.for_language(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        response = refuse(error, dialect, call)
        if isinstance(call.refusal, reasons.VerbNotAllowed):
            response.headers["Allow"] = ", ".join(route.verbs if route else VERBS)
    if call.left is not None:
        response.headers.update(call.left.headers)
    if untrusted.is_page(environ):
        untrusted.seal(response)
    if call.fault is not None:
        response = to_response(response)
        call.fault = grid.faults.apply(call.fault, call.method, response, environ)
    grid.finish(call, response.status_code)
    return response


def find(grid: Grid, path: str, call: Call) -> Route | MissingRoute:
    """What answers at a path, or would if it were emulated.

    :raises UnknownMethod: nothing; WouldBlock: on a thread that does not write.
    """
    route, call.format = route_table.find_route(grid.operations, path, call.method)
    is_odd = route is None or call.method not in route.verbs
    if is_odd and (missing := grid.gaps.find(path, call.method, is_known=route is not None)):
        call.operation, call.path = missing.name, missing.path
        return missing
    if route is None:
        raise fallbacks.explain_unknown(grid.operations, path)
    call.operation, call.path = route.operation.name, route.show_path(path)[:1000]
    if route.never_only_reads:
        blocking.about_to_block()  # Before it is read, which would be done twice.
    return route


def travel(
    grid: Grid, providers: Providers, route: Route, environ: Environ, call: Call
) -> "Answer | Response":
    """The road itself.

    :raises Reason: why the call is not carried out.
    """
    if call.method == "OPTIONS":
        return tell_verbs(route.verbs, route.dialect.common_headers)
    if call.method not in route.called_by:
        raise reasons.VerbNotAllowed

    fields = read(grid, route, environ)
    call.params = fields.to_json(route.shown)
    call.ignored = len(fields.keys() - route.shown - route.hidden)
    if instead := trigger_fault(grid.faults, route, call, fields, is_outage=True):
        return instead
    principal = authenticate(grid, route, fields, environ, call)
    authentication.authorise(principal, route.operation.access)
    count(grid, route, principal, call)

    ready = route.find_task(call.method, fields)
    call.task = ready.task.name
    authentication.check_list(principal, ready.task.scopes)
    if fields.refusal is not None:
        raise fields.refusal
    if instead := trigger_fault(grid.faults, route, call, fields):
        return instead
    if ready.task.effect is not READS:
        blocking.about_to_block()
    context = CallContext(grid, principal, fields, environ)
    provided = {name: providers[name](context) for name in ready.wants}
    params = parameters.load(ready, fields, principal.account)
    result = act(grid, ready, provided, params, call)
    if route.system.is_audited and ready.task.effect is WRITES:
        who = principal, remote_address(environ)
        audit.record_operation(grid.audit, *who, call.operation, call.at)
    call.tolerated = parameters.find_tolerated(ready, fields)
    return route.answer(ready, result, call.format)


def pass_by(grid: Grid, missing: MissingRoute, environ: Environ, call: Call) -> "Response":
    """The road of a call that is not emulated: the journal gets to know it, a fault may answer it.

    :raises NotEmulated: no fault does, whatever else is wrong with the call.
    """
    from legacygrid.harness import unknown_parameters

    try:
        fields = read(grid, missing, environ)
        secret = secret_of(missing.conventions.claim(fields, environ))
        shown = unknown_parameters.show(fields, missing.conventions.claimed, secret)
        call.params, call.ignored, call.task = shown.params, shown.ignored, shown.task
        if instead := trigger_fault(grid.faults, missing, call, fields, is_outage=True):
            return instead
        authenticate(grid, missing, fields, environ, call)
    except WouldBlock as pause:
        if pause.lane is not environ.get(FULL):
            raise
        raise missing.refusal("there was no room to find out who calls") from None
    except reasons.Reason as reason:
        raise missing.refusal(reason.hint or type(reason).__name__) from None
    if instead := trigger_fault(grid.faults, missing, call, fields):
        return instead
    raise missing.refusal()


def read(grid: Grid, route: Route | MissingRoute, environ: Environ) -> Fields:
    """What the call has, as its system reads calls.

    :raises Reason: it cannot be read.
    """
    environ[BODY_LIMIT] = limit_of_call(environ["PATH_INFO"], grid.systems.mail_paths)
    return route.read(environ)


def authenticate(
    grid: Grid,
    route: Route | MissingRoute,
    fields: Fields,
    environ: Mapping[str, Any],
    call: Call,
) -> Principal:
    """Who calls, and for whom; a system that has an audit log gets one entry for each call.

    :raises WrongCredentials: they cannot prove who they are, or it is for nobody of theirs.
    """
    claim = environ.get(PROVEN) or route.conventions.claim(fields, environ)
    call.credentials_from = claim.sent_in
    attempt = call.once("attempt", partial(grid.attempt, call.world, remote_address(environ)))
    authenticate = partial(authentication.authenticate, claim, attempt, route.system.realm)
    try:
        if route.system.is_audited:
            audited = audit.AuditedLogin(grid.audit, claim, call.world, attempt.address, call.at)
            principal = call.once("authenticate", partial(audited.authenticate, authenticate))
        else:
            principal = authenticate()
    except reasons.Reason:
        # Whoever it says that it is from may see that it was refused, and nobody else.
        call.claimed = authentication.numbers_of(authentication.find_claimed(claim, call.world))
        raise
    call.hints[:] = attempt.hints
    login = principal.login
    call.belongs_to(principal.account, principal.primary, login.name, login.number)
    acting = route.act_as(principal, fields)
    if acting is not principal:
        call.belongs_to(acting.account, acting.primary, login.name, login.number)
    return acting


def count(grid: Grid, route: Route, principal: Principal, call: Call) -> None:
    """Count the call, where its system limits how many an account may make.

    :raises TooManyCalls: it is one too many.
    """
    rate = route.rate_of(call.method)
    if rate is None:
        return
    take = partial(grid.limits.take, rate, principal.account, route.operation.name, call.at)
    call.left = call.once("count", take)
    if call.left.is_over:
        hint = f"{rate.calls} calls in {rate.seconds} s; a reset, or the clock, lets it go on"
        raise reasons.TooManyCalls(hint=hint)


def act(
    grid: Grid, ready: ReadyTask, provided: dict[str, Any], params: dict[str, Any], call: Call
) -> Any:
    """Call the handler: in one transaction, if it writes."""
    # Hashed before the transaction opens: nobody waits for bcrypt while the store is locked.
    arguments = provided | parameters.hash_secrets(grid.secrets, params)
    with grid.store.writing(call.at) if ready.task.effect is WRITES else grid.store.reading():
        return ready.task.handler(**arguments)
