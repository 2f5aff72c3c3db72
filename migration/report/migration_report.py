"""The report: what is called, and what becomes of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from legacygrid.migration.findings import count_of
from legacygrid.migration.recipes import Recipe, make_recipe
from legacygrid.migration.recipes.recipes_as_json import to_json as recipe_to_json
from legacygrid.migration.report.rates import Busiest, requests_of
from legacygrid.migration.report.tally import CallTarget, Tally, TargetCount
from legacygrid.migration.rows import Kind

#: What tells two operations apart in a baseline.
KEY = ("operation", "task")
#: So many callers of an operation are shown.
_SHOWN = 3
#: The classes, the hardest first; none for what the source does not tell.
KINDS = (*reversed(Kind), None)


@dataclass(frozen=True)
class MigrationReport:
    """What is said of calls.

    :param languages: the code is in these.
    :param given_subusers: how many the account has; none if nobody said, and then as many as the
        calls name.
    :param new: titles that the baseline does not know of; none without a baseline.
    """

    tally: Tally
    sources: Sequence[str]
    languages: Sequence[str] = ()
    given_subusers: int | None = None
    new: frozenset[str] | None = None

    @cached_property
    def uses(self) -> list[tuple[CallTarget, TargetCount]]:
        """What is called, by class, and the most frequent first."""
        return sorted(
            self.tally.targets.items(),
            key=lambda each: (KINDS.index(each[0].kind), -each[1].calls, each[0].title),
        )

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        calls, unknown = self.tally.calls, self.tally.unrecognised.total()
        were = "was" if unknown == 1 else "were"
        others = count_of(unknown, "other request")
        rest = f"; {others} {were} not recognised" if unknown else ""
        if not calls:
            return f"No call of Web API v2{rest}."
        kinds: Counter[Kind | None] = Counter()
        for target, count in self.tally.targets.items():
            kinds[target.kind] += count.calls
        shares = ", ".join(
            f"{kinds[kind]:,} {kind or 'of a class not known'}"
            for kind in (*Kind, None)
            if kinds[kind]
        )
        callers = count_of(len(self.tally.callers), "caller")
        names = count_of(len(self.tally.targets), "way")
        new = "" if self.new is None else f"; {len(self.new)} of them new"
        told = f"{count_of(calls, 'call')} of Web API v2 by {callers}, in {names} ({shares})"
        return f"{told}{new}{rest}."

    @property
    def subusers(self) -> int:
        """How many the account is taken to have."""
        named = self.tally.subusers
        return self.given_subusers if self.given_subusers is not None else max(1, len(named))

    @cached_property
    def busiest(self) -> list[Busiest]:
        """The busiest minutes, against the limits of v3."""
        return self.tally.rates.busiest(self.subusers)

    @property
    def recipes(self) -> Iterator[Recipe]:
        """What becomes of each call, with its code."""
        for target, _ in self.uses:
            if target.row:
                yield make_recipe(target.row, self.languages)

    def remarks(self) -> Iterator[str]:
        """What is to be known of all calls together."""
        tally, counts = self.tally, self.tally.targets.values()
        if tally.with_secret:
            known = f", {count_of(len(tally.secrets), 'different one')}" if tally.secrets else ""
            yield (
                f"{count_of(tally.with_secret, 'call')} had api_key in the URL{known}: it is in the"
                " logs of servers and proxies, so replace it"
            )
        if tally.with_password:
            calls = count_of(tally.with_password, "call")
            yield f"{calls} had a password in the URL: it is in the same logs, so set another"
        if xml := sum(each.xml for each in counts):
            yield f"{count_of(xml, 'call')} asked for XML: v3 answers JSON alone"
        if by_get := sum(each.by_get for target, each in tally.targets.items() if _writes(target)):
            yield f"{count_of(by_get, 'call')} changed something by GET: v3 does not"
        for target, count in self.uses:
            if target.row is None and target.task is None:
                yield (
                    f"the task of {count_of(count.calls, 'call')} of {target.operation} is not"
                    " known: a log has no bodies of requests"
                )

    def limits(self) -> Iterator[str]:
        """How often v3 would be called, against its limits."""
        named = "as given" if self.given_subusers is not None else "as many as the calls name"
        yield f"Taken for an account of {count_of(self.subusers, 'subuser')}, {named}."
        if all(each.minute is None for each in self.busiest):
            yield "No call that is counted has a time."
        for each in self.busiest:
            if each.minute is not None:
                verdict = "too many" if each.is_over else "within the limit"
                yield (
                    f"{each.limit.name}: {each.requests:,} in the busiest minute,"
                    f" {minute_text(each.minute)}; v3 takes about {each.limit.a_minute}: {verdict}"
                    f" ({each.limit.evidence.level}: {each.limit.evidence.source})"
                )

    def unrecognised(self) -> list[tuple[str, int]]:
        """What was not recognised, the most frequent first."""
        return self.tally.unrecognised.most_common()

    def requests_text(self, target: CallTarget) -> str:
        """How many requests of v3 one call is."""
        if target.row is None:
            return "?"
        counted = requests_of(target.row)
        varying = counted.per_page + counted.per_subuser
        return f"{counted.total(self.subusers):,}" + ("*" if varying else "")

    def to_json(self) -> dict[str, Any]:
        """All of it, for programs."""
        tally = self.tally
        return {
            "command": "report",
            "sentence": self.sentence,
            "sources": list(self.sources),
            "calls": tally.calls,
            "first": time_text(tally.first),
            "last": time_text(tally.last),
            "operations": [self._use_to_json(target, count) for target, count in self.uses],
            "secrets_in_urls": {
                "calls": tally.with_secret,
                "different": len(tally.secrets),
                "passwords": tally.with_password,
            },
            "subusers": self.subusers,
            "limits": [
                {
                    "name": each.limit.name,
                    "a_minute": each.limit.a_minute,
                    "busiest": each.requests,
                    "minute": None if each.minute is None else minute_text(each.minute),
                    "over": each.is_over,
                    "evidence": {
                        "level": each.limit.evidence.level,
                        "source": each.limit.evidence.source,
                    },
                }
                for each in self.busiest
            ],
            "remarks": list(self.remarks()),
            "unrecognised": dict(self.unrecognised()),
            "recipes": [recipe_to_json(each) for each in self.recipes],
        }

    def _use_to_json(self, target: CallTarget, count: TargetCount) -> dict[str, Any]:
        return {
            "operation": target.operation,
            "task": target.task,
            "title": target.title,
            "class": target.kind,
            "calls": count.calls,
            "callers": dict(count.callers.most_common()),
            "xml": count.xml,
            "by_get": count.by_get,
            "requests": self.requests_text(target).rstrip("*"),
            "new": None if self.new is None else target.title in self.new,
        }


def key_of(target: CallTarget) -> tuple[str, str]:
    """What a baseline has of it."""
    return target.operation, target.task or ""


def callers_text(count: TargetCount) -> str:
    """Who calls something, the most frequent first."""
    common = count.callers.most_common(_SHOWN)
    shown = [f"{name or 'not known'} ({calls:,})" for name, calls in common]
    more = len(count.callers) - len(common)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def minute_text(minute: int) -> str:
    """A minute, in UTC."""
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%d %H:%M UTC")


def time_text(seconds: float | None) -> str | None:
    """A moment in ISO 8601, in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def _writes(target: CallTarget) -> bool:
    requests = make_recipe(target.row, ()).requests if target.row else ()
    return any(each.verb != "GET" for each in requests)
