"""Many subusers at once, for lists that take long. As a program it makes a store: a process holds no more than one."""

import subprocess
import sys

import peewee

from emulator import NEW, PASSWORD
from engines import go_on_after
from legacygrid import models
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.models.login import OWNER, Login
from legacygrid.models.names import name_key
from legacygrid.models.secrets import Secrets

PARENT = "big-parent"


def fill(parent: Account, rows: int, **columns: str) -> None:
    """Give the account so many subusers, alike but for their names; call it in a transaction."""
    first = Account.create(parent=parent, world=parent.world, username="", **columns).id
    others = [field for field in Account._meta.sorted_fields if field is not Account.id]
    there = 1
    while there < rows:
        last = first + min(there, rows - there) - 1
        copies = Account.select(Account.id + there, *others).where(Account.id.between(first, last))
        Account.insert_from(copies, [Account.id, *others]).execute()
        there = min(2 * there, rows)
    go_on_after("account", first + rows)
    name, key = (
        peewee.Value(each).concat(Account.id.cast("TEXT")) for each in ("many-", name_key("many-", parent.world))
    )
    owner, none = peewee.Value(OWNER), peewee.Value("")
    Account.update(username=name).where(Account.parent == parent).execute()
    logins = Account.select(key, name, Account.id, owner, none, True, none, none, 0, 0).where(Account.parent == parent)
    fields = [
        Login.key,
        Login.name,
        Login.account,
        Login.kind,
        Login.secret,
        Login.enabled,
        Login.description,
        Login.settings_json,
        Login.created_at,
        Login.updated_at,
    ]
    Login.insert_from(logins, fields).execute()


def make_store(url: str, rows: int) -> None:
    """A store with one primary account that has so many subusers."""
    subprocess.run([sys.executable, __file__, url, str(rows)], check=True, timeout=60)


def _main(url: str, rows: int) -> None:
    profile = {name: text for name, text in NEW.items() if "password" not in name}
    store = models.open_store(url)
    with store.writing():
        parent = subusers.open_account(PARENT, Secrets(4).hash(PASSWORD))
        fill(parent, rows, **profile)
    store.close()


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
