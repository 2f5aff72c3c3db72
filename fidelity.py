"""docs/fidelity.md: what is answered, how well it is known, and where the profiles differ. Made from the tables."""

from collections.abc import Iterator
from typing import Any

from legacygrid import profiles
from legacygrid.endpoints import FAMILIES
from legacygrid.operations import FORMATS, Operation, Task
from legacygrid.profiles import MANUAL, SWITCHES
from legacygrid.serializers import dialects
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.fields import Text
from legacygrid.unanswered import API, APIV2

RECORDED = profiles.profile("recorded")

_HEAD = """# Fidelity

Made by `legacygrid fidelity` from the tables that the product answers by; `make docs` writes it.

Web API v2 is gone, so each thing said here bears the best evidence that there is for it:

- **recorded**: a recording of the real service has it, or an answer of it that somebody published;
- **documented**: the vendor's manual says so;
- **client**: the code or the fixtures of a client that worked rely on it;
- **inferred**: no source tells; decided for the reason given.
"""


def routes() -> list[dict[str, str]]:
    """Every operation, a line each."""
    return [
        {
            "operation": operation.name,
            "task": task.name,
            "path": operation.paths[0] + "." + "|".join(FORMATS),
            "callers": str(operation.callers).removeprefix("Caller.").lower(),
            "does": task.summary,
        }
        for operation, task in _tasks()
    ]


def page() -> str:
    """The whole page."""
    parts = [
        _HEAD,
        *_operations(),
        *_refusals("customer.*, profile.* and password.set", dialects.customer(RECORDED)),
        *_refusals("credentials/*", dialects.credentials(RECORDED)),
        *_switches(),
        *_parameters(),
        *_silent(),
    ]
    return "\n".join(parts)


def _tasks() -> Iterator[tuple[Operation, Task]]:
    for family in FAMILIES:
        for operation in family.operations.values():
            for task in operation.tasks.values():
                yield operation, task


def _operations() -> Iterator[str]:
    yield "## Operations\n"
    yield "Each in `.json` and `.xml`, by GET and POST.\n"
    yield _row("operation", "paths", "success is", "what it does")
    yield _row("---", "---", "---", "---")
    for operation, task in _tasks():
        paths = " ".join(f"`{path}`" for path in operation.paths)
        yield _row(_called(operation, task), paths, str(task.evidence), task.summary)
    yield ""


def _refusals(title: str, dialect: Dialect) -> Iterator[str]:
    yield f"## Refusals of {title}\n"
    yield "In the order in which they win within each part of the road. Status as in `error_status=http`;"
    yield "`recorded` answers those marked * with HTTP 200.\n" if dialect.refusals_are_ok else "\n"
    yield _row("reason", "HTTP", "JSON", "evidence")
    yield _row("---", "---", "---", "---")
    for reason, saying in dialect.sayings.items():
        name = f"{reason[1].__name__} of {reason[0]}" if isinstance(reason, tuple) else reason.__name__
        json, _ = saying.shape(str(saying.code) if saying.code_as_text else saying.code, (saying.text or _OWN(name),))
        star = "*" if dialect.refusals_are_ok and not saying.always else ""
        yield _row(name, f"{saying.code}{star}", f"`{dialect.write_json(json)}`", str(saying.evidence))
    yield ""


def _OWN(name: str) -> str | None:  # noqa: N802
    return {"UnknownMethod": None, "NotEmulated": "NAME is not emulated"}.get(name, "...")


def _switches() -> Iterator[str]:
    yield "## Switches\n"
    yield "`--profile recorded` (default) is what the wire was, `--profile documented` what the last manual said;"
    yield "`--set SWITCH=VALUE` sets a single one.\n"
    yield _row("switch", "values", "recorded", "documented", "why")
    yield _row("---", "---", "---", "---", "---")
    for name, switch in SWITCHES.items():
        yield _row(f"`{name}`", ", ".join(switch.values), switch.recorded, switch.documented, switch.why)
    yield ""


def _parameters() -> Iterator[str]:
    yield "## Parameters\n"
    yield "What the manual's tables require, as `documented` does, and where `recorded` answers otherwise.\n"
    yield _row("operation", "parameter", "documented", "recorded, where it differs", "why")
    yield _row("---", "---", "---", "---", "---")
    for operation, task in _tasks():
        lenient = dict(task.params(RECORDED))
        for name, field in task.params(MANUAL).items():
            said, done = _rule(field), _rule(lenient[name])
            yield _row(_called(operation, task), f"`{name}`", said, *(("", "") if said == done else (done, _why(name))))
    yield ""


def _why(parameter: str) -> str:
    switch = {"password": "password_policy", "country": "country", "website": "website_scheme"}.get(
        parameter, "required"
    )
    return f"`{switch}`"


def _rule(field: Any) -> str:
    rule = field.rule() if isinstance(field, Text) else ""
    return f"required; {rule}" if field.required else rule


def _silent() -> Iterator[str]:
    yield "## Not emulated\n"
    yield "Real names of v2 that are answered with the recorded 404 and `NAME is not emulated`.\n"
    yield f"Under `/apiv2/`: {', '.join(f'`{name}`' for name in sorted(APIV2))}.\n"
    yield f"Under `/api/`: {', '.join(f'`{name}`' for name in sorted(API))}.\n"


def _called(operation: Operation, task: Task) -> str:
    return f"`{operation.name}` task={task.name}" if task.name else f"`{operation.name}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
