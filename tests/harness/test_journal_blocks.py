"""A long journal, whose older calls are packed: it finds what one finds that looks at each call."""

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

import pytest

from legacygrid import reasons
from legacygrid.harness import nearest_call
from legacygrid.harness.call_blocks import BLOCK, CallBlock
from legacygrid.harness.call_filters import CallFilter
from legacygrid.harness.calls import Call
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.harness.faults import InjectedFault
from legacygrid.harness.journal import Journal
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.server.smtp.smtp_faults import OrderedReply

COUNT = 5 * BLOCK + 20
EVIDENCE = inferred("the test")
FAULT = InjectedFault(FaultEffect(status=500))
OPERATIONS = ("customer.add", "customer.profile", "mail.send", "")
USERS: tuple[Any, ...] = ("ada", "bob", ["ada", "cyd"], {"x": ["ada"]}, 7, True, None, [], "Ada")


def make(number: int) -> Call:
    """One of many calls: fields in all combinations, every hundredth not answered yet."""
    operation, user = OPERATIONS[number % 4], USERS[number % 9]
    call = Call("POST" if number % 5 else "GET", f"/{number}", world=("", "left", "right")[number % 3])
    call.operation, call.task = operation, ("get", "set", "")[number // 7 % 3]
    call.account = call.caller = f"acme-{number // 11 % 3}"
    call.params = {"user": user, "n": str(number), "city": "London"} if number % 6 else {"city": "Paris"}
    if number % 8 == 0:
        call.refusal = reasons.NameTaken(Sentence(f"{number} is taken", EVIDENCE), hint="it is there")
        call.evidence, call.tolerated, call.hints = EVIDENCE, ("a", "b"), ["hint"]
    if number % 50 == 3:
        call.fault = FAULT
    if number % 100:
        answer(call)
    return call


def answer(call: Call) -> None:
    call.status = 404 if call.refusal else 200
    call.seconds = call.number / 1000


@pytest.fixture
def journals() -> tuple[Journal, list[Call]]:
    """A journal of packed calls, and the same ones in a list."""
    journal, calls = Journal(COUNT, recent=0), [make(number) for number in range(COUNT + 30)]
    for call in calls:
        journal.record(call)
    journal.pack()
    return journal, calls[30:]


def told(calls: list[Call]) -> list[dict[str, Any]]:
    """All that is known of calls; reasons are compared by what they say."""
    names = [name for name in Call.__slots__ if name not in ("steps", "_kind_key", "refusal")]
    return [
        {name: getattr(call, name) for name in names}
        | {"refusal": repr(call.refusal), "hint": call.refusal and call.refusal.hint, "outcome": call.outcome}
        for call in calls
    ]


FILTERS = [
    CallFilter(), CallFilter(world="left"), CallFilter(operation="mail.send", task="set"), CallFilter(operation="none"),
    CallFilter(outcome="pending"), CallFilter(outcome="fault"), CallFilter(outcome="refused", method="GET"),
    CallFilter(status=404, account="acme-1", world=""), CallFilter(caller="nobody"), CallFilter(after=700),
    CallFilter(params={"user": "ada"}), CallFilter(params={"user": "ada", "city": "London"}, world="right"),
    CallFilter(params={"n": "600"}), CallFilter(params={"user": 1}), CallFilter(params={"user": 7.0}),
    CallFilter(params={"user": None}), CallFilter(params={"user": None, "city": "Paris"}, operation="mail.send"),
    CallFilter(params={"user": {"x": ["ada"]}}), CallFilter(params={"user": ["ada", "cyd"]}), CallFilter(params={"user": []}),
    CallFilter(params={"user": "nobody"}), CallFilter(params={"missing": "x"}), CallFilter(params={"city": "London"}, after=1200),
    CallFilter(operation="mail.send", params={"n": "1O1", "user": "adam"}), CallFilter(operation="mail.sent", caller="acme"),
    CallFilter(world="nowhere"),
]  # fmt: skip


def by_looking(calls: list[Call], call_filter: CallFilter, limit: int | None) -> list[Call]:
    is_forward = call_filter.after is not None
    found = list(islice(filter(call_filter.matches, calls if is_forward else reversed(calls)), limit))
    return found if is_forward else found[::-1]


def nearest_by_looking(calls: list[Call], call_filter: CallFilter) -> Call | None:
    def distance(call: Call) -> tuple[bool, float]:
        differences = list(call_filter.differences(call))
        ratios = (SequenceMatcher(None, str(wanted), str(there)).quick_ratio() for _, wanted, there in differences)
        return any(name == "operation" for name, _, _ in differences), sum(1 - ratio / 2 for ratio in ratios)

    theirs = [call for call in reversed(calls) if call_filter.world in (None, call.world)]
    return min(theirs, key=distance, default=None)


@pytest.mark.parametrize(
    "call_filter",
    FILTERS,
    ids=lambda value: str({name: each for name, each in vars(value).items() if each is not None}),
)
def test_it_finds_what_is_found_by_looking_at_each(
    journals: tuple[Journal, list[Call]], call_filter: CallFilter
) -> None:
    journal, calls = journals
    for limit in (None, 1, 7, 300):
        assert told(journal.find(call_filter, limit)) == told(by_looking(calls, call_filter, limit))
    assert journal.count(call_filter) == len(by_looking(calls, call_filter, None))
    answered = [call for call in by_looking(calls, call_filter, None) if call.outcome != "pending"]
    assert told(journal.find(call_filter, with_pending=False)) == told(answered)
    nearest = nearest_by_looking(calls, replace(call_filter, after=None))
    assert told([*filter(None, [journal.find_nearest(call_filter)])]) == told([*filter(None, [nearest])])


@pytest.mark.parametrize(
    ("sought", "number"),
    [
        ({"params": {"n": "41", "user": "nobody"}}, 42),
        ({"params": {"n": "305", "city": "Bonn"}, "operation": "customer.profiles"}, 306),
        ({"params": {"n": "709"}, "outcome": "unmatched", "world": "left"}, 710),
    ],
)
def test_the_nearest_is_looked_for_where_it_is_most_likely(
    journals: tuple[Journal, list[Call]], sought: dict[str, Any], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest_call, "MOST_BLOCKS", 1)
    nearest = journals[0].find_nearest(CallFilter(**sought))
    assert nearest is not None
    assert nearest.number == number


@pytest.mark.parametrize(
    "call_filter",
    FILTERS,
    ids=lambda value: str({name: each for name, each in vars(value).items() if each is not None}),
)
def test_it_forgets_what_matches_alone(journals: tuple[Journal, list[Call]], call_filter: CallFilter) -> None:
    journal, calls = journals
    assert journal.forget(call_filter) == len(by_looking(calls, call_filter, None))
    left = [call for call in calls if not call_filter.matches(call)]
    assert told(journal.find(CallFilter())) == told(left)
    for number in (31, 200, 700, COUNT + 30, COUNT + 31):
        there = [call for call in left if call.number == number]
        assert told([*filter(None, [journal.get(number)])]) == told(there)
    # Others are kept for those that are gone.
    more = [make(number) for number in range(2 * BLOCK)]
    for call in more:
        journal.record(call)
    journal.pack()
    assert told(journal.find(CallFilter())) == told([*left, *more][-COUNT:])


def test_calls_are_found_by_their_kind(journals: tuple[Journal, list[Call]]) -> None:
    journal, calls = journals
    sent = [call for call in calls if call.operation == "mail.send"]
    before = [call for call in sent if call.number < 800]

    def is_sent(kind: Any) -> bool:
        return bool(kind.operation == "mail.send")

    assert told(journal.find_newest(is_sent, 5)) == told(sent[: -5 - 1 : -1])
    assert told(journal.find_newest(is_sent, 5, before=800)) == told(before[: -5 - 1 : -1])
    assert told(journal.find_newest(is_sent, after=800)) == told([c for c in reversed(sent) if c.number > 800])
    assert (journal.count_kinds(is_sent), journal.count_kinds(is_sent, before=800)) == (len(sent), len(before))


def test_a_call_is_answered_after_it_was_packed(journals: tuple[Journal, list[Call]]) -> None:
    journal, calls = journals
    pending = [call for call in calls if call.outcome == "pending"]
    answer(pending[0])
    assert journal.find(CallFilter(outcome="pending")) == pending[1:]
    assert journal.get(pending[0].number) is pending[0]
    assert pending[0] in journal.find(CallFilter(outcome=pending[0].outcome))


def test_what_is_read_was_there_at_its_begin(journals: tuple[Journal, list[Call]]) -> None:
    journal, calls = journals
    reading = journal.read(CallFilter())
    first = next(reading)
    journal.record(make(1))
    journal.forget(CallFilter(world="left"))
    assert told([first, *reading]) == told(calls)


def every_reason(of: type[reasons.Reason] = reasons.Reason) -> Iterator[type[reasons.Reason]]:
    for each in of.__subclasses__():
        if each.__module__.startswith("legacygrid."):
            yield each
            yield from every_reason(each)


def test_every_refusal_is_told_as_it_was() -> None:
    calls = [Call("POST", "/", number=number, status=200, seconds=0.1) for number, _ in enumerate(every_reason(), 1)]
    for call, reason in zip(calls, every_reason(), strict=True):
        own = {OrderedReply: OrderedReply(450, "later")}
        call.refusal = own.get(reason) or reason(Sentence("is wrong", EVIDENCE), hint="here")
    block = CallBlock.pack(calls)
    for call, before in zip(block.unpack(block.kept), calls, strict=True):
        assert call.refusal is not None
        assert before.refusal is not None
        assert type(call.refusal) is type(before.refusal)
        assert (vars(call.refusal), str(call.refusal)) == (vars(before.refusal), str(before.refusal))
        assert {each.evidence for each in call.refusal.texts} <= {EVIDENCE}
