"""Reports on an account's mail, recipient by recipient: the queries behind lists and statistics."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

import peewee

from legacygrid.models.engines.dialects import contains, json_member
from legacygrid.models.message import AUDIT, BLOCKED, BOUNCED, REFUSED, Message, Recipient
from legacygrid.models.queries import pattern_of

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


class Scope(NamedTuple):
    """Whose mail a report covers.

    :param account: the number of the account.
    :param login: the number of the one login whose mail it covers; none for all of the account.
    """

    account: int
    login: int | None = None

    @property
    def condition(self) -> Any:
        """As a condition: mail that was accepted, and the recipients whom its sender named."""
        conditions = [Message.account_id == self.account, Message.disposition != REFUSED]
        # What the emulated provider added by itself is no mail of theirs.
        conditions += [Message.via != "bounce", Recipient.kind != AUDIT]
        if self.login is not None:
            conditions.append(Message.login_number == self.login)
        return reduce(and_, conditions)


class ReportFilter(NamedTuple):
    """Which rows of a report are meant; what is empty may be anything.

    :param spans: the moment is within one span of each list; spans are in seconds since 1970.
    :param code: see `Recipient.code`.
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
        conditions: list[Any] = [Recipient.outcome.in_(self.outcomes)]
        conditions += [_within(Recipient.at, spans) for spans in self.spans]
        if self.code is not None:
            conditions.append(self.code == _CODE)
        texts = ((_SENDER, self.sender), (Recipient.address, self.to), (_API_DATA, self.api_data))
        conditions += [
            contains(column, like_pattern(text, self.match)) for column, text in texts if text
        ]
        return reduce(and_, conditions)


class ReportRow(NamedTuple):
    """What became of one message at one recipient.

    :param at: seconds since 1970.
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
        """What the sender added to it for its own use."""
        return str(json.loads(self.labels_json or "{}").get("api_data", ""))


_CODE = peewee.fn.COALESCE(Recipient.code, OTHER)
# What is before the last `<`, with it: the rest has none, so it goes letter by letter.
_BEFORE = peewee.fn.RTRIM(Message.header_from, peewee.fn.REPLACE(Message.header_from, "<", ""))
_SENDER = peewee.fn.RTRIM(peewee.fn.SUBSTR(Message.header_from, peewee.fn.LENGTH(_BEFORE) + 1), ">")
_API_DATA = json_member(Message.labels_json, "api_data")
_COLUMNS = (
    Recipient.at, Recipient.outcome, _CODE, Recipient.reason, Recipient.address, Message.message_id,
    Message.mail_from, Message.header_from, Message.subject, Message.labels_json,
)  # fmt: skip


def like_pattern(text: str, match: str) -> str:
    """The pattern that `contains` looks for, by one of the `MATCHES`."""
    before, after = _EDGES[match]
    return f"{before}{pattern_of(text)[1:-1]}{after}"


def find_rows(scope: Scope, filter: ReportFilter, page: int, rows: int) -> list[ReportRow]:
    """One page of the rows that fit, newest first.

    :param page: the first one is 0.
    """
    fitting = (
        Recipient.select(*_COLUMNS)
        .join(Message)
        .where(scope.condition, filter.condition)
        .order_by(Recipient.at.desc(), Recipient.id.desc())
    )
    found: Any = fitting.limit(rows).offset(page * rows).tuples()
    return [ReportRow(*row) for row in found]


@dataclass(frozen=True)
class Counts:
    """Emails of a span of time by what became of them; each recipient is one email.

    :param queued: all that were accepted; `valid` are those of them that were not blocked.
    """

    queued: int = 0
    succeeded: int = 0
    failed: int = 0
    blocked: int = 0

    @property
    def valid(self) -> int:
        """Those that were sent."""
        return self.queued - self.blocked

    def __add__(self, other: "Counts") -> "Counts":
        pairs = zip(self._all, other._all, strict=True)
        return Counts(*(ours + theirs for ours, theirs in pairs))

    @property
    def _all(self) -> tuple[int, int, int, int]:
        return self.queued, self.succeeded, self.failed, self.blocked


def count_emails(scope: Scope, delivered: str, start: float, end: float) -> Counts:
    """The emails that were accepted from one moment up to another, in seconds since 1970.

    :param delivered: the outcome that is a success.
    """
    accepted = (
        Recipient.select(Recipient.outcome, peewee.fn.COUNT(Recipient.id))
        .join(Message)
        .where(scope.condition, Message.at >= start, Message.at < end)
    )
    rows: Any = accepted.group_by(Recipient.outcome).tuples()
    by: dict[str, int] = dict(rows)
    return Counts(sum(by.values()), by.get(delivered, 0), by.get(BOUNCED, 0), by.get(BLOCKED, 0))


def _within(column: Any, spans: Spans) -> Any:
    """As a condition: the column is within one of the spans; false if there is no span."""
    conditions = [(column >= start) & (column < end) for start, end in spans]
    return reduce(or_, conditions) if conditions else peewee.SQL("FALSE")
