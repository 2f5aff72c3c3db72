"""Several servers over one store, asked by turns: each request goes to the next of them, on a connection of its own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from types import MappingProxyType
from typing import Any

from emulator import NEW, PASSWORD, Reply, fresh
from wire import Process, Wire, fields, request

OWNER = "acme"
OPTIONS = ("--account", f"{OWNER}:{PASSWORD}", "--smtp-port", "0")


class Estate:
    """Servers that look like one.

    :param prefix: of a world.
    """

    def __init__(self, servers: Sequence[Process], prefix: str = "") -> None:
        self.servers = servers
        self.prefix = prefix
        self._turns = cycle(servers)

    def world(self) -> "Estate":
        """A world of its own on the same servers, with the owner in it."""
        there = Estate(self.servers, f"/~{fresh('world')}")
        seed = {"version": 1, "accounts": [{"username": OWNER, "password": PASSWORD, "email": f"{OWNER}@example.com"}]}
        assert there.admin("POST", "seed", seed).status == 200
        return there

    @property
    def next_url(self) -> str:
        return next(self._turns).url + self.prefix

    def send(self, data: bytes, bodiless: bool = False) -> Reply:
        """Bytes, to the next server."""
        with Wire(next(self._turns).url) as wire:
            return wire.send(data).read(bodiless)

    def call(self, operation: str, named: Mapping[str, str] = MappingProxyType({}), **params: str) -> Reply:
        base = "apiv2" if operation.startswith("customer.") else "api"
        return self.send(request("POST", f"{self.prefix}/{base}/{operation}.json", fields(OWNER, **named, **params)))

    def admin(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        data = None if body is None else json.dumps(body).encode()
        typed = {} if body is None else {"Content-Type": "application/json"}
        return self.send(request(method, f"{self.prefix}/__admin/{path}", data, **typed, **headers))

    def add(self, name: str) -> Reply:
        return self.call("customer.add", **NEW | {"username": name})

    def names(self) -> set[str]:
        return {row["username"] for row in self.call("customer.profile", task="get").json}

    def journal(self, query: str = "") -> list[dict[str, Any]]:
        """The calls, oldest first."""
        found: list[dict[str, Any]] = self.admin("GET", f"requests?limit=1000&{query}").json["requests"]
        return found


@contextmanager
def serving(folder: Path, database: str, servers: int, workers: int, *options: str) -> Iterator[Estate]:
    """So many servers with so many workers each."""
    with ExitStack() as running:
        started = []
        for number in range(servers):
            own = folder / f"server-{number}"
            own.mkdir()
            process = Process(own, database, "--workers", str(workers), *OPTIONS, *options)
            started.append(running.enter_context(process))
        yield Estate(started)
