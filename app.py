"""The WSGI application: `legacygrid.app:create_app`."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from legacygrid import config, dispatch, grid, models
from legacygrid.console.mount import mount
from legacygrid.dispatch import VERBS
from legacygrid.endpoints import SYSTEMS
from legacygrid.endpoints.providers import PROVIDERS
from legacygrid.endpoints.web import health
from legacygrid.grid import Grid
from legacygrid.harness import log, seeds
from legacygrid.harness.log import report_fault
from legacygrid.models import snapshots
from legacygrid.models.retention import Retention
from legacygrid.registry import routes
from legacygrid.serializers import profiles
from legacygrid.serializers.answers import refusal
from legacygrid.wsgi import cors, forwarded, worlds
from legacygrid.wsgi import public_url as public_urls
from legacygrid.wsgi.answer import Answer, to_response
from legacygrid.wsgi.application import Application, LateRule
from legacygrid.wsgi.environ_keys import CONSOLE, CORS, GRID
from legacygrid.wsgi.forwarded import TrustedProxies
from legacygrid.wsgi.public_url import PublicUrl
from legacygrid.wsgi.worlds import path_of


def create_app(settings: config.Settings | None = None) -> Application:
    """An emulator as a WSGI application, its store opened and seeded.

    :param settings: by default those of the `LEGACYGRID_*` environment variables.
    :raises StoreError, SeedError: the store or the seed is refused; the message is for a person.
    """
    settings = settings or config.from_environment()
    store = models.open_store(settings.database)
    for notice in store.find_notices():
        log.log.warning("%s", notice)
    try:
        profile = profiles.profile(settings.profile, settings.switches)
        retention = Retention(
            settings.outbox, settings.outbox_days, settings.outbox_size * 1024 * 1024
        )
        made = grid.make(
            store,
            profile,
            SYSTEMS,
            settings.bcrypt_cost,
            settings.journal,
            retention,
            settings.reveal_smtp_passwords,
            limits_addresses=not settings.no_limits,
            relay=settings.relay_server,
        )
        seed(made, settings)
        # What is kept may be less than when the store was last open.
        store.keep_room()
        if not store.is_read_only:
            with store.freeing():
                retention.prune()
                snapshots.mark_initial()
    except BaseException:
        store.close()
        raise
    app = serve_grid(made, not settings.no_admin, settings.admin_token, not settings.no_console)
    open_to_pages(app, settings.cors)
    return put_behind(app, settings.public_url, settings.trusted_proxies)


def seed(grid: Grid, settings: config.Settings) -> None:
    """Add what the settings bring: demonstration, seed file, accounts, keys; what exists stays.

    :raises SeedError: something of it is refused.
    """
    if settings.demo:
        grid.seeding.add(seeds.demo())
    if settings.seed:
        with seeds.open_file(settings.seed) as document:
            grid.seeding.add(document)
    if settings.accounts:
        grid.seeding.add(seeds.of_accounts(*settings.accounts))
    for name, key in settings.keys:
        grid.seeding.register_key(name, key)


def serve_grid(
    made: Grid, with_admin: bool = True, admin_token: str = "", with_console: bool = True
) -> Application:
    """The WSGI application of an emulator.

    :param with_admin: whether it has the control API.
    :param admin_token: what the control API asks for; without one, it answers this machine alone.
    :param with_console: whether it has pages for people.
    """
    app = Application(__name__, static_folder=None)
    app.extensions[GRID] = made
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.add_pages = partial(_add_pages, app, admin_token if with_admin else None)
    _add_calls(app, made)
    pages = _answer_calls_first(app, made)
    if with_console:
        app.extensions[CONSOLE] = pages = mount(pages, made)
    pages = health.mount(pages, made, admin_token if with_admin else None)
    app.wsgi_app = worlds.mount(pages)  # type: ignore[method-assign,assignment]
    log.mask_queries()
    return app


def open_to_pages(app: Application, origins: Collection[str]) -> Application:
    """Let pages of other sites call an application from a browser; not its console.

    :param origins: of those pages; `*` for all.
    """
    app.extensions[CORS] = origins
    if origins:
        app.wsgi_app = cors.mount(app.wsgi_app, origins)  # type: ignore[method-assign,assignment]
    return app


def put_behind(app: Application, public_url: str, trusted_proxies: Iterable[str]) -> Application:
    """Let an application be reached through proxies.

    :param public_url: the URL under which others reach it; the empty text for its own.
    :param trusted_proxies: networks of proxies that say who the client is.
    """
    answer: worlds.Wsgi = app.wsgi_app
    if public_url:
        answer = public_urls.mount(answer, PublicUrl.parse(public_url))
    if trusted := TrustedProxies(trusted_proxies):
        answer = forwarded.mount(answer, trusted)
    app.wsgi_app = answer  # type: ignore[method-assign,assignment]
    return app


def _add_pages(app: Application, admin_token: str | None) -> None:
    """Add what answers beside the calls.

    :param admin_token: that of the control API; none if there is no control API.
    """
    from legacygrid.endpoints.control import api
    from legacygrid.endpoints.web import front, links, noise

    for page in (front, links, noise):
        app.register_blueprint(page.blueprint)
    if admin_token is not None:
        api.register(app, admin_token)


def _answer_calls_first(app: Application, made: Grid) -> worlds.Wsgi:
    """The application; where an operation is, it answers without Flask's machinery, which costs as
    much as a call does. All other paths are Flask's, also those at which nothing answers.
    """
    flask: worlds.Wsgi = app.wsgi_app

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        route, _ = routes.find_route(made.operations, path_of(environ))
        if route is None:
            return flask(environ, start_response)
        response: Answer | Response
        try:
            response = dispatch.answer(made, PROVIDERS, environ)
        except Exception as error:
            # Not even a refusal could be made: what Flask says of any view that broke.
            with app.request_context(environ):
                response = app.handle_exception(error)
        return response(environ, start_response)

    return answer


def _add_calls(app: Application, made: Grid) -> None:
    """Let every other path be a call, for Flask as well."""
    view, verbs = partial(_call, made), [*VERBS, "TRACE"]
    # Flask shall not answer OPTIONS by itself: an unknown method has none.
    app.add_url_rule("/<path:path>", "call", view, methods=verbs, provide_automatic_options=False)
    known = (place for path, route in made.operations.items() for place in route.places(path))
    app.url_map.redirect_defaults = False
    app.url_map.of_operations = (LateRule(place, endpoint="call", methods=verbs) for place in known)
    # What Flask would refuse by itself (an odd verb, an odd Host) is answered like any other call.
    app.register_error_handler(HTTPException, lambda error: _call(made))
    # That would have a call that broke made again, on a body that was read.
    app.register_error_handler(InternalServerError, partial(_failed, made))


def _call(made: Grid, path: str = "") -> Response:
    return to_response(dispatch.answer(made, PROVIDERS, request.environ))


def _failed(made: Grid, error: InternalServerError) -> Response:
    """The last word, where even a refusal could not be made."""
    front = made.fallback_for(request.path).for_language(request.headers.get("Accept-Language", ""))
    reason = report_fault(error.original_exception or error)
    return to_response(refusal(front, reason, "", "json"))
