"""The WSGI application: `legacygrid.app:create_app`."""

import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from legacygrid import config, dispatch, grid, models
from legacygrid.console.mount import mount
from legacygrid.endpoints import SYSTEMS
from legacygrid.endpoints.providers import PROVIDERS
from legacygrid.endpoints.web import health
from legacygrid.grid import Grid
from legacygrid.harness import log
from legacygrid.harness.tracing import open_tracing
from legacygrid.harness.watching import Watch, unwatched
from legacygrid.models import snapshots
from legacygrid.models.database import Store
from legacygrid.models.retention import Retention
from legacygrid.registry.route_table import find_route
from legacygrid.serializers import profiles
from legacygrid.wsgi import blocking, cors, forwarded, worlds
from legacygrid.wsgi import public_url as public_urls
from legacygrid.wsgi.answer import Answer, ask_again
from legacygrid.wsgi.environ_keys import CONSOLE, CORS, GRID
from legacygrid.wsgi.forwarded import TrustedProxies
from legacygrid.wsgi.public_url import PublicUrl
from legacygrid.wsgi.worlds import Wsgi, path_of

if TYPE_CHECKING:
    from flask import Response

    from legacygrid.harness.peers.peers import Peers
    from legacygrid.wsgi.application import Application

App = TypeVar("App", "CallsFirst", "Application")


def create_app(settings: config.Settings | None = None) -> "Application":
    """An emulator as a WSGI application of Flask's; see `open_emulator`."""
    return open_emulator(settings).flask


def open_emulator(
    settings: config.Settings | None = None,
    meet: Callable[[Store], "Peers | None"] = lambda store: None,
    workers: int = 0,
    watch: Watch = unwatched,
) -> "CallsFirst":
    """An emulator as a WSGI application, its store opened and seeded.

    :param settings: by default those of the `LEGACYGRID_*` environment variables.
    :param meet: this server among those of the store, if there may be others.
    :param workers: how many processes answer, of which this is one: then another has prepared the
        store, and goes on to care for it.
    :param watch: watches how far a seed file is.
    :raises StoreError, SeedError: the store or the seed is refused; the message is for a person.
    """
    settings = settings or config.from_environment()
    store = models.open_store(settings.database)
    for notice in [] if workers else store.find_notices():
        log.log.warning("%s", notice)
    try:
        peers = meet(store)
        made = _make_grid(store, settings, peers, max(1, workers))
        if workers:
            store.share_room()
            with store.reading():
                made.retention.begin()
        else:
            seed(made, settings, watch)
            if peers is None or not peers.is_following:
                _begin(made)
    except BaseException:
        store.close()
        raise
    app = CallsFirst(made, not settings.no_admin, settings.admin_token, not settings.no_console)
    open_to_pages(app, settings.cors)
    return put_behind(app, settings.public_url, settings.trusted_proxies)


def _make_grid(
    store: Store, settings: config.Settings, peers: "Peers | None", processes: int
) -> Grid:
    size = settings.outbox_size * 1024 * 1024
    made = grid.make(
        store,
        profiles.profile(settings.profile, settings.switches),
        SYSTEMS,
        settings.bcrypt_cost,
        settings.journal,
        Retention(settings.outbox, settings.outbox_days, size, processes=processes),
        settings.reveal_smtp_passwords,
        limits_addresses=not settings.no_limits,
        relay=settings.relay_server,
        webhooks=settings.webhooks,
        peers=peers,
    )
    return replace(made, tracing=open_tracing(settings.trace_to, SYSTEMS))


def _begin(made: Grid) -> None:
    """What the first server of a store does with it: what is there by now, resets go back to."""
    # What is kept may be less than when the store was last open.
    made.store.keep_room()
    if not made.store.is_read_only:
        with made.store.freeing():
            made.retention.prune()
            snapshots.mark_initial()


def seed(grid: Grid, settings: config.Settings, watch: Watch = unwatched) -> None:
    """Add what the settings bring: demonstration, seed file, accounts, keys; what exists stays.

    :param watch: watches how far a seed file is.
    :raises SeedError: something of it is refused.
    """
    if not (settings.demo or settings.seed or settings.accounts or settings.keys):
        return
    from legacygrid.harness import seeds

    if settings.demo:
        grid.seeding.add(seeds.demo())
    if settings.seed:
        with seeds.open_file(settings.seed) as document:
            grid.seeding.add(document, watch)
    if settings.accounts:
        for notice in grid.seeding.find_other_passwords(*settings.accounts):
            log.log.warning("%s", notice)
        grid.seeding.add(seeds.of_accounts(*settings.accounts))
    for name, key in settings.keys:
        grid.seeding.register_key(name, key)


def serve_grid(
    made: Grid, with_admin: bool = True, admin_token: str = "", with_console: bool = True
) -> "Application":
    """The WSGI application of an emulator, as Flask's; see `CallsFirst`."""
    return CallsFirst(made, with_admin, admin_token, with_console).flask


class CallsFirst:
    """The WSGI application of an emulator. Where an operation is, it answers without Flask's
    machinery, which costs as much as a call does. All other paths are Flask's, also those at which
    nothing answers; Flask is imported with the first request for one: no start waits for it.

    :param with_admin: whether it has the control API.
    :param admin_token: what the control API asks for; without one, it answers this machine alone.
    :param with_console: whether it has pages for people.
    """

    def __init__(
        self, made: Grid, with_admin: bool = True, admin_token: str = "", with_console: bool = True
    ) -> None:
        self.grid = made
        self.extensions: dict[str, Any] = {GRID: made}
        self._token = admin_token if with_admin else None
        self._lock = threading.Lock()
        self._flask: Application | None = None
        self._is_complete = False
        pages: Wsgi = self._answer
        if with_console:
            self.extensions[CONSOLE] = pages = mount(pages, made, self._token)
        if made.desk is not None:
            # Who serves alone needs none of it.
            from legacygrid.harness.peers import pages as shared_pages

            pages = shared_pages.mount(pages, made.desk, with_admin, with_console)
        self.wsgi_app = worlds.mount(health.mount(pages, made, self._token))

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        return self.wsgi_app(environ, start_response)

    @property
    def flask(self) -> "Application":
        """The same as an application of Flask's, for what takes such a one."""
        with self._lock:
            if self._flask is None:
                from legacygrid.endpoints.web import flask_app

                self._flask = app = flask_app.make(self.grid, self._token)
                self._by_flask: Wsgi = app.wsgi_app
                app.wsgi_app = self.wsgi_app  # type: ignore[method-assign,assignment]
                app.extensions.update(self.extensions)
            return self._flask

    def complete(self) -> None:
        """Import what only pages need, unless it is there; any thread may."""
        self.flask.complete()
        self._is_complete = True

    def _answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        route, _ = find_route(self.grid.operations, path_of(environ), environ["REQUEST_METHOD"])
        answer = self._answer_page if route is None else self._answer_call
        return answer(environ, start_response)

    def _answer_page(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if not self._is_complete:
            try:
                # No call shall wait for the import.
                blocking.about_to_block()
            except blocking.WouldBlock as pause:
                return ask_again(environ, pause)(environ, start_response)
            self.complete()
        return self._by_flask(environ, start_response)

    def _answer_call(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        response: Answer | Response
        try:
            response = dispatch.answer(self.grid, PROVIDERS, environ)
        except Exception as error:
            # Not even a refusal could be made: what Flask says of any view that broke.
            with self.flask.request_context(environ):
                response = self.flask.handle_exception(error)
        return response(environ, start_response)


def open_to_pages(app: App, origins: Collection[str]) -> App:
    """Let pages of other sites call an application from a browser; not its console.

    :param origins: of those pages; `*` for all.
    """
    app.extensions[CORS] = origins
    if origins:
        app.wsgi_app = cors.mount(app.wsgi_app, origins)  # type: ignore[method-assign,assignment]
    return app


def put_behind(app: App, public_url: str, trusted_proxies: Iterable[str]) -> App:
    """Let an application be reached through proxies.

    :param public_url: the URL under which others reach it; the empty text for its own.
    :param trusted_proxies: networks of proxies that say who the client is.
    """
    answer: Wsgi = app.wsgi_app
    if public_url:
        answer = public_urls.mount(answer, PublicUrl.parse(public_url))
    if trusted := TrustedProxies(trusted_proxies):
        answer = forwarded.mount(answer, trusted)
    app.wsgi_app = answer  # type: ignore[method-assign,assignment]
    return app
