"""What mail/send answers to a mail that is accepted."""

from typing import Any, NamedTuple

from legacygrid.serializers.answers import NO_BODY, AnswerTypes
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.rows import Rows
from legacygrid.wsgi.answer import Answer


class MailReceipt(NamedTuple):
    """A mail that is accepted.

    :param message_id: by which the outside knows it, and all mails of its call.
    :param is_sandboxed: it was checked, and goes to nobody.
    """

    message_id: str
    is_sandboxed: bool = False


def receipt(
    dialect: Dialect, rows: Rows | None, result: Any, format: str, status: int = 202
) -> Answer:
    """The answer without a body: recorded in 2020 and 2022, when it had no Content-Type, either.

    :param result: the receipt.
    """
    accepted: MailReceipt = result
    if accepted.is_sandboxed:
        return Answer(200, dialect.common_headers, b"")
    return Answer(status, {"X-Message-Id": accepted.message_id, **dialect.common_headers}, b"")


def describe_receipt(rows: Rows | None, status: int) -> AnswerTypes:
    """What `receipt` writes: nothing, also of mail that is only checked."""
    return {status: NO_BODY, 200: NO_BODY}
