"""Which calls the bridge passes on; all others are told, and not made."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from legacygrid.migration import table
from legacygrid.reasons import SetupError


class Permits:
    """What may be passed on.

    :param patterns: names of operations, with `*` for any part, such as `customer.*`; with a task,
        such as `customer.profile get`, that task alone.
    :raises SetupError: one of them is no operation of the table.
    """

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._patterns = tuple(patterns)
        known = [name for row in table.ROWS for name in _names(row.operation, row.task)]
        for pattern in self._patterns:
            if not any(fnmatchcase(name, pattern) for name in known):
                near = ", ".join(table.find_near(pattern.partition(" ")[0]))
                did = f"; there are {near}" if near else ""
                raise SetupError(f"there is no operation {pattern!r}{did}")

    def allow(self, operation: str, task: str) -> bool:
        """Whether a call is passed on."""
        names = _names(operation, task)
        return any(fnmatchcase(name, each) for name in names for each in self._patterns)

    def __str__(self) -> str:
        return ", ".join(self._patterns)


def name_of_call(operation: str, task: str) -> str:
    """A call as it is allowed: `customer.profile get`."""
    return f"{operation} {task}".rstrip()


def _names(operation: str, task: str) -> tuple[str, ...]:
    return (operation, name_of_call(operation, task)) if task else (operation,)
