"""What Customers Mail Cloud answers with: lists, each with the documented keys alone; a client
throws on others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from typing import Any, NamedTuple

from legacygrid.models.audit_log import AuditEntry
from legacygrid.models.message import BLOCKED, BOUNCED, DEFERRED, DELIVERED, SANDBOXED
from legacygrid.models.reports import Counts, ReportRow
from legacygrid.models.suppression import Suppression
from legacygrid.serializers import answers
from legacygrid.serializers.answers import AnswerTypes
from legacygrid.serializers.cmc.zones import Zone
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.json_types import JsonType, Literals
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.writers import Row, xml
from legacygrid.wsgi.answer import Answer

#: The outcomes behind each status of a delivery. What a sandbox holds was taken in and goes
#: nowhere.
STATUSES: Mapping[str, tuple[str, ...]] = {
    "queued": (SANDBOXED,),
    "succeeded": (DELIVERED,),
    "failed": (BOUNCED, BLOCKED),
    "deferred": (DEFERRED,),
}
_STATUS_OF = {outcome: status for status, outcomes in STATUSES.items() for outcome in outcomes}


class ZonedRecord(NamedTuple):
    """A record, and the time zone that its moments are written in."""

    record: Any
    zone: Zone


@dataclass(frozen=True)
class Listing:
    """What a handler returns: the records of a list, and for whom they are written.

    :param filename: of a download, without suffix.
    """

    zone: Zone
    records: Iterable[Any] = field(repr=False)
    filename: str = ""


class DayCounts(NamedTuple):
    """The statistics of a day; without one, of all days together."""

    date: date | None
    counts: Counts


def _texts(*keys: str) -> dict[str, JsonType]:
    return dict.fromkeys(keys, str)


def bounces(profile: Profile) -> Rows:
    """Mail that was not delivered; `status` is why, by number."""
    return _rows("bounces", "bounce", lambda zoned: _logged(zoned, str(zoned.record.code)), _LOGGED)


def deliveries(profile: Profile) -> Rows:
    """Mail and what became of it, by the keys of bounces."""
    return _rows(
        "deliveries",
        "delivery",
        lambda zoned: _logged(zoned, _STATUS_OF[zoned.record.outcome]),
        {**_LOGGED, "status": Literals(tuple(STATUSES))},
    )


_LOGGED = _texts(
    "created", "status", "from", "to", "messageId", "returnPath", "subject", "apiData", "reason"
)


def _logged(zoned: ZonedRecord, status: str) -> Row:
    record: ReportRow = zoned.record
    return {
        "created": zoned.zone.format(record.at),
        "status": status,
        "from": record.sender,
        "to": record.to,
        "messageId": record.message_id,
        "returnPath": record.return_path,
        "subject": record.subject,
        "apiData": record.api_data,
        "reason": record.reason,
    }


def statistics(profile: Profile) -> Rows:
    """Emails by day."""
    counted = ("queued", "succeeded", "failed", "blocked", "valid")
    return _rows(
        "statistics", "statistic", _statistic, {"date": str, **dict.fromkeys(counted, int)}
    )


def _statistic(zoned: ZonedRecord) -> Row:
    day: DayCounts = zoned.record
    counts = day.counts
    return {
        "date": day.date.isoformat() if day.date else "total",
        "queued": counts.queued,
        "succeeded": counts.succeeded,
        "failed": counts.failed,
        "blocked": counts.blocked,
        "valid": counts.valid,
    }


def blocks(profile: Profile) -> Rows:
    """Blocked addresses."""
    return _rows("blocks", "block", _block, _texts("created", "email", "id", "occurred", "status"))


def _block(zoned: ZonedRecord) -> Row:
    entry: Suppression = zoned.record
    at = zoned.zone.format(entry.at)
    return {
        "created": at,
        "email": entry.address,
        "id": str(entry.id),
        "occurred": at,
        "status": str(entry.code),
    }


def unsubscribes(profile: Profile) -> Rows:
    """Unsubscribed addresses."""
    return _rows("unsubscribes", "unsubscribe", _unsubscribe, _texts("created", "email", "id"))


def _unsubscribe(zoned: ZonedRecord) -> Row:
    entry: Suppression = zoned.record
    return {"created": zoned.zone.format(entry.at), "email": entry.address, "id": str(entry.id)}


def loginlogs(profile: Profile) -> Rows:
    """Entries of the audit log; the root is that of log-ins for both types."""
    return _rows(
        "loginlogs",
        "loginlog",
        _entry,
        _texts("account", "code", "created", "ipaddress", "reason", "result"),
    )


def _entry(zoned: ZonedRecord) -> Row:
    entry: AuditEntry = zoned.record
    return {
        "account": entry.account,
        "code": entry.code,
        "created": zoned.zone.format(entry.at),
        "ipaddress": entry.address,
        "reason": entry.reason,
        "result": entry.result,
    }


def _rows(root: str, item: str, row: Any, json_type: JsonType) -> Rows:
    return Rows(root, item, json=row, xml=row, json_type=json_type)


def describe_list(rows: Rows, status: int) -> AnswerTypes:
    """What the JSON looks like that `answer` writes."""
    return {status: {rows.root: [rows.json_type]}}


def answer(dialect: Dialect, rows: Rows, result: Listing, format: str, status: int = 200) -> Answer:
    """A list under its plural; a short one has a length, a long one leaves as it is read."""
    records = (ZonedRecord(record, result.zone) for record in result.records)
    chunks = iter(
        _xml(dialect, rows, records) if format == "xml" else _json(dialect, rows, records)
    )
    # What fails before the first bytes leave is still a refusal.
    head = list(islice(chunks, 4))
    body: Any = b"".join(head) if len(head) < 4 else chain(head, chunks)
    response = answers.respond(dialect, format, status, body)
    if result.filename:
        response.headers["Content-Disposition"] = (
            f'attachment; filename="{result.filename}.{format}"'
        )
    return response


def _xml(dialect: Dialect, rows: Rows, records: Iterator[ZonedRecord]) -> Iterator[bytes]:
    return rows.to_xml(dialect.declaration, records)


def _json(dialect: Dialect, rows: Rows, records: Iterator[ZonedRecord]) -> Iterator[bytes]:
    yield f'{{"{rows.root}":'.encode()
    yield from rows.to_json(dialect.write_json, dialect.separator, records)
    yield b"}"


def describe_sent(rows: Rows | None, status: int) -> AnswerTypes:
    """What the JSON looks like that `sent` writes."""
    return {status: {"id": str}}


def sent(
    dialect: Dialect, rows: Rows | None, result: Any, format: str, status: int = 200
) -> Answer:
    """`{"id":"..."}`."""
    if format == "xml":
        return answers.respond(dialect, format, status, xml(dialect.declaration, "result", result))
    return answers.respond(dialect, format, status, dialect.write_json(result))
