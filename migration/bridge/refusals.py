"""The bridge's own reasons not to carry out a call, in v2's shapes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from legacygrid import reasons
from legacygrid.migration.requests import V3Request
from legacygrid.migration.rows import Row
from legacygrid.reasons import Reason
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.serializers.dialects import Dialect, Saying, Sayings
from legacygrid.wsgi.values import FORBIDDEN

_OURS = inferred("v2 had no bridge: the shape is that of its other refusals, the words are ours")


class NotSent(Reason):
    """A dry run: what would be asked of v3 is told, and not asked."""


class NoWay(Reason):
    """v3 has nothing for the call, or nothing that the bridge may use."""


class UpstreamRefused(Reason):
    """v3 refused a request, for a reason that v2 had no words for."""


class UpstreamSilent(Reason):
    """v3 did not answer, or nothing that can be read."""


class UpstreamBusy(Reason):
    """v3 takes no more requests just now.

    :ivar seconds: after which the call may be made again; 0 if v3 does not say, or if a part of
        the call is done, which it would do again.
    """

    seconds = 0


class RelayRefused(Reason):
    """The SMTP server did not take a mail, or not for all of its recipients."""


class GoesInCircles(Reason):
    """The request came from a bridge: passing it on would never end."""


#: The statuses are those of a gateway (RFC 9110), whatever is refused under HTTP 200 otherwise.
_STATUSES: Mapping[type[Reason], tuple[int, bool]] = {
    NotSent: (400, False),
    NoWay: (400, False),
    UpstreamRefused: (400, False),
    UpstreamSilent: (502, True),
    UpstreamBusy: (503, True),
    RelayRefused: (502, True),
    GoesInCircles: (508, True),
}


def with_words(dialect: Dialect) -> Dialect:
    """A dialect that has words for what the bridge refuses, in the shape in which its back end
    refused parameters.
    """
    shape = dialect.saying(reasons.BadParameters).shape
    own: Sayings = {
        reason: Saying(status, None, _OURS, shape, always=always)
        for reason, (status, always) in _STATUSES.items()
    }
    fault = dialect.saying(reasons.Fault)._replace(text="The bridge failed; its log says where")
    return replace(dialect, sayings={**dialect.sayings, **own, reasons.Fault: fault})


def say(text: str) -> Sentence:
    """A sentence of the bridge, in which anybody's words may be."""
    return Sentence(FORBIDDEN.sub("\ufffd", text), _OURS)


def dry_run(steps: Sequence[str], name: str) -> NotSent:
    """What would be asked.

    :param steps: the requests, as `tell` has them.
    :param name: of the call, as `--allow` takes it.
    """
    told = ", ".join(steps) or "nothing"
    return NotSent(say(f"Dry run, nothing was sent: {name} is {told}. --allow '{name}' sends it."))


def tell(request: V3Request) -> str:
    """A request, for a person."""
    whose = f" on behalf of {request.on_behalf_of}" if request.on_behalf_of else ""
    often = f" once per {request.per}" if request.per else ""
    return f"{request.verb} {request.path}{whose}{often}"


def explain_no_target(row: Row) -> NoWay:
    """Why there is nothing in v3, and what can be done instead."""
    why = row.reason or "; ".join(row.losses)
    instead = f" Instead: {row.instead}." if row.instead else ""
    return NoWay(say(f"v3 has nothing for {row.title}: {why}.{instead}"))
