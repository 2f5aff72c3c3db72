"""What is done with lists of suppressed addresses, by the calls of v3."""

from collections.abc import Iterable
from itertools import islice

from legacygrid import reasons
from legacygrid.grid import Grid
from legacygrid.models import listed_addresses
from legacygrid.models.account import Account
from legacygrid.models.address_patterns import AddressPattern
from legacygrid.models.listed_addresses import ListedAddress, ListedAddresses
from legacygrid.models.suppression import SuppressionFilter
from legacygrid.reasons import Problem
from legacygrid.serializers.sendgrid_v3 import lists
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane


def list_entries(
    account: Account,
    kind: str,
    start_time: int | None = None,
    end_time: int | None = None,
    limit: int = lists.MAX_PAGE,
    offset: int = 0,
    email: str = "",
) -> list[ListedAddress]:
    """The entries of a list, oldest first (the order is inferred, from v2's).

    :param start_time: the first moment, and `end_time` the last one, in seconds since 1970.
    :param email: the pattern of the addresses.
    """
    if listed_addresses.are_many(account.id, kind):
        blocking.about_to_block(Lane.READ)
    before = None if end_time is None else end_time + 1
    wanted = SuppressionFilter(account, kind, since=start_time, before=before)
    if not email:
        return list(ListedAddresses(wanted, limit, offset))
    pattern = AddressPattern.parse(email)
    fitting = (each for each in ListedAddresses(wanted) if pattern.fits(each.address))
    return list(islice(fitting, offset, offset + limit))


def find_entries(account: Account, kind: str, email: str) -> list[ListedAddress]:
    """The entry of an address; none if it is not on the list."""
    return list(ListedAddresses(SuppressionFilter(account, kind, address=email), limit=1))


def take_off(account: Account, grid: Grid, kind: str, addresses: Iterable[str] | None) -> int:
    """Take addresses off a list; how many were on it.

    :param addresses: none for all.
    """
    named = None if addresses is None else list(addresses)
    wanted = SuppressionFilter(account, kind, addresses=named)
    return listed_addresses.take_off(wanted, grid.clock.now(account.world))


def delete_entries(
    account: Account,
    grid: Grid,
    kind: str,
    delete_all: bool = False,
    emails: list[str] | None = None,
) -> None:
    """Take all addresses off a list, or those that are named; one that is not on it is no error
    (inferred).

    :raises BadParameters: nothing is meant, or both.
    """
    if delete_all and emails:
        raise reasons.BadParameters(Problem("", lists.BOTH))
    if not (delete_all or emails):
        raise reasons.BadParameters(Problem("", lists.NEITHER))
    take_off(account, grid, kind, emails or None)


def delete_entry(account: Account, grid: Grid, kind: str, email: str) -> None:
    """Take an address off a list.

    :raises NotListed: it is not on it.
    """
    if not take_off(account, grid, kind, [email]):
        raise reasons.NotListed(hint=f"no such {kind} of {account.username!r}")
