"""What is said of each record of a list, and how the list is called in XML."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from legacygrid.models.account import ProfileRecord
from legacygrid.models.credits import Limit
from legacygrid.models.login import BITS, Login
from legacygrid.models.row_texts import WORDS, TextPages
from legacygrid.serializers.json_types import JsonType, Literals
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.writers import (
    JsonWriter,
    Row,
    deep_xml,
    json_pages,
    json_rows,
    python_json,
    xml_pages,
    xml_rows,
)


class Rows(NamedTuple):
    """How the records of a list are written.

    :param root: the XML element of the list; `item` that of each record, empty where its children
        stand in the list itself.
    :param json: the JSON object of one record; `xml` the children of its element.
    :param json_type: what the JSON of one record looks like.
    :param alone: one record that a call names is written without a list around it.
    :param single: what a handler returns is one record, whatever it is; `item` is its element.
    :param is_deep: a row of XML is more or less than elements with texts: one of them holds a list,
        or is not in each row, or the row is a text itself.
    :param closes: the element of such a row that is written `<users/>` where it is empty.
    :param keys: the columns of which a row has the values and nothing else, if it is of such; a
        list that is read in pages of texts is written in half of the time.
    :param member: the JSON is an object with the list under that name; for lists in hand.
    :param others: what writes a result of another type, by that type.
    :param status: the HTTP status, where it is another one than its task's.
    :param declaration: of XML, where it has another one than its dialect.
    """

    root: str
    item: str
    json: Callable[[Any], Any]
    xml: Callable[[Any], Any]
    json_type: JsonType = object
    alone: bool = False
    single: bool = False
    is_deep: bool = False
    closes: str = ""
    keys: tuple[str, ...] = ()
    member: str = ""
    others: Mapping[type, Any] = MappingProxyType({})
    declaration: str = ""
    status: int = 0

    def of(self, result: Any) -> "Rows":
        """What writes a result."""
        found: Rows = self.others.get(type(result), self)
        return found

    def to_json(self, write: JsonWriter, separator: str, records: Iterable[Any]) -> Iterator[bytes]:
        """The list as JSON, as it is read."""
        if self.keys and isinstance(records, TextPages):
            return json_pages(write, separator, self.keys, records, self.json)
        return json_rows(write, separator, map(self.json, records))

    def to_xml(self, declaration: str, records: Iterable[Any]) -> Iterator[bytes]:
        """The list as XML, as it is read."""
        declaration = self.declaration or declaration
        if self.is_deep:
            rows = list(map(self.xml, records))
            return iter([deep_xml(declaration, self.root, self.item, rows, self.closes)])
        if self.keys and isinstance(records, TextPages):
            return xml_pages(declaration, self.root, self.item, self.keys, records, self.xml)
        return xml_rows(declaration, self.root, self.item, map(self.xml, records))


_FLAGS = frozenset({"active", "website_access"})
#: Recorded, in this order.
KEYS_14 = tuple(name for name in ProfileRecord._fields if name != "company")
#: Printed by every version of the manual.
KEYS_12 = tuple(name for name in KEYS_14 if name not in ("address2", "website_access"))


def profile_rows(profile: Profile) -> Rows:
    """Subusers, or the account itself: strings all, the switches as `true` and `false`."""
    keys = KEYS_14 if profile.profile_keys == "14" else KEYS_12
    places = [(key, ProfileRecord._fields.index(key), key in _FLAGS) for key in keys]

    def row(record: ProfileRecord) -> Row:
        return {
            key: WORDS[bool(record[place])] if is_flag else record[place]
            for key, place, is_flag in places
        }

    told = {key: Literals(WORDS) if key in _FLAGS else str for key in keys}
    return Rows("users", "user", json=row, xml=row, json_type=told, keys=keys)


def limit_rows(profile: Profile) -> Rows:
    """The credits of a subuser, as texts."""
    alone = profile.limit_retrieve == "object"
    return Rows("credits", "", json=_limit, xml=_limit, json_type=_LIMIT, alone=alone)


_LIMIT = {"credit": str, "credit_remain": str, "last_reset": str}


def _limit(limit: Limit) -> Row:
    return {
        "credit": str(limit.credit),
        "credit_remain": str(limit.remain),
        "last_reset": limit.last_reset,
    }


def credential_rows(profile: Profile) -> Rows:
    """The credentials of an account; only the permission bits that were given are shown."""
    # Asked for one username, the recorded client reads an array; a page of the manual prints the
    # object.
    alone = profile.credentials_get == "object"
    return Rows(
        "credentials",
        "credential",
        json=_credential,
        xml=_credential_xml,
        json_type=_CREDENTIAL,
        alone=alone,
    )


_CREDENTIAL = {"id": int, "name": str, "permissions": {f"{bit}?": int for bit in BITS}}


def _credential(login: Login) -> Row:
    return {"id": login.number, "name": login.name, "permissions": login.permissions()}


def _credential_xml(login: Login) -> Row:
    # The printed sample holds the permissions as JSON text.
    return {
        "created_at": timestamp(login.created_at),
        "permissions": python_json(login.permissions()),
        "id": login.number,
        "name": login.name,
        "updated_at": timestamp(login.updated_at),
    }


def timestamp(seconds: int) -> str:
    """A moment as the real service wrote it: `2013-01-21 16:52:01`. The manual: timestamps are
    Pacific time.
    """
    from zoneinfo import ZoneInfo

    pacific = ZoneInfo("America/Los_Angeles")
    return datetime.fromtimestamp(seconds, UTC).astimezone(pacific).strftime("%Y-%m-%d %H:%M:%S")
