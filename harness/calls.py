"""What is known of one call, for the journal and the log. It holds no secret."""

import logging
import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, TypeVar

from legacygrid.auth.rate_limits import Left
from legacygrid.harness.call_kinds import CallKind, KindKey, Numbers, key_of, kind_of
from legacygrid.harness.fault_targets import Target
from legacygrid.harness.faults import InjectedFault
from legacygrid.harness.log import write_info
from legacygrid.harness.shown_paths import shorten_path
from legacygrid.models.account import Account
from legacygrid.reasons import NotEmulated, Reason, UnknownMethod
from legacygrid.registry.evidence import Evidence
from legacygrid.wsgi.values import spell_out

log = logging.getLogger("legacygrid.calls")
T = TypeVar("T")

NOBODYS: Numbers = (0, 0, None)
#: The outcome of a call that is not answered yet.
PENDING = "pending"


@dataclass(slots=True, eq=False)
class Call:
    """One call; `dispatch` fills it step by step."""

    method: str
    path: str = field(repr=False)
    world: str = ""
    user_agent: str = ""
    #: Seconds since 1970, by the emulator's clock.
    at: float = 0.0
    started: float = field(default_factory=time.perf_counter)
    #: Its place in the journal.
    number: int = 0
    operation: str = ""
    task: str = ""
    format: str = "json"
    #: The parameters that may be shown, as they came; how many others there were.
    params: Mapping[str, Any] = field(default_factory=dict)
    ignored: int = 0
    #: The login that was authenticated, and its primary account.
    caller: str = ""
    account: str = ""
    #: Where it had its credentials, right or wrong: query, body or header.
    credentials_from: str = ""
    #: The numbers of the account that it acts for, of its primary one, and of the further login
    #: that made it: a rename does not change them. 0 for nobody's, none for an owner's.
    numbers: Numbers = NOBODYS
    #: The same of whom it says that it is from, where it could not prove that.
    claimed: Numbers = NOBODYS
    #: None until it is answered, or if no answer was sent.
    status: int | None = None
    seconds: float | None = None
    refusal: Reason | None = None
    #: How well the words of the refusal are known.
    evidence: Evidence | None = None
    #: What is left of its rate limit, once it is counted.
    left: Left | None = None
    #: What was accepted although the last manual forbids it.
    tolerated: tuple[str, ...] = ()
    #: What the operator may want to know of a call that was carried out.
    hints: list[str] = field(default_factory=list)
    #: The fault that it triggered.
    fault: InjectedFault | None = None
    #: The span that the client made it in, if anybody traces it.
    traceparent: str = field(default="", repr=False)
    #: What the steps returned that run once for a call, however often the server makes it.
    steps: dict[str, Any] = field(default_factory=dict, repr=False)
    _kind_key: KindKey = field(default="", repr=False)

    def belongs_to(
        self, account: Account, primary: str, caller: str = "", number: int | None = None
    ) -> None:
        """Note whose call it is.

        :param primary: the name of the account's primary account.
        :param caller: the name of the login that makes it; `number` that of a further login.
        """
        self.caller, self.account = caller, primary
        self.numbers = (*account.numbers, number)

    def once(self, step: str, run: Callable[[], T]) -> T:
        """Run a step that must not run twice, though the server may make a call again from its
        start (see `wsgi.blocking`).

        :param step: its name; what it returned the first time is returned from then on.
        """
        if step not in self.steps:
            self.steps[step] = run()
        result: T = self.steps[step]
        return result

    def target(self, user: str | None, system: str) -> Target:
        """What a fault compares of it.

        :param user: the value of its parameter `user`.
        :param system: the name of the system that is called.
        """
        who = self.account, self.operation, self.task, self.caller
        return Target(self.world, *who, user, system)

    @property
    def outcome(self) -> str:
        """How it ended: pending, fault, unmatched, refused or done."""
        if self.seconds is None:
            return PENDING
        if self.fault is not None:
            return "fault"
        if self.refusal is None:
            return "done"
        return "unmatched" if isinstance(self.refusal, UnknownMethod | NotEmulated) else "refused"

    @property
    def kind_key(self) -> KindKey:
        """What it has in common with others; it is kept once the call is answered."""
        if self._kind_key:
            return self._kind_key
        # Looked at first: the answer may come meanwhile.
        is_final = self.seconds is not None
        key = key_of(self)
        if is_final:
            self._kind_key = key
        return key

    @property
    def kind(self) -> CallKind:
        """The same as a record."""
        return kind_of(self.kind_key)

    @property
    def shown_path(self) -> str:
        """The part of the path that may be shown."""
        return self.path if self.operation else shorten_path(self.path)

    def line(self) -> str:
        """The line of the log: what was called, by whom, how it ended, and a hint."""
        words = [
            self.operation or _format_word(self.shown_path),
            *([f"task={_format_word(self.task)}"] if self.task else []),
            self.method,
            *([self.format] if self.format else []),
            *([f"world={self.world}"] if self.world else []),
            f"caller={_format_word(self.caller)}" if self.caller else "caller=-",
            f"status={'-' if self.status is None else self.status}",
            f"ms={(self.seconds or 0) * 1000:.1f}",
        ]
        if self.fault is not None:
            words.append(f"fault={self.fault.number}")
        if self.refusal is not None:
            words.append(f"refused={type(self.refusal).__name__}")
            words += [f"said={_quote(str(problem))}" for problem in self.refusal.problems]
        words += [f"hint={_quote(text)}" for text in _hints_of(self)]
        words += [f"tolerated={_quote(f'{self.operation}: {text}')}" for text in self.tolerated]
        return " ".join(words)

    def facts(self) -> dict[str, Any]:
        """The same for programs: each line has each of these."""
        refusal, evidence = self.refusal, self.evidence
        status = "-" if self.status is None else self.status
        return {
            "message": f"{self.operation or self.shown_path} {status}",
            "operation": self.operation,
            "task": self.task,
            "method": self.method,
            "path": self.shown_path,
            "format": self.format,
            "world": self.world,
            "account": self.account,
            "caller": self.caller,
            "status": self.status,
            "outcome": self.outcome,
            "ms": round((self.seconds or 0) * 1000, 1),
            "fault": self.fault.number if self.fault else None,
            "refused": type(refusal).__name__ if refusal else None,
            "said": [_shorten(str(each)) for each in refusal.problems] if refusal else [],
            "evidence": evidence.level if refusal and evidence else None,
            "hints": [_shorten(text) for text in _hints_of(self)],
            "tolerated": list(self.tolerated),
        }

    def finish(self, status: int | None) -> None:
        """Note the answer and log it; a fault's delay is counted in.

        :param status: none if no answer is sent.
        """
        self.status = status
        delay = self.fault.effect.delay if self.fault else 0
        self.seconds = time.perf_counter() - self.started + delay
        if log.isEnabledFor(logging.INFO):
            write_info(log, self)


def without_traceback(reason: Reason) -> Reason:
    """A reason for the journal: its traceback would keep all that the client sent."""
    return copy(reason)


def _format_word(text: str) -> str:
    """A word as the log has it: in quotes if it needs some."""
    if text.isalnum() or not _needs_quotes(text):
        return text
    return _quote(text)


def _needs_quotes(text: str) -> bool:
    return not text.isprintable() or any(letter in text for letter in ' "=\\')


def _hints_of(call: Call) -> list[str]:
    """That of its refusal first."""
    of_refusal = [call.refusal.hint] if call.refusal is not None and call.refusal.hint else []
    return of_refusal + call.hints


def _shorten(text: str) -> str:
    return text[:200]


def _quote(text: str) -> str:
    """At most 200 letters, in quotes, none of which ends the line."""
    # One line a call, whatever a client put into a name.
    inside = _shorten(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{spell_out(inside)}"'
