"""Reputation: how well the mail of an account was taken."""

from legacygrid.models import statistics
from legacygrid.models.statistics import EVER

#: What counts against an account.
_BAD = ("bounces", "invalid_email", "spamreports")


def find_reputation(account: int) -> float:
    """That of the account of that number, from 0 to 100: the share of its mail that did not bounce
    and that nobody called spam. It is 100 at first.
    """
    numbers = statistics.read_total(account, *EVER).numbers
    bad = sum(numbers[name] for name in _BAD)
    requests = max(numbers["requests"], bad)
    return round(100 * (1 - bad / requests), 1) if requests else 100
