"""What the control API tells, as records. What a newer server tells beside it is passed over."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self


class Told:
    """A record that is read from JSON."""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The record that the JSON object tells."""
        known = {each.name for each in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: value for name, value in told.items() if name in known})


@dataclass(frozen=True)
class Refusal(Told):
    """Why a call was refused.

    :param reason: the kind, such as `UnknownSubuser`.
    :param texts: what was wrong, each by itself.
    :param hint: what helps; the client is not told.
    :param evidence: how well the words of the answer are known: `level` and `source`.
    """

    reason: str
    texts: list[str] = field(default_factory=list)
    hint: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordedCall(Told):
    """A call that came in. No secret is in it.

    :param time: when, by the emulator's clock; ISO 8601, UTC.
    :param params: the parameters as they came, texts of up to 1,000 characters.
    :param ignored: how many parameters came that the operation does not know.
    :param account: the primary account of whoever was let in; `caller` is who that was.
    :param status: of the answer; none while there is none, or if no answer was sent.
    :param outcome: pending, done, refused, unmatched or fault.
    :param ms: milliseconds that it took.
    :param tolerated: what was let pass though the last manual forbids it.
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
    user_agent: str = ""
    status: int | None = None
    outcome: str = ""
    ms: float | None = None
    refusal: Refusal | None = None
    tolerated: list[str] = field(default_factory=list)
    fault: int | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The call that the JSON object tells."""
        refusal = told.get("refusal")
        return super().of({**told, "refusal": Refusal.of(refusal) if refusal else None})

    def __str__(self) -> str:
        """One line: what was called, by whom, what came of it."""
        task = f" task={self.task}" if self.task else ""
        became = f"{self.outcome} {self.status}" if self.status else self.outcome
        why = f" {self.refusal.reason}" if self.refusal else ""
        what = f"#{self.id} {self.method} {self.path}{task}"
        return f"{what} by {self.caller or 'nobody'}: {became}{why}"


@dataclass(frozen=True)
class Difference(Told):
    """Where a call is not what was looked for."""

    field: str
    wanted: Any
    there: Any


@dataclass(frozen=True)
class Found:
    """The calls that fit, oldest first; if none does, the one that comes nearest, and where it
    differs.
    """

    requests: list[RecordedCall]
    nearest: RecordedCall | None = None
    differences: tuple[Difference, ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What the JSON object tells."""
        calls = list(map(RecordedCall.of, told["requests"]))
        near = told.get("nearest")
        if not near:
            return cls(calls)
        return cls(
            calls, RecordedCall.of(near["request"]), tuple(map(Difference.of, near["differences"]))
        )


@dataclass(frozen=True)
class Fault(Told):
    """A fault that is ordered.

    :param seen: how many calls fitted.
    :param fired: how often it struck.
    :param ordered: all that was ordered, as the control API tells it.
    """

    id: int
    seen: int = 0
    fired: int = 0
    ordered: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The fault that the JSON object tells."""
        ordered = {
            name: value for name, value in told.items() if name not in ("id", "seen", "fired")
        }
        return super().of({**told, "ordered": ordered})


@dataclass(frozen=True)
class Clock(Told):
    """How the emulator's clock is set.

    :param now: what it shows; ISO 8601, UTC.
    :param frozen: whether it stands still.
    :param offset: seconds that it is ahead of real time.
    """

    now: str
    frozen: bool = False
    offset: float = 0.0
