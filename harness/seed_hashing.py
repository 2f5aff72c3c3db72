"""The passwords of a seed, hashed before its transaction."""

import time
from collections.abc import Iterator
from typing import Any

from legacygrid.harness.watching import Watch, unwatched
from legacygrid.models.login import Login
from legacygrid.models.secrets import Secrets


class SeedHashing:
    """Hashes those that a seed has in clear, and counts them.

    :param is_empty: nobody has a name in the world by then.
    :param processors: how many of the machine's are used.
    :param watch: is told how far the seed is.
    :ivar seconds: that it took.
    """

    def __init__(
        self,
        secrets: Secrets,
        world: str = "",
        is_empty: bool = False,
        processors: int = 1,
        watch: Watch = unwatched,
    ) -> None:
        self._secrets = secrets
        self._world = world
        self._is_empty = is_empty
        self._processors = processors
        self.watch = watch
        self.count = 0
        self.seconds = 0.0

    def hash_missing(self, *entries: dict[str, Any], watch: Watch = unwatched) -> None:
        """Hash the passwords of names that are new.

        :param watch: is told how far it is; not where its caller tells that already.
        """
        missing = [each for entry in entries for each in self._list_missing(entry)]
        if not missing:
            return
        started = time.monotonic()
        hashes = self._secrets.hash_all([each["password"] for each in missing], self._processors)
        with watch("Hashing passwords", len(missing)) as tell:
            for entry, hashed in zip(missing, hashes, strict=True):
                entry["password_hash"] = hashed
                tell(1)
        self.count += len(missing)
        self.seconds += time.monotonic() - started

    def _list_missing(self, entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
        name = entry.get("username") or entry.get("name") or ""
        if "password" in entry and (self._is_empty or not Login.find_named(name, self._world)):
            yield entry
        for inner in [*entry.get("subusers", ()), *entry.get("credentials", ())]:
            yield from self._list_missing(inner)
