"""What SendGrid's lists of suppressed addresses tell: each in the order of keys of its back end."""

from collections.abc import Callable
from typing import NamedTuple

from legacygrid.models.listed_addresses import ListedAddress
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.writers import Row


class DatedEntry(NamedTuple):
    """An entry of a list.

    :param created: since when it is there, as it is told; empty where nobody asked for it.
    """

    entry: ListedAddress
    created: str


def entry_rows(root: str, keys: tuple[str, ...]) -> Callable[[Profile], Rows]:
    """Makes what writes the entries of a list.

    :param root: the XML element of the list; that of an entry has no s at its end.
    :param keys: what is told, in this order; `created` where it was asked for.
    """

    def row(dated: DatedEntry) -> Row:
        entry, created = dated
        told = {
            "email": entry.address,
            "reason": entry.reason,
            "status": entry.status,
            "ip": entry.ip,
            "created": created,
        }
        return {key: told[key] for key in keys if key != "created" or created}

    told = {f"{key}?" if key == "created" else key: str for key in keys}
    rows = Rows(root, root.removesuffix("s"), json=row, xml=row, json_type=told)
    return lambda profile: rows


def count_rows(profile: Profile) -> Rows:
    """How many there are: a number, which the manual prints as a text."""
    told = {"count": int}
    return Rows("result", "result", json=_count, xml=_count, json_type=told, alone=True)


def _count(number: int) -> Row:
    return {"count": number}
