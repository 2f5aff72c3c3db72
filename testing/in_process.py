"""The emulator in the process of the tests: a WSGI application with an account, and a server on it
if one is wanted.
"""

import atexit
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from secrets import token_hex
from typing import Any, Self

from flask import Flask

from legacygrid import app, grid, models
from legacygrid.endpoints import SYSTEMS
from legacygrid.harness.webhooks.worker import delivering
from legacygrid.models.database import Store
from legacygrid.serializers import profiles
from legacygrid.server.server import Server
from legacygrid.testing.admin import Admin
from legacygrid.testing.world import ACCOUNT, World
from legacygrid.testing.wsgi import Request, send
from legacygrid.wsgi.worlds import Wsgi

HOST = "https://api.sendgrid.com"


def wsgi_app(
    account: str = ACCOUNT,
    key: str = "",
    api_key: str = "",
    profile: str = "recorded",
    switches: Mapping[str, str] | None = None,
) -> "Emulator":
    """An emulator as a WSGI application, for `httpx.WSGITransport(app=...)` and the like.

    Each is by itself, with one account, though all of them share the one store that a process can
    hold. If the process holds none, one is opened in memory, and closed with the last of them; a
    store that is open already is used.

    :param account: goes into `api_user`.
    :param key: goes into `api_key`; by default, one is made: see `.key` of what is returned.
    :param api_key: a key that works alone, as `Authorization: Bearer`; by default, one is made,
        too.
    :param profile: recorded or documented.
    :param switches: single switches of the profile; see docs/fidelity.md.
    :raises StoreError: the store cannot be opened.
    :raises AdminError: the account is refused.
    """
    return Emulator(_process.begin(profile, switches or {}), account, key, api_key)


class _Process:
    """What all emulators of a process share: one store, and an application for each profile."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._emulators = 0
        self._own: Store | None = None
        self._apps: dict[tuple[Store, str, tuple[tuple[str, str], ...]], Flask] = {}

    def begin(self, profile: str, switches: Mapping[str, str]) -> Flask:
        """The application of one emulator more."""
        with self._lock:
            store = Store.current()
            if store is None:
                store = self._own = models.open_store("sqlite:///:memory:")
                # Its folder does not outlive the process; only after it was made is this asked for
                # before its own end.
                atexit.register(self.close)
            key = (store, profile, tuple(sorted(switches.items())))
            if key not in self._apps:
                made = grid.make(store, profiles.profile(profile, switches), SYSTEMS, bcrypt_cost=4)
                self._apps[key] = app.serve_grid(made)
            self._emulators += 1
            return self._apps[key]

    def end(self) -> None:
        """One emulator less; without any, the store is closed if it was opened here."""
        with self._lock:
            self._emulators -= 1
            if self._emulators == 0:
                self.close()

    def close(self) -> None:
        """Close the store if it was opened here."""
        atexit.unregister(self.close)
        self._apps.clear()
        if self._own is not None and Store.current() is self._own:
            self._own.close()
        self._own = None


_process = _Process()


class Emulator:
    """An emulator as a WSGI application. As a context manager, it ends with the block.

    :ivar world: what a test needs of it: `account`, `key`, `add_subuser`, `assert_called`,
    `fail_next`, `clock` ...
    """

    def __init__(self, flask: Flask, account: str, key: str, api_key: str) -> None:
        self._flask: Wsgi = flask
        #: What it shares with others of the process.
        self.grid = grid.grid_of(flask)
        self._prefix = f"/~in-process-{token_hex(8)}"
        self._is_open = True
        try:
            admin = Admin(f"http://localhost{self._prefix}", send=self._send)
            self.world = World(admin, account, key, api_key, at=HOST)
        except BaseException:
            self._is_open = False
            _process.end()
            raise

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a call (PEP 3333)."""
        if not environ["PATH_INFO"].startswith("/~"):
            environ["PATH_INFO"] = self._prefix + environ["PATH_INFO"]
        return self._flask(environ, start_response)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def account(self) -> str:
        """Goes into `api_user`."""
        return self.world.account

    @property
    def key(self) -> str:
        """Goes into `api_key`."""
        return self.world.key

    @property
    def admin(self) -> Admin:
        """The control API of this emulator."""
        return self.world.admin

    def close(self) -> None:
        """Remove all that it holds; the last emulator of the process closes the store."""
        if self._is_open:
            self._is_open = False
            try:
                self.world.end()
            finally:
                _process.end()

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        answer = send(
            self._flask, Request(method, f"http://localhost{path}", list(headers.items()), body)
        )
        try:
            return answer.code, b"".join(answer.chunks)
        finally:
            answer.close()


@contextmanager
def serving(application: Wsgi) -> Iterator[str]:
    """The URL of a server of this process on that application, on any free port, until the block
    ends.

    :param application: of `wsgi_app`, which then answers both over HTTP and in-process, from one
        state.
    """
    if isinstance(application, Emulator):
        with delivering(application.grid.webhooks), _running(application) as url:
            yield url
    else:
        with _running(application) as url:
            yield url


@contextmanager
def _running(application: Wsgi) -> Iterator[str]:
    server = Server(application)
    answers = threading.Event()
    thread = threading.Thread(
        target=server.run, args=(answers.set,), name="legacygrid-server", daemon=True
    )
    thread.start()
    answers.wait()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()
