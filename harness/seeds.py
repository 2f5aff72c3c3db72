"""Puts accounts into the store: one format, all or nothing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError

from legacygrid import reasons
from legacygrid.auth.claims import looks_like_key
from legacygrid.config import Settings
from legacygrid.grid import Grid
from legacygrid.harness.seeder import Planted, SeedError, Sower, Wrong
from legacygrid.models import snapshots, subusers
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.serializers.seeds import VERSION, complaints, forbidden, key_schema, schema


def plant(grid: Grid, settings: Settings) -> None:
    """Everything that the settings bring: demonstration, seed file, accounts, keys. What exists is
    left as it is.

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
    document: dict[str, Any] = json.loads(
        resources.files("legacygrid.fixtures").joinpath("demo.json").read_text()
    )
    return document


def read(path: Path) -> Any:
    """The document in a seed file.

    :raises SeedError: it is no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SeedError(Wrong(str(path), str(error))) from None


def account(name: str, secret: str) -> dict[str, str]:
    """A primary account of which no more is known; a name with an @ is its e-mail address, too."""
    return {"username": name, "password": secret} | ({"email": name} if "@" in name else {})


def sow(grid: Grid, document: Any) -> Planted:
    """Add what is missing of a document, in one transaction.

    :raises SeedError: the document does not fit its schema, or contradicts itself or the store.
    """
    sower = Sower(grid.secrets, Login.all_keys())
    with _sowing(grid, sower, document) as entries, grid.store.writing(grid.clock.now()):
        sower.sow(entries)
    return sower.planted


def sow_world(grid: Grid, document: Any, world: str) -> Planted:
    """The same in a world, while calls are answered; a reset of the world goes back to what is
    there then.

    :raises SeedError: as `sow`.
    """
    sower = Sower(grid.secrets, Login.all_keys(world), world)
    with _sowing(grid, sower, document) as entries, grid.store.beside_seeded(grid.clock.now(world)):
        added = sower.sow(entries)
        try:
            snapshots.remember(added)
        except reasons.NameTaken:
            text = "a name of theirs is another account's after a reset; reset before"
            raise SeedError(Wrong("accounts", text)) from None
    return sower.planted


def replace(grid: Grid, document: Any, world: str) -> Planted:
    """Put a document in the place of all that is in a world, in one transaction.

    :raises SeedError: as `sow`; what was there stays.
    """
    sower = Sower(grid.secrets, set(), world)
    with _sowing(grid, sower, document) as entries, grid.store.writing(grid.clock.now(world)):
        Account.delete().where(Account.world == world).execute()
        sower.sow(entries)
    return sower.planted


@contextmanager
def _sowing(grid: Grid, sower: "Sower", document: Any) -> Iterator[list[dict[str, Any]]]:
    """The entries of a document, their passwords hashed; what is refused becomes a SeedError."""
    entries: list[dict[str, Any]] = _loaded(schema(grid.profile), document)["accounts"]
    for entry in entries:
        sower.hash_missing(entry)
    try:
        yield entries
    except reasons.StoreUnavailable:
        raise
    except reasons.Reason as reason:
        raise SeedError(
            Wrong(sower.at, str(grid.default_dialect.saying(type(reason)).text))
        ) from None


def register(grid: Grid, name: str, key: str, label: str = "") -> None:
    """Let a key act for an account; one that does already is left as it is.

    :raises SeedError: no such account, the key acts for another one, or is not 6 to 128 printable
        characters.
    """
    try:
        entry = _loaded(key_schema(), {"key": key, "label": label})
    except SeedError as error:
        raise SeedError(Wrong(f"a key of {name}", str(error))) from None
    with grid.store.writing():
        try:
            owner = subusers.account_named(name)
        except reasons.UnknownSubuser:
            shown = "of that name" if looks_like_key(name) else repr(name)
            text = f"there is no account {shown} for that key; to add one: legacygrid account add"
            raise SeedError(Wrong("", text)) from None
        Sower(grid.secrets, set()).key(owner, entry)


def _loaded(wanted: Schema, document: Any) -> dict[str, Any]:
    """The document as its schema reads it.

    :raises SeedError: with a line for each of the first ten things that are wrong.
    """
    loaded: dict[str, Any] = {}
    try:
        wrong = [Wrong(*each) for each in forbidden(document)]
        loaded = wanted.load(document)
    except RecursionError:
        wrong = [Wrong("", "the document is nested too deep")]
    except ValidationError as error:
        wrong += [Wrong(*each) for each in complaints(error.messages)]
    if wrong:
        more = [Wrong("the document", f"and {len(wrong) - 10} more")] if len(wrong) > 10 else []
        raise SeedError(*wrong[:10], *more)
    return loaded
