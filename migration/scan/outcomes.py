"""What becomes of what was found in v3, by the table."""

from legacygrid.migration import table
from legacygrid.migration.rows import Kind
from legacygrid.migration.scan.occurrences import Occurrence
from legacygrid.migration.scan.rules import BUILT_CALL, CALL


def kinds_of(found: Occurrence) -> tuple[Kind, ...]:
    """The classes that a call may be of, best first; none for what is no call.

    There are several if its task or its parameters decide, or if its name has unknown parts.
    """
    if found.rule not in (CALL, BUILT_CALL):
        return ()
    kinds = {
        row.kind
        for name in found.candidates or (found.name,)
        for task in ([found.task] if found.task else table.list_tasks(name))
        for row in table.find_all(name, task)
    }
    return tuple(kind for kind in Kind if kind in kinds)


def name_of(found: Occurrence) -> str:
    """What was found, with its class: `customer.limit task=none [EXACT]`."""
    if not found.name:
        return found.rule.title
    task = f" task={found.task}" if found.task else ""
    classes = "/".join(kinds_of(found))
    return f"{found.name}{task}" + (f" [{classes}]" if classes else "")


def hint_of(found: Occurrence) -> str:
    """What to do about a thing, in a sentence."""
    if found.hint:
        return found.hint
    if found.rule is CALL:
        task = f" --task {found.task}" if found.task else ""
        return f"its v3 calls: legacygrid migrate show {found.name}{task}"
    return found.rule.hint
