"""Puts the entries of one seed into the store, in the transaction of its caller."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

from legacygrid import reasons
from legacygrid.harness.seed_members import NAMES, MemberConflictError, add_members
from legacygrid.models import credentials, subusers
from legacygrid.models.account import OWN, RARE, Account
from legacygrid.models.api_key import ApiKey, make_key_id
from legacygrid.models.login import OWNER, Login
from legacygrid.models.lookup import find_login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.names import within
from legacygrid.models.new_subusers import add_many, adding_very_many
from legacygrid.models.secrets import Secrets, key_digest
from legacygrid.models.subusers import DEFAULTS

Columns = Mapping[str, Sequence[Any]]
#: Some subusers: entries as their schema loads them, or columns of as many.
Batch = Sequence[Any] | Columns
#: A primary account as its schema loads it, and its subusers, some at a time.
Entry = tuple[Mapping[str, Any], Iterable[Batch]]
#: Subusers at a time.
BATCH = 200
#: Of the account of a subuser.
_COLUMNS = (*OWN, "mail_domain", *RARE)


class SeedProblem(NamedTuple):
    """One thing that is wrong with a seed.

    :param place: where in the document, or of whom; empty for all of it.
    """

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


class SeedError(reasons.SetupError):
    """A seed is refused, and nothing of it was stored; the message is for a person, each part about
    one thing.

    :param message: by default, all parts on one line.
    """

    def __init__(self, *parts: SeedProblem, message: str = "") -> None:
        super().__init__(message or "; ".join(map(str, parts)))
        self.parts = parts


def batches(entries: list[Any]) -> Iterator[list[Any]]:
    """Some at a time."""
    return (entries[begin : begin + BATCH] for begin in range(0, len(entries), BATCH))


def _to_columns(batch: Batch) -> Columns:
    if isinstance(batch, Mapping):
        return batch
    names = ("username", "password_hash", "keys", "credentials", *NAMES, *_COLUMNS)
    return {name: [entry.get(name, DEFAULTS.get(name)) for entry in batch] for name in names}


def _to_entries(batch: Batch) -> Iterable[Mapping[str, Any]]:
    if not isinstance(batch, Mapping):
        return batch
    rows = zip(*batch.values(), strict=True)
    return (dict(zip(batch, row, strict=True)) for row in rows)


def problems_error(problems: Sequence[SeedProblem]) -> SeedError:
    """The error that says the first ten of them, and how many there are beside."""
    if len(problems) <= 10:
        return SeedError(*problems)
    return SeedError(*problems[:10], SeedProblem("the document", f"and {len(problems) - 10} more"))


@dataclass
class SeedResult:
    """What a seed did: how many accounts, credentials and keys were added, how many were there; and
    how many passwords it had in clear, which took so many seconds to hash.
    """

    added: int = 0
    there: int = 0
    hashed: int = 0
    hashing_seconds: float = 0.0


class Seeder:
    """Adds the entries of one document; remembers where it is, for the message if it fails."""

    def __init__(self, secrets: Secrets, world: str = "") -> None:
        self.secrets = secrets
        self.world = world
        #: There may be very many accounts in it.
        self.is_long = False
        self.result = SeedResult()
        self.at = ""

    def add(self, entries: Iterable[Entry]) -> list[Account]:
        """The primary accounts of a document, with all that is their own."""
        with adding_very_many(self.world) if self.is_long else nullcontext():
            return [self._primary(*entry) for entry in entries]

    def _primary(self, entry: Mapping[str, Any], subusers: Iterable[Batch]) -> Account:
        owner = self._account(entry, None)
        for batch in subusers:
            if not self._add_at_once(owner, _to_columns(batch)):
                for inner in _to_entries(batch):
                    self._account(inner, owner)
        return owner

    def _add_at_once(self, owner: Account, batch: Columns) -> bool:
        """Add subusers that are new and without logins of their own; false if one is another."""
        names, hashes = batch["username"], batch["password_hash"]
        if any(batch["keys"]) or any(batch["credentials"]) or None in hashes:
            return False
        columns = {name: batch[name] for name in _COLUMNS if name in batch}
        domains = set(columns.get("mail_domain", ()))
        if not domains <= {"", *MailDomain.names(owner)}:
            return False
        numbers = add_many(owner, names, hashes, columns)
        self.result.added += len(numbers)
        members = {name: batch[name] for name in NAMES if any(batch.get(name, ()))}
        for place, number in enumerate(numbers if members else ()):
            self.at = f"account {names[place]!r}"
            subuser = Account(id=number, parent=owner, world=owner.world)
            self._add_members(subuser, {name: each[place] for name, each in members.items()})
        return bool(numbers)

    def _add_members(self, owner: Account, entry: Mapping[str, Any]) -> None:
        try:
            add_members(owner, entry)
        except MemberConflictError as conflict:
            raise SeedError(SeedProblem(self.at, str(conflict))) from None

    def add_key(self, owner: Account, entry: Mapping[str, Any]) -> None:
        """A key of an account."""
        bare = entry.get("key_hash") or key_digest(entry["key"])
        digest = within(self.world, bare)
        found = ApiKey.get_or_none(ApiKey.digest == digest)
        self._count(found is None)
        if found is None:
            ApiKey.create(
                account=owner,
                label=entry.get("label", ""),
                key_id=entry.get("id") or make_key_id(bare, entry.get("key", "")),
                digest=digest,
                calls_json=json.dumps(entry["calls"]) if "calls" in entry else "",
            )
        elif found.account_id != owner.id:
            raise SeedError(
                SeedProblem(f"a key of {owner.username!r}", "it acts for another account already")
            )

    def _account(self, entry: Mapping[str, Any], parent: Account | None) -> Account:
        self.at = f"account {entry['username']!r}"
        found = find_login(entry["username"], self.world)
        self._count(found is None)
        if found is None:
            owner = self._open(entry, parent)
        else:
            login, owner = found
            self._refuse_alike(entry["username"], login)
            if login.kind != OWNER or owner.parent_id != (parent.id if parent else None):
                raise SeedError(SeedProblem(self.at, "somebody else has that name already"))
        self._add_members(owner, entry)
        for inner in entry["keys"]:
            self.add_key(owner, inner)
        for inner in entry["credentials"]:
            self._credential(owner, inner)
        return owner

    def _refuse_alike(self, name: str, login: Login) -> None:
        """A name that only looks like another's is another name; to skip it would lose it.

        :raises SeedError: the login's is spelled otherwise.
        """
        if login.name.casefold() != name.casefold():
            text = f"{login.name!r} looks alike and is there already; give one another name"
            raise SeedError(SeedProblem(self.at, text))

    def _open(self, entry: Mapping[str, Any], parent: Account | None) -> Account:
        columns = {name: entry[name] for name in (*OWN, *RARE) if name in entry}
        if parent is None:
            return subusers.open_account(
                entry["username"], self._hash(entry), world=self.world, **columns
            )
        domain = entry.get("mail_domain", "")
        return subusers.add(parent, entry["username"], self._hash(entry), domain, **columns)

    def _credential(self, owner: Account, entry: Mapping[str, Any]) -> None:
        self.at = f"credential {entry['name']!r}"
        found = Login.find_named(entry["name"], self.world)
        self._count(found is None)
        if found is not None:
            self._refuse_alike(entry["name"], found)
            if found.kind == OWNER or found.account_id != owner.id:
                raise SeedError(SeedProblem(self.at, "somebody else has that name already"))
            return
        if "id" in entry and Login.has_number(entry["id"], self.world):
            raise SeedError(SeedProblem(self.at, f"another credential has the id {entry['id']}"))
        times = {
            name: int(entry[name].timestamp())
            for name in ("created_at", "updated_at")
            if name in entry
        }
        secret, number = self._hash(entry), entry.get("id")
        credentials.enter(
            owner, entry["name"], secret, entry["kind"], entry, number=number, **times
        )

    def _hash(self, entry: Mapping[str, Any]) -> str:
        """Hashed before the transaction, unless somebody gave the name up meanwhile."""
        return entry.get("password_hash") or self.secrets.hash(entry["password"])

    def _count(self, is_new: bool) -> None:
        if is_new:
            self.result.added += 1
        else:
            self.result.there += 1
