"""What was posted, and is to be: how posts are found, read with their attempts, and deleted."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

import peewee

from legacygrid.models.account import Account
from legacygrid.models.webhooks import WebhookAttempt, WebhookEvent, WebhookPost

#: Posts that are read at a time.
PAGE = 50
_MOST_VALUES = 500
_LIGHT = [column for column in WebhookPost._meta.sorted_fields if column is not WebhookPost.body]
_SIZE = peewee.fn.LENGTH(WebhookPost.body)


class PostFilter(NamedTuple):
    """Which posts are meant; what is None may be anything.

    :param account: the number of a primary account, to which they belong or to a subuser of which.
    :param subuser: the name of the subuser to which they belong.
    :param after: the number of a post; those that came later are meant, and those that came earlier
        than `before`.
    """

    world: str | None = None
    account: int | None = None
    subuser: str | None = None
    kind: str | None = None
    state: str | None = None
    after: int | None = None
    before: int | None = None

    @property
    def condition(self) -> Any:
        """As a condition on posts."""
        conditions: list[Any] = [WebhookPost.id > (self.after or 0)]
        if self.before is not None:
            conditions.append(WebhookPost.id < self.before)
        for name in ("world", "kind", "state"):
            if (wanted := getattr(self, name)) is not None:
                conditions.append(getattr(WebhookPost, name) == wanted)
        if (owners := self.owners) is not None:
            conditions.append(WebhookPost.account.in_(owners))
        return reduce(and_, conditions)

    @property
    def owners(self) -> Any:
        """The accounts whose they are, as a query; none for all."""
        if self.account is None and self.subuser is None:
            return None
        accounts = Account.select(Account.id)
        if self.account is not None:
            is_theirs = (Account.id == self.account) | (Account.parent == self.account)
            accounts = accounts.where(is_theirs)
        if self.subuser is not None:
            accounts = accounts.where(Account.parent.is_null(False))
            accounts = accounts.where(Account.username == self.subuser)
        return accounts


class PostRecord(NamedTuple):
    """A post with its attempts.

    :param owner: the name of the account whose it is; `primary` that of its parent, or empty.
    :param size: bytes of its body, which it may have been read without.
    """

    post: WebhookPost
    owner: str
    primary: str
    size: int
    attempts: list[WebhookAttempt]


def find_numbers(filter: PostFilter, limit: int | None = None) -> list[int]:
    """The numbers of the posts that fit, oldest first.

    :param limit: no more than so many: the last ones, or the first ones if the filter has `after`.
    """
    query = WebhookPost.select(WebhookPost.id).where(filter.condition).limit(limit)
    is_forward = filter.after is not None
    rows: Any = query.order_by(WebhookPost.id if is_forward else WebhookPost.id.desc()).tuples()
    return sorted(number for (number,) in rows)


def total_size(numbers: Sequence[int]) -> int:
    """Bytes of the bodies of these posts; none of them is read."""
    sizes = (WebhookPost.select(peewee.fn.SUM(_SIZE)).where(some).scalar() for some in _of(numbers))
    return sum(size or 0 for size in sizes)


def count_states(numbers: Sequence[int]) -> Mapping[str, int]:
    """How many of these posts are in which state; those that are gone are in none."""
    counts: Counter[str] = Counter()
    for some in _of(numbers):
        states = WebhookPost.select(WebhookPost.state, peewee.fn.COUNT(WebhookPost.id))
        rows: Any = states.where(some).group_by(WebhookPost.state).tuples()
        counts.update(dict(rows))
    return counts


def _of(numbers: Sequence[int]) -> Iterator[Any]:
    """Posts of these numbers, as conditions on some at a time: SQLite takes so many values."""
    for start in range(0, len(numbers), _MOST_VALUES):
        yield WebhookPost.id.in_(numbers[start : start + _MOST_VALUES])


def read_posts(numbers: Collection[int], with_body: bool = False) -> list[PostRecord]:
    """The posts of these numbers, oldest first, as far as they are still there.

    :param numbers: at most `PAGE`.
    """
    columns = [*_LIGHT, *([WebhookPost.body] if with_body else [])]
    parent = Account.alias()
    rows: Any = (
        WebhookPost.select(*columns, _SIZE, Account.username, parent.username)
        .join(Account)
        .join(parent, peewee.JOIN.LEFT_OUTER, on=Account.parent == parent.id)
        .where(WebhookPost.id.in_(list(numbers)))
        .order_by(WebhookPost.id)
        .tuples()
    )
    names = [column.name for column in columns]
    attempts = _find_attempts(numbers)
    found = []
    for row in rows:
        size, owner, primary = row[len(names) :]
        post = WebhookPost.of_columns(names, row)
        theirs = attempts.get(post.id, [])
        found.append(PostRecord(post, owner, primary or "", size, theirs))
    return found


def _find_attempts(numbers: Collection[int]) -> dict[int, list[WebhookAttempt]]:
    theirs = WebhookAttempt.select().where(WebhookAttempt.post.in_(list(numbers)))
    found: dict[int, list[WebhookAttempt]] = {}
    for attempt in theirs.order_by(WebhookAttempt.id):
        found.setdefault(attempt.post_id, []).append(attempt)
    return found


def count_queued(filter: PostFilter) -> int:
    """How many events wait to become part of a post; `kind`, `state` and `after` are no matter."""
    query = WebhookEvent.select().where(*_whose(filter))
    count: int = query.count()
    return count


def count_posts(filter: PostFilter) -> int:
    """How many posts fit."""
    count: int = WebhookPost.select().where(filter.condition).count()
    return count


def delete_posts(filter: PostFilter) -> int:
    """Delete the posts that fit, in a transaction; how many there were."""
    removed: int = WebhookPost.delete().where(filter.condition).execute()
    return removed


def delete_queued(filter: PostFilter) -> int:
    """Delete the events of the same accounts that are no part of a post yet, in a transaction."""
    removed: int = WebhookEvent.delete().where(*_whose(filter)).execute()
    return removed


def _whose(filter: PostFilter) -> list[Any]:
    conditions: list[Any] = [WebhookEvent.id > 0]
    if filter.world is not None:
        conditions.append(WebhookEvent.world == filter.world)
    if (owners := filter.owners) is not None:
        conditions.append(WebhookEvent.account.in_(owners))
    return conditions
