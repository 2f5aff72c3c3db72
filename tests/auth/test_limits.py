"""How often an account may call: counted by the emulator's clock."""

import pytest

from legacygrid.auth.rate_limits import MANY, Left, Limits, Rate
from legacygrid.models.account import Account

RATE = Rate(2, 60, has_headers=True)
ADA, BOB = Account(id=1, world=""), Account(id=2, world="w")


def left(found: Left) -> tuple[int, int, bool]:
    return found.remaining, found.reset, found.is_over


def test_calls_count_for_as_long_as_the_rate_says() -> None:
    limits = Limits()
    taken = [limits.take(RATE, ADA, "a", at) for at in (1000.0, 1010.5, 1020.0, 1059.9, 1060.0, 1061.0)]
    assert list(map(left, taken)) == [(1, 60, False), (0, 50, False), (0, 40, True), (0, 1, True), (0, 11, False),
                                      (0, 10, True)]  # fmt: skip
    assert limits.count(RATE, ADA, "a", 1061.0) == 2
    assert limits.count(RATE, ADA, "a", 1200.0) == 0


def test_each_account_and_operation_counts_by_itself_unless_the_rate_has_a_name() -> None:
    limits, shared = Limits(), Rate(2, 60, "all")
    for account, operation in ((ADA, "a"), (ADA, "b"), (BOB, "a")):
        assert limits.take(RATE, account, operation, 5.0).remaining == 1
        limits.take(shared, account, operation, 5.0)
    assert limits.take(shared, ADA, "c", 5.0).is_over
    assert limits.count(shared, BOB, "c", 5.0) == 1


def test_a_clock_that_is_set_back_forgets_what_is_yet_to_come() -> None:
    limits = Limits()
    limits.take(RATE, ADA, "a", 9000.0)
    assert left(limits.take(RATE, ADA, "a", 10.0)) == (1, 60, False)


@pytest.mark.parametrize(("world", "spent"), [("", (0, 0)), ("w", (1, 0)), ("other", (1, 1))])
def test_a_world_can_be_counted_anew(world: str, spent: tuple[int, int]) -> None:
    limits = Limits()
    limits.take(RATE, ADA, "a", 1.0)
    limits.take(RATE, BOB, "a", 1.0)
    limits.forget(world)
    assert (limits.count(RATE, ADA, "a", 1.0), limits.count(RATE, BOB, "a", 1.0)) == spent


def test_not_more_is_kept_than_there_is_room_for() -> None:
    limits = Limits()
    for number in range(MANY + 1):
        limits.take(RATE, ADA, str(number), 1.0)
    assert [limits.count(RATE, ADA, name, 1.0) for name in ("1", str(MANY))] == [1, 1]
    assert limits.count(RATE, ADA, "0", 1.0) == 0


def test_only_a_rate_that_is_told_is_told() -> None:
    assert Limits().take(RATE, ADA, "a", 1.0).headers == {
        "X-RateLimit-Limit": "2",
        "X-RateLimit-Remaining": "1",
        "X-RateLimit-Reset": "60",
    }
    assert Limits().take(Rate(2, 60), ADA, "a", 1.0).headers == {}
