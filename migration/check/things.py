"""What two runs are compared by: things with names and fields, whatever they were read from."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from legacygrid.migration.check.logins import fields_of_login, kind_of_login

#: Members of a state that differ from run to run, or that follow from what is compared elsewhere:
#: hashes are salted, numbers and moments are the store's own, statistics count the mail.
_LEFT_OUT = frozenset(
    (
        "token",
        "expires",
        "id",
        "created",
        "created_at",
        "updated_at",
        "key_hash",
        "password_hash",
        "statistics",
    )
)
#: By the member of a state that lists them: what such a thing is called, and which of its fields
#: tell it from others.
_LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "accounts": ("account", ("username",)),
    "subusers": ("subuser", ("username",)),
    "credentials": ("credential", ("name",)),
    "keys": ("API key", ("label",)),
    "mail_domains": ("mail domain", ("domain",)),
    "monitors": ("monitor", ("name",)),
    "parse": ("parse hostname", ("hostname",)),
    "invitations": ("teammate", ("email",)),
    "suppressions": ("suppressed address", ("kind", "email")),
}
#: Kinds that are compared by what they may do.
_LOGINS = ("credential", "API key")
#: What tells things of a list apart that is not named above.
_USUAL_NAMES = ("name", "username", "email", "hostname", "label", "url")
#: How a state says that nothing is set.
UNSET: tuple[Any, ...] = (None, "", False, 0, ())


class Thing(NamedTuple):
    """Something that is compared.

    :param kind: of what sort it is, such as `subuser`.
    :param name: what tells it from others of its kind.
    :param fields: its values; one that is not set is not there.
    :param owner: the account that it belongs to.
    """

    kind: str
    name: str
    fields: Mapping[str, Any]
    owner: str = ""

    @property
    def title(self) -> str:
        """What a person calls it."""
        return f"{self.kind} {self.name}"


def things_of_state(state: Mapping[str, Any]) -> list[Thing]:
    """The things in a state, as the control API has it (see docs/seeds.md)."""
    return list(_read_list("accounts", state.get("accounts", ()), ""))


def _read_list(member: str, rows: Any, owner: str) -> Iterator[Thing]:
    kind, names = _LISTS.get(member, (member, ()))
    seen: dict[str, int] = {}
    for row in rows:
        entry = row if isinstance(row, Mapping) else {names[0] if names else "name": row}
        if "removed" in entry:
            continue  # As if it had never been there.
        name = _name(entry, names)
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name = f"{name} ({seen[name]})"
        yield from _read_entry(kind, name, entry, owner)


def _name(entry: Mapping[str, Any], names: tuple[str, ...]) -> str:
    given = [str(entry[name]) for name in names or _USUAL_NAMES if entry.get(name)]
    return " ".join(given if names else given[:1]) or "without a name"


def _read_entry(kind: str, name: str, entry: Mapping[str, Any], owner: str) -> Iterator[Thing]:
    """A thing, and those that are listed within it."""
    if kind in _LOGINS and (login := kind_of_login(entry)):
        yield Thing(login, f"{name} of {owner}", dict(fields_of_login(entry)), owner)
        return
    is_account = kind in ("account", "subuser")
    fields: dict[str, Any] = {}
    lists: dict[str, Any] = {}
    for member, value in entry.items():
        if member in _LEFT_OUT:
            continue
        if _lists_things(member, value):
            lists[member] = value
        else:
            fields.update(flatten(member, value))
    shown = name if is_account or not owner else f"{name} of {owner}"
    yield Thing(kind, shown, fields, name if is_account else owner)
    for member, value in lists.items():
        yield from _read_list(member, value, name)


def _lists_things(member: str, value: Any) -> bool:
    if not isinstance(value, list):
        return False
    return member in _LISTS or any(isinstance(each, Mapping) for each in value)


def flatten(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a member: those of an object by dotted names; none where nothing is set."""
    if isinstance(value, Mapping):
        for inner, each in value.items():
            yield from flatten(f"{name}.{inner}", each)
    elif isinstance(value, list | tuple):
        if value:
            yield name, tuple(sorted(map(str, value)))
    elif value is False or value not in UNSET:
        yield name, value
