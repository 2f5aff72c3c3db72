"""How well each answer is known, from the tables that the product answers by."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from legacygrid.mail.mime import sentences as mail_sentences
from legacygrid.registry.evidence import Evidence, Sentence
from legacygrid.registry.not_emulated import EMULATED, NOT_EMULATED
from legacygrid.registry.operations import Operation, Task
from legacygrid.registry.parameters import UNREADABLE
from legacygrid.registry.path_templates import IS_KEY
from legacygrid.registry.system import System, Systems
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.parameters import UNKNOWN
from legacygrid.serializers.profiles import Profile
from legacygrid.wsgi.request_body import MANY_CODINGS, UNKNOWN_CODING
from legacygrid.wsgi.values import NESTED, NOT_UTF8, NOT_XML, UPLOADED


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
    said = [(system.name, each) for system in systems for each in list_sentences(system, profile)]
    said += [("", each) for each in list_common_sentences()]
    sentences = [
        {"system": name, "text": str(each)} | _to_json(each.evidence) for name, each in said
    ]
    return {
        "profile": profile.name,
        "operations": operations,
        "refusals": refusals,
        "sentences": sentences,
    }


def _to_json(evidence: Evidence) -> dict[str, str]:
    return {"level": evidence.level, "source": evidence.source}


def list_dialects(systems: Systems, profile: Profile) -> list[Dialect]:
    """Every dialect once, in the order of the families that speak it."""
    dialects = (family.dialect(profile) for family in systems.families)
    return list({dialect.name: dialect for dialect in dialects}.values())


def list_sentences(system: System, profile: Profile) -> Iterator[Sentence]:
    """Every sentence that a system can say of parameters that are wrong, each once; those that are
    better known with their places filled are there as such, too.
    """
    said: dict[str, Sentence] = {str(each): each for each in system.sentences}
    for _, task in list_tasks([system]):
        for field in task.contract.params(profile).values():
            said |= {str(each): each for each in getattr(field, "messages", {}).values()}
    for sentence in said.values():
        yield from (Sentence(*each) for each in sentence.known.items())
        yield sentence


def list_common_sentences() -> list[Sentence]:
    """Every sentence that each system can say, or that is said of mail."""
    of_mail = [each for each in vars(mail_sentences).values() if isinstance(each, Sentence)]
    of_calls = [UNKNOWN_CODING, MANY_CODINGS, NOT_EMULATED, EMULATED, UNKNOWN, UNREADABLE, IS_KEY]
    return [*of_calls, NOT_UTF8, UPLOADED, NESTED, NOT_XML, *of_mail]


def list_tasks(systems: Iterable[System]) -> Iterator[tuple[Operation, Task]]:
    """Every task of every operation."""
    for family in chain.from_iterable(system.families for system in systems):
        for operation in family.operations.values():
            for task in operation.tasks.values():
                yield operation, task


def rule(field: Any) -> str:
    """What is said of a parameter: `required; up to 50 characters`."""
    words = field.rule() if hasattr(field, "rule") else ""
    return f"required; {words}" if field.required else words
