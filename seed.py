"""Puts accounts into the store: one format, all or nothing."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError

from legacygrid import reasons
from legacygrid.config import Settings
from legacygrid.grid import Grid
from legacygrid.models import credentials, start, subusers
from legacygrid.models.account import OWN, Account, within
from legacygrid.models.api_key import ApiKey
from legacygrid.models.login import OWNER, Login, name_key
from legacygrid.models.lookup import find_login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.secrets import Secrets, key_digest
from legacygrid.serializers.seeds import VERSION, complaints, forbidden, key_schema, schema


class SeedError(reasons.SetupError):
    """A seed is refused, and nothing of it was stored; the message is for a person, each part about one thing."""

    def __init__(self, *parts: str) -> None:
        super().__init__("; ".join(parts))
        self.parts = parts


@dataclass
class Planted:
    """What a seed did: how many accounts, credentials and keys were added, how many were there."""

    added: int = 0
    there: int = 0


def plant(grid: Grid, settings: Settings) -> None:
    """Everything that the settings bring: demonstration, seed file, accounts, keys. What exists is left as it is.

    :raises SeedError: something of it is refused.
    """
    if settings.demo:
        sow(grid, demo())
    if settings.seed:
        sow(grid, read(settings.seed))
    if settings.accounts:
        sow(grid, {"version": VERSION, "accounts": [account(*pair) for pair in settings.accounts]})
    for name, key in settings.keys:
        register(grid, name, key)


def demo() -> dict[str, Any]:
    """The shipped demonstration."""
    document: dict[str, Any] = json.loads(resources.files("legacygrid.fixtures").joinpath("demo.json").read_text())
    return document


def read(path: Path) -> Any:
    """The document in a seed file.

    :raises SeedError: it is no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SeedError(f"{path}: {error}") from None


def account(name: str, secret: str) -> dict[str, str]:
    """A primary account of which no more is known; a name with an @ is its e-mail address, too."""
    return {"username": name, "password": secret} | ({"email": name} if "@" in name else {})


def sow(grid: Grid, document: Any) -> Planted:
    """Add what is missing of a document, in one transaction.

    :raises SeedError: the document does not fit its schema, or contradicts itself or the store.
    """
    sower = _Sower(grid.secrets, Login.all_keys())
    with _sowing(grid, sower, document) as entries, grid.store.writing(grid.clock.now()):
        sower.sow(entries)
    return sower.planted


def sow_world(grid: Grid, document: Any, world: str) -> Planted:
    """The same in a world, while calls are answered; a reset of the world goes back to what is there then.

    :raises SeedError: as `sow`.
    """
    sower = _Sower(grid.secrets, Login.all_keys(world), world)
    with _sowing(grid, sower, document) as entries, grid.store.beside_seeded(grid.clock.now(world)):
        added = sower.sow(entries)
        try:
            start.remember(added)
        except reasons.NameTaken:
            raise SeedError("accounts: a name of theirs is another account's after a reset; reset before") from None
    return sower.planted


def replace(grid: Grid, document: Any, world: str) -> Planted:
    """Put a document in the place of all that is in a world, in one transaction.

    :raises SeedError: as `sow`; what was there stays.
    """
    sower = _Sower(grid.secrets, set(), world)
    with _sowing(grid, sower, document) as entries, grid.store.writing(grid.clock.now(world)):
        Account.delete().where(Account.world == world).execute()
        sower.sow(entries)
    return sower.planted


@contextmanager
def _sowing(grid: Grid, sower: "_Sower", document: Any) -> Iterator[list[dict[str, Any]]]:
    """The entries of a document, their passwords hashed; what is refused becomes a SeedError."""
    entries: list[dict[str, Any]] = _loaded(schema(grid.profile), document)["accounts"]
    for entry in entries:
        sower.hash_missing(entry)
    try:
        yield entries
    except reasons.StoreUnavailable:
        raise
    except reasons.Reason as reason:
        raise SeedError(f"{sower.at}: {grid.front.saying(type(reason)).text}") from None


def register(grid: Grid, name: str, key: str, label: str = "") -> None:
    """Let a key act for an account; one that does already is left as it is.

    :raises SeedError: no such account, the key acts for another one, or is not 6 to 128 printable characters.
    """
    try:
        entry = _loaded(key_schema(), {"key": key, "label": label})
    except SeedError as error:
        raise SeedError(f"a key of {name}: {error}") from None
    with grid.store.writing():
        try:
            owner = subusers.account_named(name)
        except reasons.UnknownSubuser:
            shown = "of that name" if name.startswith("SG.") else repr(name)
            raise SeedError(f"there is no account {shown} for that key; to add one: legacygrid account add") from None
        _Sower(grid.secrets, set()).key(owner, entry)


def _loaded(wanted: Schema, document: Any) -> dict[str, Any]:
    """The document as its schema reads it.

    :raises SeedError: with a line for each of the first ten things that are wrong.
    """
    loaded: dict[str, Any] = {}
    try:
        wrong = list(forbidden(document))
        loaded = wanted.load(document)
    except RecursionError:
        wrong = ["the document is nested too deep"]
    except ValidationError as error:
        wrong += complaints(error.messages)
    if wrong:
        raise SeedError(*wrong[:10], *([f"the document: and {len(wrong) - 10} more"] if len(wrong) > 10 else []))
    return loaded


class _Sower:
    """Adds the entries of one document; remembers where it is, for the message if it fails."""

    def __init__(self, secrets: Secrets, names: Collection[str], world: str = "") -> None:
        self.secrets = secrets
        self.names = names
        self.world = world
        self.planted = Planted()
        self.at = ""

    def hash_missing(self, entry: dict[str, Any]) -> None:
        """Hash the passwords of new names, before the transaction."""
        name = entry.get("username") or entry.get("name") or ""
        if name_key(name, self.world) not in self.names and "password" in entry:
            entry["password_hash"] = self.secrets.hash(entry["password"])
        for inner in [*entry.get("subusers", ()), *entry.get("credentials", ())]:
            self.hash_missing(inner)

    def sow(self, entries: Iterable[Mapping[str, Any]]) -> list[Account]:
        """The primary accounts of a document, with all that is their own."""
        return [self._primary(entry) for entry in entries]

    def _primary(self, entry: Mapping[str, Any]) -> Account:
        owner = self._account(entry, None)
        for domain in entry["mail_domains"]:
            if self._is_new or not MailDomain.of(owner, domain):
                MailDomain.create(account=owner, domain=domain)
        for inner in entry["subusers"]:
            self._account(inner, owner)
        return owner

    def key(self, owner: Account, entry: Mapping[str, Any]) -> None:
        """A key of an account."""
        digest = within(self.world, entry.get("key_hash") or key_digest(entry["key"]))
        found = ApiKey.get_or_none(ApiKey.digest == digest)
        self._count(found is None)
        if found is None:
            ApiKey.create(account=owner, label=entry.get("label", ""), digest=digest)
        elif found.account_id != owner.id:
            raise SeedError(f"a key of {owner.username!r}: it acts for another account already")

    def _account(self, entry: Mapping[str, Any], parent: Account | None) -> Account:
        self.at = f"account {entry['username']!r}"
        found = find_login(entry["username"], self.world)
        self._is_new = found is None
        self._count(self._is_new)
        if found is None:
            owner = self._opened(entry, parent)
        else:
            login, owner = found
            if login.kind != OWNER or owner.parent_id != (parent.id if parent else None):
                raise SeedError(f"{self.at}: somebody else has that name already")
        for inner in entry["keys"]:
            self.key(owner, inner)
        for inner in entry["credentials"]:
            self._credential(owner, inner)
        return owner

    def _opened(self, entry: Mapping[str, Any], parent: Account | None) -> Account:
        columns = {name: entry[name] for name in OWN if name in entry}
        if parent is None:
            return subusers.open_account(entry["username"], self._hash(entry), world=self.world, **columns)
        domain = entry.get("mail_domain", "")
        return subusers.add(parent, entry["username"], self._hash(entry), domain, **columns)

    def _credential(self, owner: Account, entry: Mapping[str, Any]) -> None:
        self.at = f"credential {entry['name']!r}"
        found = Login.get_or_none(Login.key == name_key(entry["name"], self.world))
        self._count(found is None)
        if found is not None:
            if found.kind == OWNER or found.account_id != owner.id:
                raise SeedError(f"{self.at}: somebody else has that name already")
            return
        if "id" in entry and Login.numbered(entry["id"], self.world):
            raise SeedError(f"{self.at}: another credential has the id {entry['id']}")
        times = {name: int(entry[name].timestamp()) for name in ("created_at", "updated_at") if name in entry}
        bits = entry.get("permissions", {})
        credentials.add(owner, entry["name"], self._hash(entry), entry.get("id"), **bits, **times)

    def _hash(self, entry: Mapping[str, Any]) -> str:
        """Hashed before the transaction, unless somebody gave the name up meanwhile."""
        return entry.get("password_hash") or self.secrets.hash(entry["password"])

    def _count(self, is_new: bool) -> None:
        if is_new:
            self.planted.added += 1
        else:
            self.planted.there += 1
