"""Answers as HTTP responses: success, a list, a refusal; each in the dialect's words and the asked
format.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from legacygrid.reasons import Reason
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.json_types import JsonType, Literals
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.shapes import Document, XmlDocument
from legacygrid.serializers.writers import xml
from legacygrid.wsgi.answer import Answer

#: What an answer looks like that has no body.
NO_BODY = object()
#: What answers look like, by their status.
AnswerTypes = Mapping[int, JsonType]


def answer(
    dialect: Dialect, rows: Rows | None, result: Any, format: str, status: int = 200
) -> Answer:
    """What a handler of SendGrid's returned: records where the operation declares rows, else
    success.
    """
    if rows is None:
        return success(dialect, format, result if isinstance(result, Counted) else None)
    return listing(dialect, format, rows.of(result), result)


def describe_answer(rows: Rows | None, status: int) -> AnswerTypes:
    """What the JSON looks like that `answer` writes."""
    return {200: _describe_listing(rows) if rows else {"message": Literals(("success",))}}


def _describe_listing(rows: Rows) -> JsonType:
    whole: JsonType = [rows.json_type]
    if rows.single:
        whole = rows.json_type
    elif rows.alone:
        whole = (rows.json_type, whole)
    elif rows.member:
        whole = {rows.member: whole}
    return (whole, *map(_describe_listing, rows.others.values()))


@dataclass(frozen=True)
class Counted:
    """Success of credentials/add, edit and remove: their XML has a number, their JSON has none."""

    number: int


def success(dialect: Dialect, format: str, counted: Counted | None) -> Answer:
    """`{"message":"success"}`, `<result><message>success</message></result>` or
    `<result><count>4</count></result>`.
    """
    done = {"message": "success"}
    return _document(dialect, format, 200, done, {"count": counted.number} if counted else done)


def refusal(dialect: Dialect, reason: Reason, operation: str, format: str) -> Answer:
    """What the dialect says of the reason."""
    status, json, xml_document = dialect.refusal(reason, operation)
    response = _document(dialect, format, status, json, xml_document)
    response.headers.update(dialect.saying(type(reason), operation).headers)
    return response


def document(
    dialect: Dialect, rows: Rows | None, result: Any, format: str, status: int = 200
) -> Answer:
    """What a handler returned, as one JSON document; nothing, where the status says so."""
    if status == 204:
        return Answer(status, dialect.common_headers, (), dialect.has_capitals)
    return respond(
        dialect,
        "json",
        rows.status if rows and rows.status else status,
        dialect.write_json(dialect.envelope(rows.json(result) if rows else result)),
    )


def describe_document(rows: Rows | None, status: int) -> AnswerTypes:
    """What the JSON looks like that `document` writes."""
    if rows is None:
        return {status: NO_BODY if status == 204 else object}
    return {rows.status or status: rows.json_type}


def listing(dialect: Dialect, format: str, rows: Rows, records: Any) -> Answer:
    """A list of records, or one record.

    A short list has a `Content-Length`; a long one leaves as it is read.
    """
    if rows.single or not isinstance(records, list | Iterable):
        if rows.single or rows.alone:
            return _alone(dialect, format, rows, records)
        records = [records]
    if isinstance(records, list) and format == "json":
        # What is in hand already is written at once.
        written: Any = list(map(rows.json, records))
        written = {rows.member: written} if rows.member else written
        return respond(dialect, format, 200, dialect.write_json(written))
    if format == "xml":
        chunks = rows.to_xml(dialect.declaration, records)
    else:
        chunks = rows.to_json(dialect.write_json, dialect.separator, records)
    # What fails before the first bytes leave is still a refusal, so the first chunk is made here.
    head = list(islice(chunks, 2))
    body: Any = head[0] if len(head) == 1 else chain(head, chunks)
    return respond(dialect, format, 200, body)


def _alone(dialect: Dialect, format: str, rows: Rows, record: Any) -> Answer:
    if format == "xml":
        root = rows.item or rows.root
        return respond(dialect, format, 200, xml(dialect.declaration, root, rows.xml(record)))
    return respond(dialect, format, 200, dialect.write_json(rows.json(record)))


def _document(
    dialect: Dialect, format: str, status: int, json: Document, xml_document: XmlDocument
) -> Answer:
    if format == "xml" and dialect.xml_headers:
        return respond(
            dialect, format, status, xml(dialect.declaration, dialect.root, xml_document)
        )
    return respond(dialect, "json", status, dialect.write_json(json))


def respond(dialect: Dialect, format: str, status: int, body: Any) -> Answer:
    """An answer of bytes or text, or of chunks that are made as they leave."""
    return Answer(status, dialect.headers(format), body, dialect.has_capitals)
