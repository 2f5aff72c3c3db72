"""The bridge as a WSGI application. A call takes the road of `dispatch` as far as v2 had it: find
the operation, authenticate, authorise, find the task, read the parameters. Then its row of the
table is carried out at the upstream.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from legacygrid import reasons
from legacygrid.auth.claims import Pair
from legacygrid.auth.principal import Caller
from legacygrid.endpoints.sendgrid import SYSTEM
from legacygrid.endpoints.sendgrid.apps import find_app, pick_settings
from legacygrid.endpoints.sendgrid.list_actions import nothing_meant
from legacygrid.harness.log import report_fault
from legacygrid.migration import table
from legacygrid.migration.bridge import refusals
from legacygrid.migration.bridge.call_params import to_params
from legacygrid.migration.bridge.callers import BridgeCaller, BridgeCallers
from legacygrid.migration.bridge.carrying_out import Carrier, MeantCall
from legacygrid.migration.bridge.permits import Permits, name_of_call
from legacygrid.migration.bridge.results import RESULTS
from legacygrid.migration.bridge.upstream import PSEUDONYM
from legacygrid.migration.names import find_in_path
from legacygrid.models.account import Account
from legacygrid.registry import fallbacks, parameters, route_table
from legacygrid.registry.routes import ReadyTask, Route
from legacygrid.serializers import answers, profiles
from legacygrid.serializers.dialects import Dialect
from legacygrid.wsgi import blocking
from legacygrid.wsgi.answer import Answer, ask_again
from legacygrid.wsgi.blocking import TryLater, WouldBlock
from legacygrid.wsgi.body_limits import limit_of_call
from legacygrid.wsgi.environ_keys import BODY_LIMIT
from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.hosts import remote_address
from legacygrid.wsgi.values import spell_out
from legacygrid.wsgi.worlds import path_of

log = logging.getLogger("legacygrid")
Environ = dict[str, Any]
#: Characters of a path that is no call of v2, as a line shows it.
_MAX_PATH = 100
#: Those of a name that is no caller's.
_MAX_NAME = 64


@dataclass
class BridgedCall:
    """What is told of a call: nothing that it was given."""

    method: str
    path: str
    operation: str = ""
    task: str = ""
    format: str = "json"
    caller: str = ""
    asked: list[str] = field(default_factory=list)
    outcome: str = "success"

    def __str__(self) -> str:
        name = name_of_call(self.operation, self.task) or spell_out(self.path[:_MAX_PATH])
        who = f" by {self.caller}" if self.caller else ""
        asked = f" -> {', '.join(self.asked)}" if self.asked else ""
        return f"{self.method} {name}{who}{asked}: {self.outcome}"


class LiveBridge:
    """Answers calls of v2 by v3.

    :param carrier: asks v3.
    :param say: called with a line for each call.
    """

    def __init__(
        self,
        carrier: Carrier,
        callers: BridgeCallers,
        permits: Permits,
        say: Callable[[str], None],
    ) -> None:
        self._carrier, self._callers, self._permits, self._say = carrier, callers, permits, say
        profile = profiles.profile()
        self._table = route_table.build_table([SYSTEM], profile)
        self._front = refusals.with_words(SYSTEM.families[0].dialect(profile))
        self._dialects = {
            route.operation.name: refusals.with_words(route.dialect)
            for route in self._table.values()
        }

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        try:
            response = self._answer(environ)
        except WouldBlock as pause:
            response = ask_again(environ, pause)
        return response(environ, start_response)

    def _answer(self, environ: Environ) -> Answer:
        path = path_of(environ)
        told = BridgedCall(environ["REQUEST_METHOD"], path)
        route, told.format = route_table.find_route(self._table, path, told.method)
        dialect = self._dialects[route.operation.name] if route else self._front
        try:
            if PSEUDONYM in environ.get("HTTP_VIA", ""):
                text = "The request came from a bridge: the upstream leads back here."
                raise refusals.GoesInCircles(refusals.say(text))
            if route is None:
                raise self._explain_missing(path, told)
            response = self._travel(route, dialect, environ, told)
        except WouldBlock:
            raise
        except Exception as error:
            reason = error if isinstance(error, reasons.Reason) else report_fault(error)
            told.outcome = _outcome(reason)
            response = answers.refusal(dialect, reason, told.operation, told.format)
            response.headers.update(_headers_of(reason, route))
        self._tell(told)
        return response

    def _tell(self, told: BridgedCall) -> None:
        """Tell of a call, if anybody listens: what it did is done, and has its answer."""
        try:
            self._say(str(told))
        except (OSError, ValueError) as error:
            log.error("a call cannot be told: %s", type(error).__name__)

    def _explain_missing(self, path: str, told: BridgedCall) -> reasons.Reason:
        """Why nothing answers at a path: v2 had nothing there, or v3 has nothing for it."""
        known, _ = find_in_path(path)
        row = table.find(known.name) if known else None
        if row is None:
            return fallbacks.explain_unknown(self._table, path)
        told.operation = row.operation
        return refusals.explain_no_target(row)

    def _travel(
        self, route: Route, dialect: Dialect, environ: Environ, told: BridgedCall
    ) -> Answer:
        """The road.

        :raises Reason: why the call is not carried out.
        """
        told.operation = route.operation.name
        if told.method not in route.called_by:
            raise reasons.VerbNotAllowed
        blocking.about_to_block()
        environ[BODY_LIMIT] = limit_of_call(environ["PATH_INFO"], SYSTEM.mail_paths)
        fields = route.read(environ)
        claim = route.conventions.claim(fields, environ)
        told.caller = _name_of(claim)
        caller = self._callers.find(claim, remote_address(environ))
        told.caller = caller.name
        if caller.subuser and Caller.SUBUSER not in route.operation.access.callers:
            raise reasons.NotAuthorised
        ready = route.find_task(told.method, fields)
        told.task = ready.task.name
        if fields.refusal is not None:
            raise fields.refusal
        result = self._act(ready, fields, caller, told)
        own = RESULTS.get((told.operation, told.task))
        rows = (own and own.rows) or ready.rows
        return route.conventions.answer(dialect, rows, result, told.format)

    def _act(
        self, ready: ReadyTask, fields: Fields, caller: BridgeCaller, told: BridgedCall
    ) -> Any:
        """Carry it out, or tell what that would be."""
        user = fields.text("user") or "" if "subuser" in ready.wants else ""
        if "subuser" in ready.wants and not user:
            raise reasons.UnknownSubuser(hint="the call names no user")
        is_passed_on = self._permits.allow(told.operation, told.task)
        talk = self._carrier.talk(caller, user)
        told.asked = talk.log
        try:
            given = parameters.load(ready, fields, Account(username=caller.name))
            if "setup" in (told.task, ready.operation.action):
                pick_settings(find_app(given["name"]), given)
        except (reasons.BadParameters, reasons.NotAuthorised):
            # v2 told first that there is no such subuser.
            if user and is_passed_on:
                self._carrier.check_user(user, talk)
            raise
        call = self._mean(told, fields, given, user)
        if not is_passed_on:
            raise refusals.dry_run(self._carrier.tell(call), name_of_call(*call.key))
        return self._carrier.carry_out(call, talk, caller)

    def _mean(
        self, told: BridgedCall, fields: Fields, given: Mapping[str, Any], user: str
    ) -> MeantCall:
        """The call with its row of the table.

        :raises Reason: v3 has nothing for it.
        """
        params = to_params(fields)
        row = self._carrier.find(told.operation, told.task, params)
        if row is None:
            raise _refuse_parameters(told.operation)
        if not row.steps:
            raise refusals.explain_no_target(row)
        return MeantCall(row, params, given, user, told.format)


def _refuse_parameters(operation: str) -> reasons.Reason:
    """What is said of parameters that no row is for: v2 refused them."""
    if operation.endswith(".delete"):
        return nothing_meant()
    return refusals.NoWay(refusals.say(f"v2 refused such parameters of {operation}."))


def _headers_of(reason: reasons.Reason, route: Route | None) -> Mapping[str, str]:
    """What a refusal has beside its words."""
    if isinstance(reason, TryLater | refusals.UpstreamBusy) and reason.seconds:
        return {"Retry-After": str(reason.seconds)}
    if isinstance(reason, reasons.VerbNotAllowed) and route:
        return {"Allow": ", ".join(route.called_by)}
    return {}


def _outcome(reason: reasons.Reason) -> str:
    """How a call ended, for the log: the bridge's own words name no secret, v2's may be of what
    was given.
    """
    if isinstance(reason, refusals.NotSent):
        return spell_out(reason.texts[0])
    name = type(reason).__name__
    if isinstance(reason, refusals.NoWay):
        return f"{name}: {spell_out(reason.texts[0])}"
    if isinstance(reason, reasons.BadParameters):
        wrong = dict.fromkeys(each.field for each in reason.problems)
        return f"{name}: {spell_out(', '.join(filter(None, wrong)))}".removesuffix(": ")
    return f"{name}: {spell_out(reason.hint)}" if reason.hint else name


def _name_of(claim: Any) -> str:
    """Who a refused call says that it is; no key, if that stands in the place of the name."""
    name = claim.name if isinstance(claim, Pair) else ""
    if not name or name.startswith("SG."):
        return ""
    return f"{spell_out(name[:_MAX_NAME])} (refused)"
