"""docs/fidelity.md: what is answered, how well it is known, and where the profiles differ. Made
from the tables.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from legacygrid.endpoints import FAMILIES
from legacygrid.reasons import Problem, Reason
from legacygrid.registry.conventions import named_task
from legacygrid.registry.not_emulated import API, APIV2, V3
from legacygrid.registry.operations import Operation, Task
from legacygrid.serializers import profiles
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.evidence import Evidence, inferred
from legacygrid.serializers.profiles import MANUAL, SWITCHES, Profile
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


def routes() -> list[dict[str, str]]:
    """Every operation, a line each."""
    return [
        {
            "operation": operation.name,
            "task": task.name,
            "path": ".".join(
                filter(None, (operation.paths[0], "|".join(operation.family.manners.formats)))
            ),
            "callers": operation.callers.words,
            "does": task.summary,
        }
        for operation, task in _tasks()
    ]


def told(profile: Profile) -> dict[str, Any]:
    """How well each answer of a profile is known, for programs."""
    operations = [
        {"operation": operation.name, "task": task.name} | _told_evidence(task.evidence)
        for operation, task in _tasks()
    ]
    refusals = [
        {
            "dialect": dialect.name,
            "operation": reason[0] if isinstance(reason, tuple) else "",
            "reason": (reason[1] if isinstance(reason, tuple) else reason).__name__,
            "code": saying.code,
            "text": saying.text,
        }
        | _told_evidence(saying.evidence)
        for dialect in _dialects(profile)
        for reason, saying in dialect.sayings.items()
    ]
    return {"profile": profile.name, "operations": operations, "refusals": refusals}


def _told_evidence(evidence: Evidence) -> dict[str, str]:
    return {"level": evidence.level, "source": evidence.source}


def page() -> str:
    """The whole page."""
    parts = [
        _HEAD,
        *_operations(),
        *chain.from_iterable(
            (*_traits(dialect), *_refusals(dialect)) for dialect in _dialects(RECORDED)
        ),
        *_texts(),
        *_smtp(),
        *_switches(),
        *_parameters(),
        *_silent(),
    ]
    return "\n".join(parts)


def _dialects(profile: Profile) -> list[Dialect]:
    """Every dialect once, in the order of the families that speak it."""
    return list(
        {
            dialect.name: dialect for dialect in (family.dialect(profile) for family in FAMILIES)
        }.values()
    )


def _tasks() -> Iterator[tuple[Operation, Task]]:
    for family in FAMILIES:
        for operation in family.operations.values():
            for task in operation.tasks.values():
                yield operation, task


def _operations() -> Iterator[str]:
    yield "## Operations\n"
    yield "A path ends in one of its suffixes, which says the format; those that have none answer in JSON.\n"
    yield _row("operation", "by", "paths", "suffix", "success is", "what it does")
    yield _row("---", "---", "---", "---", "---", "---")
    for operation, task in _tasks():
        paths = " ".join(f"`{path}`" for path in operation.paths)
        verbs = task.name if task.name in operation.verbs else " ".join(operation.verbs)
        suffixes = " ".join(f"`.{suffix}`" for suffix in operation.family.manners.formats)
        yield _row(
            _called(operation, task), verbs, paths, suffixes, str(task.evidence), task.summary
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


def _smtp() -> Iterator[str]:
    yield "## Replies of SMTP\n"
    yield "To a login of another system, where it has words of its own; else, and before AUTH, as SendGrid.\n"
    yield _row("reason", "reply", "evidence")
    yield _row("---", "---", "---")
    for reason, words in smtp_words.WORDS.items():
        yield _row(
            "any other" if reason is Reason else reason.__name__, f"`{words}`", str(words.evidence)
        )
    for (kind, reason), words in smtp_words.OWN_WORDS.items():
        yield _row(f"{reason.__name__}, {kind}", f"`{words}`", str(words.evidence))
    yield ""


def _texts() -> Iterator[str]:
    yield "## What is said of wrong parameters\n"
    yield "All that is wrong with a call is said together. Texts without a source are worded after the recorded one.\n"
    yield _row("text", "evidence")
    yield _row("---", "---")
    said = {
        text: kind.known.get(key, WORDED)
        for kind in _kinds()
        for key, text in _own_texts(kind).items()
    }
    for text, evidence in said.items():
        yield _row(f"`{text}`", str(evidence))
    yield ""


def _kinds() -> list[type[Text]]:
    """The kinds of fields in use, the general ones first."""
    fields = [field for _, task in _tasks() for field in task.params(MANUAL).values()]
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


def _parameters() -> Iterator[str]:
    yield "## Parameters\n"
    yield "What the manual's tables require, as `documented` does, and where `recorded` answers otherwise."
    yield "What tells who calls (see README) is left out.\n"
    yield _row("operation", "parameter", "documented", "recorded, where it differs", "why")
    yield _row("---", "---", "---", "---", "---")
    for operation, task in _tasks():
        if task.name and operation.family.manners.task is named_task:
            yield _row(
                _called(operation, task), "`task`", f"required; exactly `{task.name}`", "", ""
            )
        if "subuser" in task.wants:
            yield _row(
                _called(operation, task), "`user`", "required; a subuser of the caller", "", ""
            )
        lenient = dict(task.params(RECORDED))
        for name, field in task.params(MANUAL).items():
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


def rule(field: Any) -> str:
    """What is said of a parameter: `required; up to 50 characters`."""
    words = field.rule() if hasattr(field, "rule") else ""
    return f"required; {words}" if field.required else words


def _silent() -> Iterator[str]:
    yield "## Not emulated\n"
    yield "Real names of v2 that are answered with the recorded 404 and `NAME is not emulated`.\n"
    yield f"Under `/apiv2/`: {', '.join(f'`{name}`' for name in sorted(APIV2))}.\n"
    yield f"Under `/api/`: {', '.join(f'`{name}`' for name in sorted(API))}.\n"
    yield "Names of the other systems, in the words of each.\n"
    yield f"Under `/v3/`: {', '.join(f'`{name}`' for name in sorted(V3))}.\n"


def _called(operation: Operation, task: Task) -> str:
    return f"`{operation.name}` task={task.name}" if task.name else f"`{operation.name}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
