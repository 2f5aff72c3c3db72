"""How well each answer is known, from the tables that the product answers by."""

from collections.abc import Iterator
from typing import Any

from legacygrid.evidence import Evidence
from legacygrid.registry.operations import Operation, Task
from legacygrid.registry.system import Systems
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.profiles import Profile


def list_routes(systems: Systems) -> list[dict[str, str]]:
    """Every operation, a line each."""
    return [_to_row(operation, task) for operation, task in list_tasks(systems)]


def _to_row(operation: Operation, task: Task) -> dict[str, str]:
    formats = "|".join(operation.family.conventions.formats)
    return {
        "operation": operation.name,
        "task": task.name,
        "path": ".".join(filter(None, (operation.paths[0], formats))),
        "callers": operation.access.callers.words,
        "does": task.summary,
    }


def to_json(systems: Systems, profile: Profile) -> dict[str, Any]:
    """How well each answer of a profile is known, for programs."""
    operations = [
        {"operation": operation.name, "task": task.name} | _to_json(task.contract.evidence)
        for operation, task in list_tasks(systems)
    ]
    refusals = [
        {
            "dialect": dialect.name,
            "operation": reason[0] if isinstance(reason, tuple) else "",
            "reason": (reason[1] if isinstance(reason, tuple) else reason).__name__,
            "code": saying.code,
            "text": saying.text,
        }
        | _to_json(saying.evidence)
        for dialect in list_dialects(systems, profile)
        for reason, saying in dialect.sayings.items()
    ]
    return {"profile": profile.name, "operations": operations, "refusals": refusals}


def _to_json(evidence: Evidence) -> dict[str, str]:
    return {"level": evidence.level, "source": evidence.source}


def list_dialects(systems: Systems, profile: Profile) -> list[Dialect]:
    """Every dialect once, in the order of the families that speak it."""
    dialects = (family.dialect(profile) for family in systems.families)
    return list({dialect.name: dialect for dialect in dialects}.values())


def list_tasks(systems: Systems) -> Iterator[tuple[Operation, Task]]:
    """Every task of every operation."""
    for family in systems.families:
        for operation in family.operations.values():
            for task in operation.tasks.values():
                yield operation, task


def rule(field: Any) -> str:
    """What is said of a parameter: `required; up to 50 characters`."""
    words = field.rule() if hasattr(field, "rule") else ""
    return f"required; {words}" if field.required else words
