"""A program: changes a store at random, and resets it, beside whole copies of what it should go back to.

Its arguments are the number that chance begins with and how many steps it takes. It ends with an error where a reset
leaves another row than the copy has.
"""

import random
import sys
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from functools import cache
from typing import Any

import peewee

from engines import find_store
from legacygrid import models, reasons
from legacygrid.models import account_trees, credentials, snapshots, subusers, suppression, world_copies
from legacygrid.models.account import Account
from legacygrid.models.api_key import ApiKey
from legacygrid.models.apps import App
from legacygrid.models.copies import WorldCopy
from legacygrid.models.credits import Credit
from legacygrid.models.engines.dialects import bound
from legacygrid.models.event_webhooks import EventWebhook
from legacygrid.models.invitations import Invitation
from legacygrid.models.ip_addresses import IpAddress
from legacygrid.models.login import OWNER, Login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.monitors import Monitor, MonitoredSubuser
from legacygrid.models.parse_hosts import ParseHost
from legacygrid.models.sequence import Sequence
from legacygrid.models.statistics import Statistic
from legacygrid.models.suppression import Suppression
from legacygrid.models.tables import TABLES as ALL_TABLES
from legacygrid.models.undo_schema import BELONGINGS

Rows = dict[Any, dict[str, Any]]
Copy = dict[str, Rows]
TABLES = {each._meta.table_name: each for each in ALL_TABLES if each._meta.table_name in ("account", *BELONGINGS)}
#: What no two rows have in common, beside the key.
UNIQUE = {"api_key": "digest"}
#: Tables whose rows are nothing but values, and what makes those of a name.
PLAIN: dict[Any, Callable[[str], dict[str, Any]]] = {
    App: lambda name: {"name": name, "settings_json": name},
    EventWebhook: lambda name: {"uid": name, "url": name, "created_at": 0, "updated_at": 0},
    Credit: lambda name: {"mode": "total", "last_reset": name},
    Invitation: lambda name: {"email": name, "token": name, "expires_at": 1.0},
    IpAddress: lambda name: {"address": name},
    Monitor: lambda name: {"name": name, "email": name, "frequency": 1},
    ParseHost: lambda name: {"hostname": name, "url": name},
    Statistic: lambda name: {"day": name},
}
WORLDS = ("", "left", "right")
NAMES = [f"name-{number}" for number in range(12)]


@cache
def write_query(model: type[peewee.Model]) -> str:
    """Peewee takes longer to write a query than the store to answer it."""
    return str(model.select().sql()[0])


def read(model: type[peewee.Model]) -> Rows:
    key = model._meta.primary_key.column_name
    columns = [field.column_name for field in model._meta.sorted_fields]
    rows = (dict(zip(columns, row, strict=True)) for row in bound.execute_sql(write_query(model)).fetchall())
    return {row[key]: row for row in rows}


def read_all() -> Copy:
    return {name: read(model) for name, model in TABLES.items()}


def numbers(copy: Copy, is_meant: Callable[[dict[str, Any]], bool]) -> set[int]:
    return {number for number, row in copy["account"].items() if is_meant(row)}


def in_world(world: str) -> Callable[[dict[str, Any]], bool]:
    return lambda row: row["world"] == world


def in_tree(number: int) -> Callable[[dict[str, Any]], bool]:
    return lambda row: number in (row["id"], row["parent_id"])


def part_of_table(name: str, rows: Rows, accounts: set[int]) -> Rows:
    owner = "id" if name == "account" else "account_id"
    return {key: row for key, row in rows.items() if row[owner] in accounts}


def take(copy: Copy, is_meant: Callable[[dict[str, Any]], bool]) -> Copy:
    accounts = numbers(copy, is_meant)
    return {name: part_of_table(name, rows, accounts) for name, rows in copy.items()}


def without(copy: Copy, is_meant: Callable[[dict[str, Any]], bool]) -> Copy:
    accounts = numbers(copy, is_meant)
    return {
        name: {key: row for key, row in rows.items() if key not in part_of_table(name, rows, accounts)}
        for name, rows in copy.items()
    }


def join(one: Copy, other: Copy) -> Copy | None:
    """Both, unless they share what no two rows may."""
    for name, rows in one.items():
        column = UNIQUE.get(name)
        if rows.keys() & other[name].keys():
            return None
        if column and {row[column] for row in rows.values()} & {row[column] for row in other[name].values()}:
            return None
    return {name: deepcopy(rows | other[name]) for name, rows in one.items()}


def describe(expected: Copy, found: Copy) -> str:
    """In what they differ."""
    rows = (
        (name, key, expected[name].get(key), found[name].get(key))
        for name in TABLES
        for key in expected[name].keys() | found[name].keys()
    )
    return "\n".join(f"{name} {key}: {one} != {other}" for name, key, one, other in rows if one != other)


class Walk:
    """A store, and copies of the start and of what was seeded since."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.store = models.open_store(find_store())
        self.worlds: dict[str, WorldCopy] = {}
        with self.store.writing():
            for world in WORLDS:
                for name in NAMES[:2]:
                    subusers.open_account(name, "hash", world=world)
        self.begin()

    def begin(self) -> None:
        with self.store.freeing():
            snapshots.mark_initial()
        self.initial = self.seeded = read_all()
        self.initial_numbers = read(Sequence)

    # Changes, in a transaction

    def world(self) -> str:
        return self.chance.choice(WORLDS)

    def name(self) -> str:
        return self.chance.choice(NAMES)

    def pick(self, model: Any, *conditions: Any) -> Any:
        query = model.select().where(*conditions) if conditions else model.select()
        rows = list(query)
        return self.chance.choice(rows) if rows else None

    def open_account(self, world: str | None = None) -> None:
        subusers.open_account(self.name(), "hash", world=self.world() if world is None else world)

    def add(self) -> None:
        if parent := self.pick(Account, Account.parent.is_null()):
            subusers.add(parent, self.name(), "hash")

    def rename(self) -> None:
        if account := self.pick(Account):
            subusers.rename(account, self.name())

    def change(self) -> None:
        if account := self.pick(Account):
            account.change(city=self.name(), active=self.chance.random() < 0.5)

    def remove(self) -> None:
        if account := self.pick(Account):
            account.remove()

    def add_login(self) -> None:
        if account := self.pick(Account):
            credentials.add(account, self.name(), "hash", number=self.chance.choice([None, None, 9]))

    def change_login(self) -> None:
        if login := self.pick(Login):
            login.change(secret=self.name())

    def rename_login(self) -> None:
        if login := self.pick(Login, Login.kind != OWNER):
            login.rename(self.name())

    def remove_login(self) -> None:
        if login := self.pick(Login, Login.kind != OWNER):
            login.delete_instance()

    def add_key(self) -> None:
        if account := self.pick(Account):
            ApiKey.register(account, f"key-{self.name()}")

    def remove_key(self) -> None:
        if key := self.pick(ApiKey):
            key.delete_instance()

    def add_domain(self) -> None:
        if account := self.pick(Account):
            MailDomain.add(account, self.name())

    def remove_domain(self) -> None:
        if domain := self.pick(MailDomain):
            domain.delete_instance()

    def suppress(self) -> None:
        if account := self.pick(Account):
            suppression.add(account, suppression.BLOCK, self.name(), 1.0)

    def unsuppress(self) -> None:
        Suppression.update(removed_at=2.0).where(Suppression.address == self.name()).execute()

    def plain(self) -> Any:
        return self.chance.choice(list(PLAIN))

    def add_row(self) -> None:
        model = self.plain()
        if account := self.pick(Account):
            model.insert(account=account, **PLAIN[model](self.name())).on_conflict_ignore().execute()

    def change_row(self) -> None:
        """Rows may change names with each other."""
        model = self.plain()
        if row := self.pick(model):
            with suppress(peewee.IntegrityError), bound.atomic():
                model.update(**PLAIN[model](self.name())).where(model.id == row.id).execute()

    def remove_row(self) -> None:
        if row := self.pick(self.plain()):
            row.delete_instance()

    def watch(self) -> None:
        subuser = self.pick(Account, Account.parent.is_null(False))
        monitor = self.pick(Monitor, Monitor.account == subuser.parent_id) if subuser else None
        if monitor:
            MonitoredSubuser.insert(account=subuser, monitor=monitor).on_conflict_ignore().execute()

    def count_mail(self) -> None:
        if watched := self.pick(MonitoredSubuser):
            MonitoredSubuser.update(mails=watched.mails + 1).where(MonitoredSubuser.id == watched.id).execute()

    def replace(self) -> None:
        world = self.world()
        Account.delete().where(Account.world == world).execute()
        self.open_account(world)

    CHANGES = (
        open_account, add, add, add, rename, rename, change, remove, add_login, add_login, change_login, rename_login,
        remove_login, add_key, remove_key, add_domain, remove_domain, suppress, unsuppress, replace, add_row, add_row,
        add_row, change_row, change_row, remove_row, watch, watch, count_mail,
    )  # fmt: skip

    # Steps

    def do(self) -> None:
        """A transaction of some changes, or none of them."""
        try:
            with self.store.writing():
                for _ in range(self.chance.randint(1, 3)):
                    self.chance.choice(self.CHANGES)(self)
                if self.chance.random() < 0.1:
                    raise reasons.NameTaken
        except reasons.NameTaken:
            pass

    def seed(self) -> None:
        before, expected = read_all(), None
        try:
            with self.store.writing():
                accounts = [self.pick(Account, Account.parent.is_null())]
                if self.chance.random() < 0.5 and accounts[0]:
                    subusers.add(accounts[0], self.name(), "hash")
                accounts = list(filter(None, accounts))
                expected = self.expect_seeded([account.id for account in accounts])
                snapshots.update_seeded(accounts)
            assert expected is not None, "a seed was to be refused"
            self.seeded = expected
        except reasons.NameTaken:
            assert expected is None or before == read_all(), "a seed was not to be refused"
            assert before == read_all()

    def expect_seeded(self, trees: list[int]) -> Copy | None:
        now, seeded = read_all(), self.seeded
        for number in trees:
            theirs = take(now, in_tree(number))
            gone = {
                old["parent_id"] or old["id"]
                for key, login in seeded["login"].items()
                if key in theirs["login"]
                and (old := seeded["account"][login["account_id"]])
                and (old["parent_id"] or old["id"]) not in now["account"]
            }
            for each in gone:
                seeded = without(seeded, in_tree(each))
            joined = join(without(seeded, in_tree(number)), theirs)
            if joined is None:
                return None
            seeded = joined
        return seeded

    def reset(self) -> None:
        with self.store.freeing():
            snapshots.reset()
        self.seeded = self.initial
        assert read_all() == self.initial, describe(self.initial, read_all())
        assert read(Sequence) == self.initial_numbers

    def reset_world(self) -> None:
        world = self.chance.choice(WORLDS[1:])
        with self.store.freeing():
            expected = join(without(read_all(), in_world(world)), take(self.seeded, in_world(world)))
        self.expect(expected, lambda: snapshots.reset_world(world))
        if expected:
            logins = take(expected, in_world(world))["login"].values()
            assert read(Sequence)[world]["last"] == max((each["number"] or 0 for each in logins), default=0)

    def reset_account(self) -> None:
        both = read_all()["account"] | self.seeded["account"]
        account = self.chance.choice([row for row in both.values() if row["parent_id"] is None] or [None])
        if account is None:
            return
        number, world = account["id"], account["world"]
        expected = join(without(read_all(), in_tree(number)), take(self.seeded, in_tree(number)))
        tree = account_trees.AccountTree(world, number, frozenset())
        with self.store.reading():
            theirs = numbers(read_all(), in_tree(number)) | numbers(self.seeded, in_tree(number))
            assert tree.select(range(200)) >= theirs & set(range(200))
        self.expect(expected, lambda: snapshots.reset_account(tree))

    def expect(self, expected: Copy | None, act: Callable[[], None]) -> None:
        before = read_all()
        try:
            with self.store.freeing():
                act()
        except reasons.NameTaken:
            assert expected is None, "a reset was not to be refused"
            expected = before
        found = read_all()
        assert found == expected, describe(expected, found)
        last = read(Sequence)
        for login in found["login"].values():
            world = found["account"][login["account_id"]]["world"]
            assert (login["number"] or 0) <= last.get(world, {"last": 0})["last"]

    def end_world(self) -> None:
        world = self.chance.choice(WORLDS[1:])
        expected = without(read_all(), in_world(world))
        with self.store.freeing():
            snapshots.end_world(world)
        self.seeded = without(self.seeded, in_world(world))
        assert read_all() == expected

    def copy(self) -> None:
        world = self.world()
        copy = self.worlds[world] = WorldCopy()
        with self.store.beside(copy.filled, None):
            world_copies.copy_world(world)

    def bring_back(self) -> None:
        world = self.world()
        if world in self.worlds:
            with self.store.beside(self.worlds[world].read, None):
                world_copies.bring_back(world)

    STEPS = (do,) * 12 + (seed,) * 3 + (reset, reset_world, reset_world, reset_account, end_world, copy, bring_back)

    def walk(self, steps: int) -> None:
        for number in range(steps):
            step = self.chance.choice(self.STEPS)
            try:
                step(self)
            except AssertionError as error:
                raise AssertionError(f"step {number}: {step.__name__}") from error
            if number == steps // 2:
                self.begin()
        self.reset()
        for name in (*TABLES, "sequence"):
            ((count,),) = Account._meta.database.execute_sql(f"SELECT count(*) FROM undo_{name}")
            assert not count, f"{count} rows of undo_{name} are left"


if __name__ == "__main__":
    Walk(int(sys.argv[1])).walk(int(sys.argv[2]))
