"""docs/fidelity.md: what is answered, how well it is known, and where the profiles differ."""

from collections.abc import Iterator
from itertools import chain

from legacygrid.reasons import Problem, Reason
from legacygrid.registry.conventions import named_task
from legacygrid.registry.fidelity import list_dialects, list_tasks, rule
from legacygrid.registry.not_emulated import NotEmulated
from legacygrid.registry.operations import Operation, Task
from legacygrid.registry.system import Systems
from legacygrid.serializers import profiles
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.evidence import inferred
from legacygrid.serializers.profiles import MANUAL, SWITCHES
from legacygrid.serializers.smtp import words as smtp_words
from legacygrid.serializers.texts import Text

RECORDED = profiles.profile("recorded")

WORDED = inferred("worded after `Username is required`")

_HEAD = """# Fidelity

Made by `legacygrid fidelity` from the tables that the product answers by; `make docs` writes it.

Web API v2 is gone, so each thing said here bears the best evidence that there is for it:

- **recorded**: a recording of the real service has it, or an answer of it that somebody published;
- **documented**: the vendor's manual says so;
- **client**: the code or the fixtures of a client that worked rely on it;
- **inferred**: no source tells; decided for the reason given.
"""


def make_page(systems: Systems) -> str:
    """The whole page."""
    parts = [
        _HEAD,
        *_operations(systems),
        *chain.from_iterable(
            (*_traits(dialect), *_refusals(dialect)) for dialect in list_dialects(systems, RECORDED)
        ),
        *_texts(systems),
        *_smtp(systems),
        *_switches(),
        *_parameters(systems),
        *_not_emulated(systems),
    ]
    return "\n".join(parts)


def _operations(systems: Systems) -> Iterator[str]:
    yield "## Operations\n"
    yield "A path ends in one of its suffixes, which says the format; those that have none answer in JSON.\n"
    yield _row("operation", "by", "paths", "suffix", "success is", "what it does")
    yield _row("---", "---", "---", "---", "---", "---")
    for operation, task in list_tasks(systems):
        paths = " ".join(f"`{path}`" for path in operation.paths)
        verbs = task.name if task.name in operation.verbs else " ".join(operation.verbs)
        suffixes = " ".join(f"`.{suffix}`" for suffix in operation.family.conventions.formats)
        yield _row(
            _called(operation, task),
            verbs,
            paths,
            suffixes,
            str(task.contract.evidence),
            task.summary,
        )
    yield ""


def _traits(dialect: Dialect) -> Iterator[str]:
    yield f"## Answers of {dialect.title or dialect.name}\n"
    yield _row("what", "evidence")
    yield _row("---", "---")
    for what, evidence in dialect.traits:
        yield _row(what, str(evidence))
    yield ""


def _refusals(dialect: Dialect) -> Iterator[str]:
    yield f"## Refusals of {dialect.title or dialect.name}\n"
    if dialect.refusals_are_ok:
        yield "Status as in `error_status=http`; `recorded` answers those marked * with HTTP 200.\n"
    yield _row("reason", "HTTP", "JSON", "evidence")
    yield _row("---", "---", "---", "---")
    for reason, saying in dialect.sayings.items():
        name = (
            f"{reason[1].__name__} of {reason[0]}" if isinstance(reason, tuple) else reason.__name__
        )
        text = {"UnknownMethod": saying.text, "NotEmulated": "NAME is not emulated"}.get(
            name, saying.text or "..."
        )
        json, _ = saying.documents(*([] if text is None else [Problem("", text)]))
        star = "*" if dialect.refusals_are_ok and not saying.always else ""
        yield _row(
            name, f"{saying.code}{star}", f"`{dialect.write_json(json)}`", str(saying.evidence)
        )
    yield ""


def _smtp(systems: Systems) -> Iterator[str]:
    yield "## Replies of SMTP\n"
    yield "To a login of another system, where it has words of its own; else, and before AUTH, as SendGrid.\n"
    yield _row("reason", "reply", "evidence")
    yield _row("---", "---", "---")
    for reason, words in smtp_words.WORDS.items():
        yield _row(
            "any other" if reason is Reason else reason.__name__, f"`{words}`", str(words.evidence)
        )
    for system in systems:
        for reason, words in system.smtp_words.items():
            yield _row(f"{reason.__name__}, {system.name}", f"`{words}`", str(words.evidence))
    yield ""


def _texts(systems: Systems) -> Iterator[str]:
    yield "## What is said of wrong parameters\n"
    yield "All that is wrong with a call is said together. Texts without a source are worded after the recorded one.\n"
    yield _row("text", "evidence")
    yield _row("---", "---")
    said = {
        text: kind.known.get(key, WORDED)
        for kind in _field_kinds(systems)
        for key, text in _own_texts(kind).items()
    }
    for text, evidence in said.items():
        yield _row(f"`{text}`", str(evidence))
    yield ""


def _field_kinds(systems: Systems) -> list[type[Text]]:
    """The kinds of fields in use, the general ones first."""
    fields = [
        field for _, task in list_tasks(systems) for field in task.contract.params(MANUAL).values()
    ]
    kinds = [
        kind for field in fields for kind in reversed(type(field).__mro__) if issubclass(kind, Text)
    ]
    return list(dict.fromkeys(kinds))


def _own_texts(kind: type[Text]) -> dict[str, str]:
    texts: dict[str, str] = vars(kind).get("default_error_messages", {})
    return texts


def _switches() -> Iterator[str]:
    yield "## Switches\n"
    yield "`--profile recorded` (default) is what the wire was, `--profile documented` what the last manual said;"
    yield "`--set SWITCH=VALUE` sets a single one.\n"
    yield _row("switch", "values", "recorded", "documented", "why")
    yield _row("---", "---", "---", "---", "---")
    for name, switch in SWITCHES.items():
        yield _row(
            f"`{name}`", ", ".join(switch.values), switch.recorded, switch.documented, switch.why
        )
    yield ""


def _parameters(systems: Systems) -> Iterator[str]:
    yield "## Parameters\n"
    yield "What the manual's tables require, as `documented` does, and where `recorded` answers otherwise."
    yield "What tells who calls (see README) is left out.\n"
    yield _row("operation", "parameter", "documented", "recorded, where it differs", "why")
    yield _row("---", "---", "---", "---", "---")
    for operation, task in list_tasks(systems):
        if task.name and operation.family.conventions.task is named_task:
            yield _row(
                _called(operation, task), "`task`", f"required; exactly `{task.name}`", "", ""
            )
        if "subuser" in task.wants:
            yield _row(
                _called(operation, task), "`user`", "required; a subuser of the caller", "", ""
            )
        lenient = dict(task.contract.params(RECORDED))
        for name, field in task.contract.params(MANUAL).items():
            said, done = rule(field), rule(lenient[name])
            yield _row(
                _called(operation, task),
                f"`{name}`",
                said,
                *(("", "") if said == done else (done, _why(name))),
            )
    yield ""


def _why(parameter: str) -> str:
    switch = {"password": "password_policy", "country": "country", "website": "website_scheme"}.get(
        parameter, "required"
    )
    return f"`{switch}`"


def _not_emulated(systems: Systems) -> Iterator[str]:
    yield "## Not emulated\n"
    yield "Real names of v2 that are answered with the recorded 404 and `NAME is not emulated`.\n"
    first, *others = systems
    yield from map(_gap, first.not_emulated)
    yield "Names of the other systems, in the words of each.\n"
    for system in others:
        yield from map(_gap, system.not_emulated)


def _gap(gap: NotEmulated) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(gap.names))
    return f"Under `{gap.prefix}`: {names}.\n"


def _called(operation: Operation, task: Task) -> str:
    return f"`{operation.name}` task={task.name}" if task.name else f"`{operation.name}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
