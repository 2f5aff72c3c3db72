"""Violations that are planted, to see that they are found."""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from harnesses import Harness
from wire import wait_until
from witnesses import Bookkeeper, Sender, Witness


def _find_kept(witness: Witness, kind: str, turn: int = 0) -> str:
    """Something that is there by an answer, and stays."""

    def find() -> list[str]:
        with witness.resting:
            there = [each for each, may_be in witness.may_be.items() if "" not in may_be and each[0] == kind]
        return [name for _, name in there]

    assert wait_until(lambda: len(find()) > turn, 20)
    return find()[turn]


def _change(witness: Witness, *statements: str, name: str) -> None:
    with witness.resting, psycopg.connect(witness.cluster.database) as connection:
        for sql in statements:
            done = connection.execute(sql, (name,))  # type: ignore[call-overload]
            assert done.rowcount, sql


def lose(witnesses: Sequence[Any]) -> None:
    """A subuser that was answered is deleted behind the servers' backs."""
    witness = next(each for each in witnesses if isinstance(each, Bookkeeper))
    name = _find_kept(witness, "subuser")
    _change(witness, "DELETE FROM account WHERE username = %s", name=name)


def halve(witnesses: Sequence[Any]) -> None:
    """An account loses its login."""
    witness = next(each for each in witnesses if isinstance(each, Bookkeeper))
    name = _find_kept(witness, "subuser", 1)
    _change(witness, "DELETE FROM login WHERE name = %s", name=name)


def double(witnesses: Sequence[Any]) -> None:
    """Faults are triggered once more than the harness knows of."""
    for each in witnesses:
        if isinstance(each, Harness):
            each.planted = 1
            begin = len(each.ordered)
            assert wait_until(lambda each=each, begin=begin: len(each.ordered) > begin + 2, 30)


def keep_silent(witnesses: Sequence[Any]) -> None:
    """The receiver refuses what is posted from now on."""
    witness = next(each for each in witnesses if isinstance(each, Sender))
    with witness.resting, psycopg.connect(witness.cluster.database) as connection:
        sql = (
            "UPDATE app SET settings_json = replace(settings_json, '/200', '/503') WHERE account_id IN"
            " (SELECT id FROM account WHERE world = %s)"
        )
        assert connection.execute(sql, (witness.world,)).rowcount


PLANTS: dict[str, Callable[[Sequence[Any]], None]] = {
    "lost": lose,
    "half": halve,
    "twice": double,
    "unposted": keep_silent,
}
