"""Guesses of passwords are slowed down through every door, and lock nobody out."""

from typing import Any

import pytest

from legacygrid.auth.failed_logins import FORGOTTEN, OF_ADDRESS, OF_BOTH, OF_LOGIN, PATIENCE, FailedLogins, Guess
from legacygrid.wsgi.blocking import TooManyGuesses

ADDRESS, OTHER = "192.0.2.1", "192.0.2.2"


class Guesser:
    """Guesses, each another one, by a clock of its own."""

    def __init__(self, limits_addresses: bool = True) -> None:
        self.now = 100.0
        self.failed_logins = FailedLogins(limits_addresses, lambda: self.now)
        self.count = 0

    def guess(self, login: str = "ada", address: str = ADDRESS, digest: bytes = b"", world: str = "") -> Guess:
        self.count += 1
        return Guess(world, login, address, digest or str(self.count).encode())

    def fail(self, times: int = 1, patience: float = 3600.0, **given: Any) -> list[float]:
        """Guess so often, one after the other; how long each had to wait."""
        waits = []
        for _ in range(times):
            waits.append(self.failed_logins.admit(self.guess(**given), patience))
            self.now += waits[-1]
        return waits


@pytest.fixture
def guesser() -> Guesser:
    return Guesser()


def test_a_wait_grows(guesser: Guesser) -> None:
    assert guesser.fail(OF_BOTH.free + 8) == [0.0] * OF_BOTH.free + [0.25, 0.5, 1, 2, 4, 8, PATIENCE, PATIENCE]


def test_guesses_at_a_time_are_no_more_than_one_by_one(guesser: Guesser) -> None:
    for _ in range(OF_BOTH.free + 5):
        guesser.failed_logins.admit(guesser.guess())
    with pytest.raises(TooManyGuesses) as refusal:
        guesser.failed_logins.admit(guesser.guess())
    assert refusal.value.seconds > PATIENCE


def test_what_is_refused_does_not_count(guesser: Guesser) -> None:
    guesser.fail(OF_BOTH.free)
    for _ in range(50):
        with pytest.raises(TooManyGuesses):
            guesser.failed_logins.admit(guesser.guess(), patience=0)
    assert guesser.fail() == [0.25]


def test_the_same_guess_counts_once(guesser: Guesser) -> None:
    assert guesser.fail(OF_BOTH.free + 1, digest=b"the same")[-1] == 0
    assert guesser.fail(OF_BOTH.free - 1)[-1] == 0
    assert guesser.fail() == [0.25]


@pytest.mark.parametrize(
    ("rule", "given", "others"),
    [
        (OF_BOTH, {}, {"address": OTHER}),
        (OF_BOTH, {"address": "127.0.0.2"}, {"address": "127.0.0.3"}),
        (OF_BOTH, {"address": "2001:db8::1"}, {"address": "2001:db8:0:1::1"}),
        (OF_BOTH, {}, {"world": "another"}),
        (OF_BOTH, {}, {"login": "bob"}),
        (OF_ADDRESS, {"login": "{}"}, {"address": OTHER}),
        (OF_LOGIN, {"address": "192.0.2.{}"}, {"login": "bob"}),
    ],
    ids=["address", "loopback address", "network of IPv6", "world", "login", "any login", "any address"],
)
def test_nobody_else_waits(guesser: Guesser, rule: Any, given: dict[str, str], others: dict[str, str]) -> None:
    for number in range(rule.free):
        guesser.fail(**{name: text.format(number) for name, text in given.items()})
    assert guesser.fail(**{name: text.format(1000) for name, text in given.items()}) == [0.25]
    assert guesser.fail(**{"address": "192.0.2.1", "login": "eve"} | given | others) == [0.0]


def test_one_network_of_ipv6_is_one_address(guesser: Guesser) -> None:
    for number in range(OF_BOTH.free):
        guesser.fail(address=f"2001:db8::{number}")
    assert guesser.fail(address="2001:db8::ffff") == [0.25]


def test_who_gets_in_begins_anew(guesser: Guesser) -> None:
    guesser.fail(OF_BOTH.free + 3)
    right = guesser.guess()
    guesser.failed_logins.admit(right)
    guesser.failed_logins.record_success(right)
    assert guesser.fail(OF_BOTH.free)[-1] == 0


def test_who_got_in_does_not_wait_for_guesses_from_elsewhere(guesser: Guesser) -> None:
    right = guesser.guess(address=OTHER)
    guesser.failed_logins.admit(right)
    guesser.failed_logins.record_success(right)
    for number in range(OF_LOGIN.free + 5):
        guesser.fail(address=f"198.51.100.{number}")
    assert guesser.fail(address="203.0.113.1") != [0.0]
    assert guesser.fail(address=OTHER) == [0.0]


def test_who_gets_in_is_no_guess_of_their_address(guesser: Guesser) -> None:
    for number in range(OF_ADDRESS.free + 1):
        right = guesser.guess(login=str(number))
        assert guesser.failed_logins.admit(right) == 0
        guesser.failed_logins.record_success(right)


@pytest.mark.parametrize("forgets", ["time", "a reset", "a reset of all worlds"])
def test_it_is_forgotten(guesser: Guesser, forgets: str) -> None:
    guesser.fail(OF_BOTH.free + 1, world="mine")
    if forgets == "time":
        guesser.now += FORGOTTEN + 1
    else:
        guesser.failed_logins.forget("mine" if forgets == "a reset" else "")
    assert guesser.fail(OF_BOTH.free, world="mine")[-1] == 0


def test_without_limits_by_address_that_of_a_login_holds() -> None:
    guesser = Guesser(limits_addresses=False)
    assert guesser.fail(OF_LOGIN.free)[-1] == 0
    assert guesser.fail() == [0.25]
    for number in range(OF_ADDRESS.free + 5):
        assert guesser.fail(login=str(number)) == [0.0]
