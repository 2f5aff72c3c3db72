"""All that is in a world, as a seed for another one; secrets as hashes only."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from legacygrid.models.account import OWN, Account
from legacygrid.models.api_key import ApiKey
from legacygrid.models.login import OWNER, Login, permissions_of
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.names import SEPARATOR
from legacygrid.models.settings import load, to_json
from legacygrid.serializers.login_kinds import LoginKind
from legacygrid.serializers.seeds import VERSION

Row = Mapping[str, Any]


def export(kinds: Sequence[LoginKind], world: str = "") -> dict[str, Any]:
    """Everything in a world; call it in a transaction, for one picture of it all.

    :param kinds: of further logins; the first is that of a login for which a seed names none.
    """
    return {"version": VERSION, "accounts": _World(kinds[0], world).list_accounts(None)}


class _World:
    """All rows of a world, each table read once.

    :param default: the kind of logins that needs no name, and whose settings are left out where
        none of them is set.
    """

    def __init__(self, default: LoginKind, world: str) -> None:
        self.default = default.name
        self.unset = to_json(default.blank().settings)
        accounts: Any = Account.select().where(Account.world == world).order_by(Account.id)
        self.children = _group(accounts.dicts(), "parent")
        logins = list(_select_rows(Login, world, Login.number))
        self.owners = {row["account"]: row for row in logins if row["kind"] == OWNER}
        self.credentials = _group((row for row in logins if row["kind"] != OWNER), "account")
        self.keys = _group(_select_rows(ApiKey, world, ApiKey.id), "account")
        self.domains = _group(_select_rows(MailDomain, world, MailDomain.id), "account")

    def list_accounts(self, parent: int | None) -> list[dict[str, Any]]:
        """The accounts under a parent, or the primary ones."""
        return [self._account_to_json(row) for row in self.children[parent]]

    def _account_to_json(self, account: Row) -> dict[str, Any]:
        number = account["id"]
        owner = self.owners[number]
        row: dict[str, Any] = {"username": owner["name"], "password_hash": owner["secret"]}
        row |= {name: account[name] for name in OWN}
        row["credentials"] = list(map(self._login_to_json, self.credentials[number]))
        row["keys"] = list(map(_key_to_json, self.keys[number]))
        if account["parent"] is not None:
            return row | {"mail_domain": account["mail_domain"]}
        row["mail_domains"] = [each["domain"] for each in self.domains[number]]
        row["subusers"] = self.list_accounts(number)
        return row

    def _login_to_json(self, login: Row) -> dict[str, Any]:
        return {
            "id": login["number"],
            "name": login["name"],
            "password_hash": login["secret"],
            **self._kind_to_json(login),
            "permissions": permissions_of(login),
            "created_at": _moment(login["created_at"]),
            "updated_at": _moment(login["updated_at"]),
        }

    def _kind_to_json(self, login: Row) -> dict[str, Any]:
        """What differs from an ordinary login of the default kind."""
        row: dict[str, Any] = {} if login["kind"] == self.default else {"kind": login["kind"]}
        row |= {} if login["enabled"] else {"enabled": False}
        row |= {"description": login["description"]} if login["description"] else {}
        settings = to_json(load(login["kind"], login["settings_json"]))
        return row | ({"settings": settings} if settings not in ({}, self.unset) else {})


def _select_rows(model: Any, world: str, order: Any) -> Any:
    return model.select().join(Account).where(Account.world == world).order_by(order).dicts()


def _group(rows: Iterable[Row], key: str) -> defaultdict[Any, list[Row]]:
    groups: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def _key_to_json(key: Row) -> dict[str, Any]:
    calls = {"calls": json.loads(key["calls_json"])} if key["calls_json"] else {}
    return {"label": key["label"], "key_hash": key["digest"].rpartition(SEPARATOR)[2]} | calls


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
