"""All that is in a world, as a seed for another one; secrets as hashes only."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from legacygrid.harness.export_members import (
    describe_domain,
    find_owners,
    iso_moment,
    members_of,
)
from legacygrid.models.account import FLAGS, OWN, RARE
from legacygrid.models.login import permissions_of
from legacygrid.models.names import SEPARATOR
from legacygrid.models.settings import load, to_json
from legacygrid.models.world_pages import COLUMNS, AccountPage, Belongings, Row, WorldPages
from legacygrid.serializers.layouts import Layout, RowLayout
from legacygrid.serializers.login_kinds import LoginKind
from legacygrid.serializers.seeds import VERSION

_TEXTS = tuple(name for name in OWN if name not in FLAGS)
#: Of a subuser, in the order of a seed.
_KEYS = ("username", "password_hash", *OWN, "credentials", "keys", "mail_domain")
#: Of a switch that is off, and of one that is on.
_WORDS = ("false", "true")


def export(
    kinds: Sequence[LoginKind],
    layout: Layout,
    world: str = "",
    tell: Callable[[int], object] = lambda done: None,
) -> Iterator[str]:
    """Everything in a world, as the pieces of one JSON document; read them in one snapshot of the
    store, for one picture of it all.

    :param kinds: of further logins; the first is that of a login for which a seed names none.
    :param tell: called with how many accounts were written since.
    """
    accounts = _Writer(kinds[0], layout, WorldPages(world), tell).write_primaries()
    return layout.with_list({"version": VERSION}, "accounts", accounts)


class _Writer:
    """Writes accounts.

    :param default: the kind of logins that needs no name, and whose settings are left out where
        none of them is set.
    :param tell: called with how many accounts were written since.
    """

    def __init__(
        self,
        default: LoginKind,
        layout: Layout,
        pages: WorldPages,
        tell: Callable[[int], object],
    ) -> None:
        self.tell = tell
        self.default = default.name
        self.unset = to_json(default.blank().settings)
        self.layout = layout
        self.pages = pages
        self.rows = RowLayout(layout, _KEYS, ("username", "password_hash", *_TEXTS, "mail_domain"))

    def write_primaries(self) -> Iterator[Iterator[str]]:
        """Each primary account, with all that is its own."""
        for page in self.pages.list_primaries():
            for row in page.rows:
                account: Row = dict(zip(COLUMNS, row, strict=True))
                subusers = self._write_subusers(account["id"], page)
                yield self.layout.with_list(
                    self._primary_to_json(account, page), "subusers", subusers
                )
                self.tell(1)

    def _primary_to_json(self, account: Row, page: AccountPage) -> Row:
        number = account["id"]
        return {
            "username": account["username"],
            "password_hash": account["secret"],
            **{name: account[name] for name in OWN},
            **{name: bool(account[name]) for name in FLAGS},
            "credentials": list(map(self._login_to_json, page.of("login", number))),
            "keys": list(map(_key_to_json, page.of("api_key", number))),
            "mail_domains": list(map(describe_domain, page.of("mail_domain", number))),
            **members_of(number, account, page, {}),
        }

    def _write_subusers(self, parent: int, parents: AccountPage) -> Iterator[list[str]]:
        monitors = {row["id"]: row["name"] for row in parents.of("monitor", parent)}
        for page in self.pages.list_subusers(parent):
            columns: dict[str, Any] = dict(zip(COLUMNS, zip(*page.rows, strict=True), strict=True))
            columns["password_hash"] = columns["secret"]
            for name in FLAGS:
                columns[name] = [_WORDS[bool(value)] for value in columns[name]]
            numbers = columns["id"]
            logins, keys = page.all_of("login"), page.all_of("api_key")
            columns["credentials"] = self._write_lists(numbers, logins, self._login_to_json)
            columns["keys"] = self._write_lists(numbers, keys, _key_to_json)
            rare = {name: columns[name] for name in RARE}
            further = self._write_further(numbers, rare, page, monitors)
            yield [self.rows.fill(columns, further)]
            self.tell(len(numbers))

    def _write_lists(
        self, numbers: Sequence[int], belongings: Belongings, describe: Callable[[Row], Any]
    ) -> list[str]:
        """The list of each account; most have none."""
        written = ["[]"] * len(numbers)
        for number, rows in belongings.items():
            written[numbers.index(number)] = self.layout.member(list(map(describe, rows)))
        return written

    def _write_further(
        self,
        numbers: Sequence[int],
        rare: Mapping[str, Sequence[str]],
        page: AccountPage,
        monitors: Mapping[int, str],
    ) -> list[str]:
        """The further members of each account; most have none."""
        written = [""] * len(numbers)
        owners = find_owners(page)
        if owners or any(map(any, rare.values())):
            for place, number in enumerate(numbers):
                own = {name: column[place] for name, column in rare.items()}
                if number in owners or any(own.values()):
                    members = members_of(number, own, page, monitors)
                    written[place] = self.layout.further(members)
        return written

    def _login_to_json(self, login: Row) -> dict[str, Any]:
        return {
            "id": login["number"],
            "name": login["name"],
            "password_hash": login["secret"],
            **self._kind_to_json(login),
            "permissions": permissions_of(login),
            "created_at": iso_moment(login["created_at"]),
            "updated_at": iso_moment(login["updated_at"]),
        }

    def _kind_to_json(self, login: Row) -> dict[str, Any]:
        """What differs from an ordinary login of the default kind."""
        row: dict[str, Any] = {} if login["kind"] == self.default else {"kind": login["kind"]}
        row |= {} if login["enabled"] else {"enabled": False}
        row |= {"description": login["description"]} if login["description"] else {}
        settings = to_json(load(login["kind"], login["settings_json"]))
        return row | ({"settings": settings} if settings not in ({}, self.unset) else {})


def _key_to_json(key: Row) -> dict[str, Any]:
    calls = {"calls": json.loads(key["calls_json"])} if key["calls_json"] else {}
    # A seed makes one for a key without.
    number = {"id": key["key_id"]} if key["key_id"] else {}
    digest = key["digest"].rpartition(SEPARATOR)[2]
    return {"label": key["label"], **number, "key_hash": digest} | calls
