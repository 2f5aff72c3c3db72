"""What an operator does to the store that this process holds, as hints say it."""

import re
import shlex

from legacygrid.models.database import Store
from legacygrid.models.store_urls import file_of, hide_password

_ADMIN = "to /__admin/seed"
#: By the command that does it to a store on a disk: what does it to one that is in memory.
_IN_MEMORY = (
    (
        re.compile(r"legacygrid account add (.+)"),
        rf"start with --account \1:PASSWORD, or POST a seed with it {_ADMIN}",
    ),
    (
        re.compile(r"legacygrid key add ACCOUNT.*"),
        f"start with --key ACCOUNT:KEY, or POST a seed with it {_ADMIN}",
    ),
    (
        re.compile(r"legacygrid login (?:add|edit).*"),
        f"start with `credentials` of its account, in a file of --seed, or POST that {_ADMIN}",
    ),
    (
        re.compile(r"legacygrid domain add.*"),
        f"start with `mail_domains` of its account, in a file of --seed, or POST that {_ADMIN}",
    ),
    (
        re.compile(r"legacygrid ip add.*"),
        f"POST a seed with `ips` of its account {_ADMIN}",
    ),
    (
        re.compile(r"legacygrid (login enable) .*"),
        r"`legacygrid \1` does it where the store is not in memory: start with --database URL",
    ),
)


def name_command(command: str, more: str = "") -> str:
    """A command with the store that it is for, its password hidden; of a store in memory, which no
    other process reaches, what helps there.

    :param more: another way, which the command's own follows; in memory it is told anyway.
    """
    store = Store.current()
    if store is None:
        return command + more
    if store.is_temporary:
        for pattern, instead in _IN_MEMORY:
            if match := pattern.fullmatch(command):
                return match.expand(instead)
        return command
    file = file_of(store.url)
    url = f"sqlite:///{file}" if file else hide_password(store.url)
    return f"{command} --database {shlex.quote(url)}{more}"
