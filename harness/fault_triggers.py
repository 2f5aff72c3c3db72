"""Whether a call triggers a fault, and what is answered then."""

from typing import TYPE_CHECKING

from legacygrid import reasons
from legacygrid.auth.rate_limits import Left
from legacygrid.harness.calls import Call
from legacygrid.harness.faults import Faults, InjectedFault
from legacygrid.registry.gaps import MissingRoute
from legacygrid.registry.routes import Route
from legacygrid.wsgi.forms import Fields

if TYPE_CHECKING:
    from flask import Response


def trigger_fault(
    faults: Faults,
    route: Route | MissingRoute,
    call: Call,
    fields: Fields,
    is_outage: bool = False,
) -> "Response | None":
    """What a fault answers instead, if the call triggers one.

    :param is_outage: outages are meant, which ask nobody who they are; or all other faults.
    :raises Reason: as the fault says; a rate limit in the words of a system that has some for it.
    """
    if not faults.are_set:
        return None

    def trigger() -> InjectedFault | None:
        target = call.target(fields.text("user"), route.system.name)
        return faults.triggered_by(target, call.at, is_outage=is_outage)

    call.fault = call.once("outage" if is_outage else "fault", trigger)
    if call.fault is None:
        return None
    limit, rate = call.fault.effect.rate_limit, route.rate_of(call.method)
    if limit is not None and rate and reasons.TooManyCalls in route.dialect.sayings:
        ordered = rate._replace(calls=limit[0], seconds=limit[1])
        call.left = Left(ordered, 0, ordered.reset_at(call.at + limit[1], call.at), is_over=True)
        raise reasons.TooManyCalls(hint="ordered by a fault")
    return call.fault.effect.instead(call.at)
