"""What the calls about lists of suppressed addresses take and answer."""

from collections.abc import Callable, Mapping
from typing import Any

from legacygrid.models.listed_addresses import ListedAddress
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.sendgrid_v3.fields import (
    BodyFlag,
    BodyList,
    BodyText,
    QueryInteger,
)
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.writers import Row

#: Entries of one answer, as documented; how many there are without `limit` is inferred.
MAX_PAGE = 500
#: Characters of an address (RFC 5321).
_LONGEST = 320
_LARGEST = 2**53
_OURS = inferred("the rule is documented; no source has the words")
NEITHER = Sentence("either delete_all or emails is required", _OURS)
BOTH = Sentence("delete_all and emails cannot be used together", _OURS)
SENTENCES = (NEITHER, BOTH)
_READERS: Mapping[str, Callable[[ListedAddress], Any]] = {
    "created": lambda entry: int(entry.at),
    "email": lambda entry: entry.address,
    "ip": lambda entry: entry.ip,
    "reason": lambda entry: entry.reason,
    "status": lambda entry: entry.status,
}


def listed(profile: Profile) -> Params:
    """GET suppression/LIST."""
    return {
        "start_time": QueryInteger(0, _LARGEST),
        "end_time": QueryInteger(0, _LARGEST),
        "limit": QueryInteger(1, MAX_PAGE),
        "offset": QueryInteger(0, _LARGEST),
        "email": BodyText(_LONGEST),
    }


def deleted(profile: Profile) -> Params:
    """DELETE suppression/LIST."""
    return {"delete_all": BodyFlag(), "emails": BodyList(BodyText(required=True))}


def named(profile: Profile) -> Params:
    """GET or DELETE of one address."""
    return {"email": BodyText(_LONGEST, required=True)}


def added(profile: Profile) -> Params:
    """POST asm/suppressions/global."""
    return {"recipient_emails": BodyList(BodyText(_LONGEST, required=True), required=True)}


def entry_rows(keys: tuple[str, ...]) -> Callable[[Profile], Rows]:
    """Makes what writes the entries of a list.

    :param keys: what is told of each, in this order.
    """

    def write(entries: list[ListedAddress]) -> list[Row]:
        return [{key: _READERS[key](entry) for key in keys} for entry in entries]

    return make_rows(write, [{key: int if key == "created" else str for key in keys}])


added_rows = make_rows(
    lambda addresses: {"recipient_emails": addresses}, {"recipient_emails": [str]}
)
#: An address that is not on the list is documented to be an empty object.
global_rows = make_rows(
    lambda address: {"recipient_email": address} if address else {}, {"recipient_email?": str}
)
