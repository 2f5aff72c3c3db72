"""Records of the control API's JSON: calls, faults, the clock. Members that a newer server adds are
ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self


class Record:
    """A record that is read from JSON."""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The record of a JSON object."""
        known = {each.name for each in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: value for name, value in told.items() if name in known})


@dataclass(frozen=True)
class RecordedRefusal(Record):
    """Why a call was refused.

    :param reason: its name, such as `UnknownSubuser`.
    :param texts: the problems, each by itself.
    :param hint: for you; the client does not get it.
    :param evidence: how well the words of the answer are known: `level` and `source`.
    """

    reason: str
    texts: list[str] = field(default_factory=list)
    hint: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordedCall(Record):
    """A call that came in. No secret is in it.

    :param time: by the emulator's clock; ISO 8601, UTC.
    :param params: the parameters as they came, texts of up to 1,000 characters.
    :param ignored: how many parameters came that the operation does not know.
    :param account: the primary account of the authenticated login, `caller`.
    :param credentials_from: where the call had its credentials, right or wrong: query, body or
        header; empty for none.
    :param status: of the answer; none while there is none, or if no answer was sent.
    :param outcome: pending, done, refused, unmatched or fault.
    :param ms: milliseconds that it took.
    :param hints: what you may want to know of a call that was carried out, such as recipients that
        were dropped.
    :param tolerated: what was accepted though the last manual forbids it.
    :param fault: the number of the fault that fired.
    """

    id: int
    method: str
    path: str
    time: str = ""
    world: str = ""
    operation: str = ""
    task: str = ""
    format: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    ignored: int = 0
    account: str = ""
    caller: str = ""
    credentials_from: str = ""
    user_agent: str = ""
    status: int | None = None
    outcome: str = ""
    ms: float | None = None
    refusal: RecordedRefusal | None = None
    hints: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)
    fault: int | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The call of a JSON object."""
        refusal = told.get("refusal")
        return super().of({**told, "refusal": RecordedRefusal.of(refusal) if refusal else None})

    def __str__(self) -> str:
        """One line: what was called, by whom, what came of it."""
        task = f" task={self.task}" if self.task else ""
        became = f"{self.outcome} {self.status}" if self.status else self.outcome
        why = f" {self.refusal.reason}" if self.refusal else ""
        what = f"#{self.id} {self.method} {self.path}{task}"
        return f"{what} by {self.caller or 'nobody'}: {became}{why}"


@dataclass(frozen=True)
class Difference(Record):
    """A field in which a call differs from the search."""

    field: str
    wanted: Any
    there: Any


@dataclass(frozen=True)
class Found:
    """The calls that match, oldest first; if none does, the nearest one and where it differs."""

    requests: list[RecordedCall]
    nearest: RecordedCall | None = None
    differences: tuple[Difference, ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The result of a search as a JSON object."""
        calls = list(map(RecordedCall.of, told["requests"]))
        near = told.get("nearest")
        if not near:
            return cls(calls)
        return cls(
            calls, RecordedCall.of(near["request"]), tuple(map(Difference.of, near["differences"]))
        )


@dataclass(frozen=True)
class OrderedFault(Record):
    """A fault that is ordered.

    :param seen: how many calls matched.
    :param fired: how often it fired.
    :param missed: how often it could do nothing, as where an answer without a body was to be cut.
    :param ordered: the whole order, as the control API has it.
    """

    id: int
    seen: int = 0
    fired: int = 0
    missed: int = 0
    ordered: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The fault of a JSON object."""
        counts = ("id", "seen", "fired", "missed")
        ordered = {name: value for name, value in told.items() if name not in counts}
        return super().of({**told, "ordered": ordered})


@dataclass(frozen=True)
class ClockState(Record):
    """How the emulator's clock is set.

    :param now: the time it shows; ISO 8601, UTC.
    :param frozen: whether it stands still.
    :param offset: seconds that it is ahead of real time.
    """

    now: str
    frozen: bool = False
    offset: float = 0.0
