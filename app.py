"""The WSGI application: `legacygrid.app:create_app`."""

from flask import Flask, Response, request

from legacygrid import blocking, config, dispatch, grid, models, profiles, seed
from legacygrid.endpoints import FAMILIES, admin, front
from legacygrid.grid import Grid

#: In the environ of a call that has to be made again on a thread that may wait.
AGAIN = "legacygrid.again"


def create_app(settings: config.Settings | None = None) -> Flask:
    """An emulator as a WSGI application, its store opened and seeded.

    :param settings: by default those of the `LEGACYGRID_*` environment variables.
    :raises StoreError, SeedError: the store or the seed is refused; the message is for a person.
    """
    settings = settings or config.from_environment()
    store = models.open_store(settings.database)
    try:
        made = grid.make(store, profiles.profile(settings.profile, settings.switches), FAMILIES, settings.bcrypt_cost)
        seed.plant(made, settings)
    except BaseException:
        store.close()
        raise
    return serve_grid(made)


def serve_grid(made: Grid) -> Flask:
    """The WSGI application of an emulator that is there."""
    app = Flask(__name__, static_folder=None)
    app.extensions["legacygrid"] = made
    app.register_blueprint(front.blueprint)
    app.register_blueprint(admin.blueprint)

    # Every other path is a call. Flask shall not answer OPTIONS by itself: an unknown method has none.
    verbs = [*dispatch.VERBS, "PUT", "PATCH", "DELETE", "TRACE"]
    app.add_url_rule("/<path:path>", "call", lambda path: _call(made), methods=verbs, provide_automatic_options=False)
    return app


def _call(made: Grid) -> Response:
    try:
        return dispatch.answer(made, request)
    except blocking.WouldBlock:
        request.environ[AGAIN] = True
        return Response(status=503)
