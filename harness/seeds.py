"""Seeds: accounts that are put into the store from one JSON format, all of it or nothing."""

import json
import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError

from legacygrid import reasons
from legacygrid.auth.claims import looks_like_key
from legacygrid.harness.clock import Clock
from legacygrid.harness.seed_hashing import SeedHashing
from legacygrid.harness.seed_lines import name_lines
from legacygrid.harness.seed_stream import LONG, WHOLE, SeedReading, SeedText
from legacygrid.harness.seeder import (
    Entry,
    Seeder,
    SeedError,
    SeedProblem,
    SeedResult,
    batches,
    problems_error,
)
from legacygrid.harness.watching import Watch, unwatched
from legacygrid.models import snapshots, subusers
from legacygrid.models.account import Account
from legacygrid.models.database import Store
from legacygrid.models.login import Login
from legacygrid.models.secrets import Secrets
from legacygrid.models.store_commands import name_command
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.login_kinds import LoginKind
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.seeds import VERSION, complaints, forbidden, key_schema, schema


def demo() -> dict[str, Any]:
    """The shipped demonstration."""
    file = resources.files("legacygrid.fixtures").joinpath("demo.json")
    document: dict[str, Any] = json.loads(file.read_text())
    return document


def read_file(path: Path) -> Any:
    """The document in a seed file.

    :raises SeedError: the file cannot be read, or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SeedError(SeedProblem(str(path), f"cannot be read: {error.strerror}")) from None
    except (ValueError, RecursionError) as error:
        raise SeedError(SeedProblem(str(path), f"is no JSON: {error}")) from None


def of_accounts(*pairs: tuple[str, str]) -> dict[str, Any]:
    """A document of primary accounts, given their names and passwords.

    A name with an @ is the account's e-mail address, too.
    """
    accounts = [
        {"username": name, "password": secret} | ({"email": name} if "@" in name else {})
        for name, secret in pairs
    ]
    return {"version": VERSION, "accounts": accounts}


@contextmanager
def open_file(path: Path) -> Iterator[Any]:
    """The document in a seed file; a long one as it is read.

    :raises SeedError: the file cannot be read, is not JSON, or the block refuses something of it,
        which is then told with its line.
    """
    try:
        size = path.stat().st_size
    except OSError:
        size = 0
    document: Any
    with ExitStack() as stack:
        if size < LONG:
            document = read_file(path)
        else:
            file = stack.enter_context(path.open("rb"))
            document = SeedText(file, size, str(path), loads=lambda data: json.loads(data.decode()))
        try:
            yield document
        except SeedError as error:
            text = path.read_text(encoding="utf-8") if size <= WHOLE else ""
            message = name_lines(error.parts, str(path), text)
            raise SeedError(*error.parts, message=message) from None


@dataclass(frozen=True)
class Seeding:
    """Puts documents into the store of one emulator.

    :param kinds: of further logins; the first is that of one that does not say.
    :param dialect: whose words say why the store refuses an entry.
    """

    store: Store
    secrets: Secrets
    clock: Clock
    profile: Profile
    kinds: tuple[LoginKind, ...]
    dialect: Dialect

    def add(self, document: Any, watch: Watch = unwatched) -> SeedResult:
        """Add what is missing of a document, in one transaction; it is hashed on all processors.

        :param document: as JSON has it, or a long one as a `SeedText`.
        :param watch: is told how far it is.
        :raises SeedError: the document does not fit its schema, or contradicts itself or the store.
        """
        seeder, now = Seeder(self.secrets), self.clock.now()
        hashing = SeedHashing(self.secrets, processors=os.cpu_count() or 1, watch=watch)
        with self._prepared(seeder, hashing, document) as entries, self.store.writing_much(now):
            seeder.add(entries)
        seeder.result.hashed, seeder.result.hashing_seconds = hashing.count, hashing.seconds
        return seeder.result

    def find_other_passwords(self, *pairs: tuple[str, str]) -> list[str]:
        """A notice for each account that is there already and has another password than given."""
        notices = []
        for name, secret in pairs:
            login = Login.find_named(name)
            if login is not None and not self.secrets.check(login.secret, secret):
                how = name_command(f"legacygrid account password {shlex.quote(name)}")
                notices.append(
                    f"--account {name}: that account is there already, with another password, which"
                    f" stays; log in with that, or give it this one: {how}"
                )
        return notices

    def add_to_world(self, document: Any, world: str) -> SeedResult:
        """Add what is missing of a document to a world, while calls are answered.

        A reset of the world goes back to what is there then.

        :raises SeedError: as `add`.
        """
        seeder, now = Seeder(self.secrets, world), self.clock.now(world)
        hashing = SeedHashing(self.secrets, world)
        with self._prepared(seeder, hashing, document) as entries, self.store.writing_much(now):
            accounts = seeder.add(entries)
            try:
                snapshots.update_seeded(accounts)
            except reasons.NameTaken:
                text = "a name of theirs is another account's after a reset; reset before"
                raise SeedError(SeedProblem("accounts", text)) from None
        return seeder.result

    def replace(self, document: Any, world: str) -> SeedResult:
        """Put a document in the place of all that is in a world, in one transaction.

        :raises SeedError: as `add`; what was there stays.
        """
        seeder, now = Seeder(self.secrets, world), self.clock.now(world)
        hashing = SeedHashing(self.secrets, world, is_empty=True)
        with self._prepared(seeder, hashing, document) as entries, self.store.writing_much(now):
            Account.delete().where(Account.world == world).execute()
            seeder.add(entries)
        return seeder.result

    def register_key(self, name: str, key: str, label: str = "", calls: Sequence[str] = ()) -> None:
        """Let an API key act for an account; one that does already is left as it is.

        :param calls: the scopes or endpoints that it is limited to; none for no limit.
        :raises SeedError: no such account, the key acts for another one, or is not 6 to 128
            printable characters.
        """
        try:
            limits = {"calls": list(calls)} if calls else {}
            entry = _load(key_schema(), {"key": key, "label": label, **limits})
        except SeedError as error:
            raise SeedError(SeedProblem(f"a key of {name}", str(error))) from None
        with self.store.writing():
            Seeder(self.secrets).add_key(_find_owner(name), entry)

    @contextmanager
    def _prepared(
        self, seeder: Seeder, hashing: SeedHashing, document: Any
    ) -> Iterator[Iterable[Entry]]:
        """The entries of a document, their passwords hashed before the transaction.

        :raises SeedError: the schema, or the store within the block, refuses something.
        """
        with ExitStack() as stack:
            entries = self._load_entries(seeder, hashing, document, stack)
            try:
                yield entries
            except reasons.StoreUnavailable:
                raise
            except reasons.Reason as reason:
                text = str(self.dialect.saying(type(reason)).text)
                raise SeedError(SeedProblem(seeder.at, text)) from None

    def _load_entries(
        self, seeder: Seeder, hashing: SeedHashing, document: Any, stack: ExitStack
    ) -> Iterable[Entry]:
        document_schema = schema(self.profile, self.kinds)
        seeder.is_long = isinstance(document, SeedText)
        if isinstance(document, SeedText):
            reading = stack.enter_context(SeedReading(document_schema, hashing))
            try:
                return reading.read(document)
            except SeedError:
                if not document.may_be_whole:
                    raise
            document = document.parse()
        entries = _load(document_schema, document)["accounts"]
        hashing.hash_missing(*entries, watch=hashing.watch)
        return [(entry, batches(entry["subusers"])) for entry in entries]


def _find_owner(name: str) -> Account:
    try:
        return subusers.find_account(name)
    except reasons.UnknownSubuser:
        shown = "of that name" if looks_like_key(name) else repr(name)
        how = name_command("legacygrid account add NAME")
        text = f"there is no account {shown} for that key; to add one: {how}"
        raise SeedError(SeedProblem("", text)) from None


def _load(schema: Schema, document: Any) -> dict[str, Any]:
    """The document as its schema reads it.

    :raises SeedError: with a line for each of the first ten things that are wrong.
    """
    loaded: dict[str, Any] = {}
    problems: list[SeedProblem] = []
    try:
        problems += [SeedProblem(*each) for each in forbidden(document)]
        loaded = schema.load(document)
    except RecursionError:
        problems = [SeedProblem("", "the document is nested too deep")]
    except ValidationError as error:
        problems += [SeedProblem(*each) for each in complaints(error.messages)]
    if problems:
        raise problems_error(problems)
    return loaded
