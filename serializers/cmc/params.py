"""The parameters of each operation of Customers Mail Cloud, in the order of its pages where these
are known.
"""

from typing import Any

from marshmallow.fields import Field

from legacygrid.models.audit_log import TYPES
from legacygrid.models.reports import MATCHES
from legacygrid.serializers.cmc.fields import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarDay,
    Code,
    OneOf,
    OnOff,
    WholeNumber,
    Word,
)
from legacygrid.serializers.cmc.mail import Charset, HeaderList, Mailboxes, UploadedFile
from legacygrid.serializers.cmc.rows import STATUSES
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile

#: Rows of a page; addresses of a header, and of the `to` of a bulk mail; files.
MOST_ROWS = 100
MOST_ADDRESSES, MOST_BULK = 10, 1000
MOST_FILES = 10
#: Letters of a subject, and of the text of a mail: the body of a call has a limit of its own.
SUBJECT, TEXT = 2000, 2**22


def _listing(**own: Field[Any]) -> Params:
    """Of every list: whose server, and which page."""
    return {
        "server_composition": Word(required=True),
        **own,
        "p": WholeNumber(0, 1_000_000),
        "r": WholeNumber(1, MOST_ROWS),
    }


def _mail() -> dict[str, Field[Any]]:
    return {
        "from": Word(),
        "to": Word(),
        "api_data": Word(),
        "search_option": OneOf(MATCHES),
        "hour": WholeNumber(0, 23),
        "minute": WholeNumber(0, 59),
    }


def bounces(profile: Profile) -> Params:
    """bounces/list."""
    return _listing(
        **_mail(),
        status=Code(),
        start_date=CalendarDay(),
        end_date=CalendarDay(),
        date=CalendarDay(),
    )


def deliveries(profile: Profile) -> Params:
    """deliveries/list."""
    return _listing(**_mail(), status=OneOf(tuple(STATUSES)), date=CalendarDay(required=True))


def statistics(profile: Profile) -> Params:
    """statistics/list."""
    return {
        "year": WholeNumber(FIRST_YEAR, LAST_YEAR, required=True),
        "month": WholeNumber(1, 12, required=True),
        "server_composition": Word(),
        "total": OnOff(),
    }


def suppressions(profile: Profile) -> Params:
    """blocks/list and unsubscribes/list."""
    return _listing(email=Word(), start_date=CalendarDay(), end_date=CalendarDay(), removed=OnOff())


def download(profile: Profile) -> Params:
    """blocks/download and unsubscribes/download."""
    return {name: field for name, field in suppressions(profile).items() if name not in ("p", "r")}


def cancel(profile: Profile) -> Params:
    """blocks/cancel and unsubscribes/cancel."""
    return {
        "server_composition": Word(required=True),
        "email": Word(),
        "id": WholeNumber(1, 2**63 - 1),
    }


def audit(profile: Profile) -> Params:
    """auditlogs/list."""
    return {
        **audit_download(profile),
        "p": WholeNumber(0, 1_000_000),
        "r": WholeNumber(1, MOST_ROWS),
    }


def audit_download(profile: Profile) -> Params:
    """auditlogs/download."""
    return {
        "type": OneOf(TYPES, required=True),
        "account": Word(),
        "start_date": CalendarDay(),
        "end_date": CalendarDay(),
    }


def send(profile: Profile) -> Params:
    """emails/send."""
    return _mail_to(MOST_ADDRESSES, copies=MOST_ADDRESSES) | {
        "attachments": WholeNumber(0, MOST_FILES),
        **{f"attachment{number}": UploadedFile() for number in range(1, MOST_FILES + 1)},
    }


def bulk(profile: Profile) -> Params:
    """emails/bulk: many recipients, no files, and nobody who gets a copy of each mail."""
    return _mail_to(MOST_BULK, copies=0)


def _mail_to(most: int, copies: int) -> dict[str, Field[Any]]:
    return {
        "to": Mailboxes(most, required=True),
        "cc": Mailboxes(copies),
        "bcc": Mailboxes(copies),
        "from": Mailboxes(1, required=True),
        "replyto": Mailboxes(1),
        "subject": Word(SUBJECT, required=True),
        "text": Word(TEXT),
        "html": Word(TEXT),
        "charset": Charset(),
        "envfrom": Mailboxes(1),
        "headers": HeaderList(),
        "api_data": Word(),
    }
