"""What became of an account's mail, recipient by recipient: the queries behind lists and
statistics.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import peewee

from legacygrid.models.message import AUDIT, BLOCKED, BOUNCED, REFUSED, Message, Recipient
from legacygrid.models.queries import contains, pattern_of
from legacygrid.wsgi import blocking

#: Why mail was not delivered, where nobody said.
OTHER = 99
#: How a text is compared: as a whole, its beginning, its end, any part; letters A to Z in both
#: cases.
MATCHES = ("exact", "prefix", "suffix", "partial")
_EDGES: Mapping[str, tuple[str, str]] = {
    "exact": ("", ""),
    "prefix": ("", "%"),
    "suffix": ("%", ""),
    "partial": ("%", "%"),
}
Spans = Iterable[tuple[float, float]]


@dataclass(frozen=True)
class Scope:
    """Whose mail a report is of.

    :param account: the number of the account.
    :param login: the number of the one login whose mail alone it is of; none for all of the
        account's.
    """

    account: int
    login: int | None = None

    @property
    def condition(self) -> Any:
        """As a condition: mail that was taken in, and its own recipients."""
        wanted = [Message.account_id == self.account, Message.disposition != REFUSED]
        # What the emulated provider added by itself is no mail of theirs.
        wanted += [Message.via != "bounce", Recipient.kind != AUDIT]
        if self.login is not None:
            wanted.append(Message.login_number == self.login)
        return reduce(and_, wanted)


@dataclass(frozen=True)
class Sought:
    """Which lines of a report are looked for; what is empty may be anything.

    :param spans: each list of spans, of seconds since 1970, has to have the moment in it.
    :param codes: see `Recipient.code`.
    """

    outcomes: tuple[str, ...]
    spans: tuple[Spans, ...] = ()
    code: int | None = None
    sender: str = ""
    to: str = ""
    api_data: str = ""
    match: str = "exact"

    @property
    def condition(self) -> Any:
        """As a condition on recipients and their messages."""
        wanted: list[Any] = [Recipient.outcome.in_(self.outcomes)]
        wanted += [_within(Recipient.at, spans) for spans in self.spans]
        if self.code is not None:
            wanted.append(self.code == _CODE)
        texts = ((_SENDER, self.sender), (Recipient.address, self.to), (_API_DATA, self.api_data))
        wanted += [contains(column, like(text, self.match)) for column, text in texts if text]
        return reduce(and_, wanted)


@dataclass(frozen=True)
class Logged:
    """One line: what became of one message at one recipient.

    :param at: seconds since 1970.
    :param sender: the address in the From header.
    """

    at: float
    outcome: str
    code: int
    reason: str
    to: str
    message_id: str
    return_path: str
    header_from: str
    subject: str
    labels_json: str

    @property
    def sender(self) -> str:
        """The address in the From header."""
        # A name may have a `<` of its own, and is read already: no quotes are left around it.
        return self.header_from.rpartition("<")[2].rstrip(">")

    @property
    def api_data(self) -> str:
        """What the sender said of it for itself."""
        return str(json.loads(self.labels_json or "{}").get("api_data", ""))


_CODE = peewee.fn.COALESCE(Recipient.code, OTHER)
# What is before the last `<`, with it: the rest has none, so it goes letter by letter.
_BEFORE = peewee.fn.RTRIM(Message.header_from, peewee.fn.REPLACE(Message.header_from, "<", ""))
_SENDER = peewee.fn.RTRIM(peewee.fn.SUBSTR(Message.header_from, peewee.fn.LENGTH(_BEFORE) + 1), ">")
_API_DATA = peewee.fn.JSON_EXTRACT(peewee.fn.NULLIF(Message.labels_json, ""), "$.api_data")
_COLUMNS = (
    Recipient.at, Recipient.outcome, _CODE, Recipient.reason, Recipient.address, Message.message_id,
    Message.mail_from, Message.header_from, Message.subject, Message.labels_json,
)  # fmt: skip


def like(text: str, match: str) -> str:
    """What `contains` looks for, by one of the `MATCHES`."""
    before, after = _EDGES[match]
    return f"{before}{pattern_of(text)[1:-1]}{after}"


def logged(scope: Scope, sought: Sought, page: int, rows: int) -> list[Logged]:
    """One page of the lines that fit, newest first.

    :param page: the first one is 0.
    :raises WouldBlock: on an event loop's thread.
    """
    blocking.about_to_block()
    found = (
        Recipient.select(*_COLUMNS)
        .join(Message)
        .where(scope.condition, sought.condition)
        .order_by(Recipient.at.desc(), Recipient.id.desc())
        .limit(rows)
        .offset(page * rows)
    )
    rows_found: Any = found.tuples()
    return [Logged(*row) for row in rows_found]


@dataclass(frozen=True)
class Counts:
    """Emails of a time, each recipient one, by what became of them.

    :param queued: all that were taken in; `valid` are those of them that were not kept back.
    """

    queued: int = 0
    succeeded: int = 0
    failed: int = 0
    blocked: int = 0

    @property
    def valid(self) -> int:
        """Those that were sent on their way."""
        return self.queued - self.blocked

    def __add__(self, other: "Counts") -> "Counts":
        pairs = zip(self._all, other._all, strict=True)
        return Counts(*(ours + theirs for ours, theirs in pairs))

    @property
    def _all(self) -> tuple[int, int, int, int]:
        return self.queued, self.succeeded, self.failed, self.blocked


def counted(scope: Scope, delivered: str, start: float, end: float) -> Counts:
    """What was taken in from one moment up to another, in seconds since 1970.

    :param delivered: the outcome that is a success.
    :raises WouldBlock: on an event loop's thread.
    """
    blocking.about_to_block()
    found = (
        Recipient.select(Recipient.outcome, peewee.fn.COUNT(Recipient.id))
        .join(Message)
        .where(scope.condition, Message.at >= start, Message.at < end)
        .group_by(Recipient.outcome)
    )
    counts: Any = found.tuples()
    by: dict[str, int] = dict(counts)
    return Counts(sum(by.values()), by.get(delivered, 0), by.get(BOUNCED, 0), by.get(BLOCKED, 0))


def _within(column: Any, spans: Spans) -> Any:
    """The column's moment is in one of them; in none, if there is none."""
    conditions = [(column >= start) & (column < end) for start, end in spans]
    return reduce(or_, conditions) if conditions else peewee.SQL("0")
