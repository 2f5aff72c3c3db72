"""Which requests of v3 the emulator answers itself; the others are a 501 here."""

import re
from collections.abc import Iterable
from functools import cache

from legacygrid.migration.requests import V3Request

_VARIABLE = re.compile(r"\{[^}]*\}")


def list_not_emulated(requests: Iterable[V3Request]) -> list[str]:
    """The requests that the emulator does not answer: `GET /v3/geo/stats`."""
    missing = ((each.verb, each.template) for each in requests if not _is_answered(each))
    return [f"{verb} {template}" for verb, template in dict.fromkeys(missing)]


def _is_answered(request: V3Request) -> bool:
    return (request.verb, _bare(request.template)) in _answered()


@cache
def _answered() -> frozenset[tuple[str, str]]:
    # Those who ask for one recipe wait for no more than they need.
    from legacygrid.endpoints.sendgrid_v3 import SYSTEM

    return frozenset(
        (task, _bare(f"/{operation.name}"))
        for family in SYSTEM.families
        for operation in family.operations.values()
        for task in operation.tasks
    )


def _bare(template: str) -> str:
    """A path whose variables have no names: the table has its own."""
    return _VARIABLE.sub("{}", template)
