"""What a service that was shut down may answer."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple

from legacygrid.endpoints import SYSTEMS
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.harness.fault_periods import ALWAYS, FaultPeriod
from legacygrid.harness.fault_targets import Target
from legacygrid.harness.faults import InjectedFault
from legacygrid.registry.evidence import Evidence, inferred

#: Nobody has published an answer of Web API v2 from after its end.
EVIDENCE: Evidence = inferred("nobody has recorded what the retired service answers")
_JSON = {"Content-Type": "application/json"}
_PAGE = """<!DOCTYPE html>
<html>
<head><title>This API has been retired</title></head>
<body><h1>This API has been retired</h1><p>Please use the current version.</p></body>
</html>
"""
#: The system that is shut down.
RETIRED = "sendgrid"


class RetiredAnswer(NamedTuple):
    """One way in which the end of a service may look to its clients.

    :param words: what happens, for a person.
    """

    words: str
    effect: FaultEffect


def _refusal(status: int, message: str) -> FaultEffect:
    body = f'{{"errors":[{{"field":null,"message":"{message}"}}]}}'
    return FaultEffect(status=status, body=body, headers=_JSON)


#: By the name that the command line has for it.
ANSWERS: Mapping[str, RetiredAnswer] = {
    "410": RetiredAnswer("410 Gone", _refusal(410, "this API has been retired")),
    "403": RetiredAnswer("403 Forbidden", _refusal(403, "access forbidden")),
    "401": RetiredAnswer("401 Unauthorized", _refusal(401, "authorization required")),
    "404": RetiredAnswer("404 Not Found", _refusal(404, "not found")),
    "html": RetiredAnswer(
        "200 with a page of HTML",
        FaultEffect(status=200, body=_PAGE, headers={"Content-Type": "text/html; charset=utf-8"}),
    ),
    "reset": RetiredAnswer("connections that are reset", FaultEffect(reset="before")),
    "timeout": RetiredAnswer("no answer", FaultEffect(status=504, body="")),
}


class Shutdown(NamedTuple):
    """Which calls meet the end of the service.

    :param operations: their names; empty for all.
    :param share: of the calls, above 0, up to 1; drawn from `seed`.
    :param period: when, by the emulator's clock.
    """

    operations: tuple[str, ...] = ()
    share: float = 1.0
    seed: int = 0
    period: FaultPeriod = ALWAYS

    def faults(self, answer: RetiredAnswer, silence: float) -> list[InjectedFault]:
        """The faults that make an emulator answer so.

        :param silence: seconds for which nothing is answered, where that is the answer.
        """
        is_silent = answer is ANSWERS["timeout"]
        effect = replace(answer.effect, delay=silence) if is_silent else answer.effect
        return [
            InjectedFault(
                effect,
                Target(operation=operation, system=RETIRED),
                probability=self.share,
                seed=self.seed,
                period=self.period,
                is_outage=True,
            )
            for operation in self.operations or (None,)
        ]


def check_operation(name: str) -> None:
    """See that the retired system had an operation of that name.

    :raises ValueError: it had not; the message is for a person.
    """
    (system,) = [each for each in SYSTEMS if each.name == RETIRED]
    known = {each for family in system.families for each in family.operations}
    known |= {gap.operation(each) for gap in system.not_emulated for each in gap.names}
    if name not in known:
        near = get_close_matches(name, known, 1)
        question = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"there is no operation {name!r}{question}")
