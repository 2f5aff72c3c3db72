"""Faults of SMTP among those of `/__admin/faults`: what goes wrong, and at which step."""

import re
from collections.abc import Iterator
from typing import Any

from legacygrid.endpoints.control.errors import BadRequest
from legacygrid.grid import current_grid
from legacygrid.harness.fault_targets import STAGES, WITH_RECIPIENTS
from legacygrid.reasons import Reason
from legacygrid.serializers.smtp.words import WORDS

#: What a reply may hold; each line of a longer one repeats the code.
_TEXT = re.compile(r"[ -~]{0,500}(\n[ -~]{0,500}){0,99}")
#: Effects that are those of HTTP.
_FOREIGN = ("headers", "rate_limit", "truncate", "system", "outage")
#: What a client does not have before it authenticates.
_LATER = ("account", "caller")


def check(loaded: dict[str, Any], world: str | None) -> dict[str, Any]:
    """Check a fault of SMTP, and spell its task as the server does.

    :param world: the world whose clients are meant; none for all.
    :returns: what its effect is made from beside what was loaded.
    :raises BadRequest: with the fields that are wrong.
    """
    for name in ("user", *_FOREIGN):
        if name in loaded:
            raise BadRequest({name: ["SMTP has none"]})
    if "spam_score" in loaded and loaded.setdefault("task", STAGES[-1]).upper() != STAGES[-1]:
        raise BadRequest({"task": [f"a message has a score at {STAGES[-1]} alone"]})
    if "task" in loaded:
        _check_stage(loaded, world)
    if loaded.get("status", 0) // 100 == 3:
        raise BadRequest({"status": ["a reply that asks for more needs somebody who takes it"]})
    if not _TEXT.fullmatch(loaded.get("body", "")):
        raise BadRequest({"body": ["must be lines of up to 500 printable ASCII characters"]})
    return {"reason": _find_reason(loaded["reason"])} if "reason" in loaded else {}


def _check_stage(loaded: dict[str, Any], world: str | None) -> None:
    stage = loaded["task"] = loaded["task"].upper()
    if stage not in STAGES:
        raise BadRequest({"task": [f"SMTP has no such step; it has {', '.join(STAGES)}"]})
    if "recipient" in loaded and stage not in WITH_RECIPIENTS:
        raise BadRequest({"recipient": [f"nobody is known at {stage}"]})
    if stage != STAGES[0]:
        return
    for name in _LATER:
        if name in loaded:
            raise BadRequest({name: [f"nobody is known at {stage}"]})
    if world is not None:
        why = "a connection is of no world before AUTH; set it for the whole server, or use AUTH"
        raise BadRequest({"task": [why]})


def _find_reason(name: str) -> type[Reason]:
    known = dict(_reasons())
    if name not in known:
        existing = f"there are {', '.join(sorted(known))}"
        raise BadRequest({"reason": [f"there is no {name[:100]!r} here; {existing}"]})
    return known[name]


def _reasons() -> Iterator[tuple[str, type[Reason]]]:
    """What SMTP has words for."""
    for table in (WORDS, *(system.smtp_words for system in current_grid().systems)):
        yield from ((key.__name__, key) for key in table if isinstance(key, type))
