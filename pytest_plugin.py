"""The pytest plugin: a server for the session, a world for each test, class, module or session.

pytest loads this module in every project that has Legacygrid installed, so it imports nothing of it
before a fixture is asked for.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from legacygrid.testing.admin import Admin
    from legacygrid.testing.world import World

_MARKER = "legacygrid(strict=True): strict=False lets calls pass that match no operation."


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line and of the ini file."""
    group = parser.getgroup(
        "legacygrid", "Legacygrid, an emulator of SendGrid's Web API v2 and three others"
    )
    group.addoption(
        "--legacygrid-url",
        metavar="URL",
        help="Use the server that runs there, instead of one's own.",
    )
    group.addoption(
        "--legacygrid-token",
        metavar="TOKEN",
        help="Its --admin-token. [env: LEGACYGRID_ADMIN_TOKEN]",
    )
    parser.addini(
        "legacygrid_profile", "Profile of the server: recorded or documented.", default=""
    )
    parser.addini(
        "legacygrid_options", "More flags of `legacygrid serve`.", type="args", default=[]
    )
    parser.addini(
        "legacygrid_strict",
        "Fail a test whose calls match no operation.",
        type="bool",
        default=True,
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture(scope="session")
def legacygrid_server(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Admin"]:
    """The control API of a server of the whole run; `.url` is where it answers. Workers of
    pytest-xdist share it.
    """
    from legacygrid.testing.admin import Admin
    from legacygrid.testing.shared_server import shared_server

    url = pytestconfig.getoption("legacygrid_url") or os.environ.get("LEGACYGRID_URL", "")
    folder = tmp_path_factory.getbasetemp()
    if hasattr(pytestconfig, "workerinput"):
        folder = folder.parent
    with nullcontext(url) if url else shared_server(folder, _options(pytestconfig)) as there:
        yield Admin(there, _token(pytestconfig) if url else "")


def _token(config: pytest.Config) -> str:
    from legacygrid.testing.client import Hidden

    return Hidden(
        config.getoption("legacygrid_token") or os.environ.get("LEGACYGRID_ADMIN_TOKEN", "")
    )


def _options(config: pytest.Config) -> list[str]:
    profile = config.getini("legacygrid_profile")
    return [*(["--profile", profile] if profile else []), *config.getini("legacygrid_options")]


@pytest.fixture
def legacygrid(request: pytest.FixtureRequest, legacygrid_server: "Admin") -> Iterator["World"]:
    """An emulator that is the test's own, with an account; see legacygrid.testing.World.

    At the end it is taken away, and the test fails if a call matched no operation.
    """
    with _make_world(legacygrid_server, _is_strict(request)) as world:
        yield world


@pytest.fixture(scope="class")
def legacygrid_class(
    request: pytest.FixtureRequest, legacygrid_server: "Admin"
) -> Iterator["World"]:
    """The same for the tests of a class together."""
    with _make_world(legacygrid_server, _is_strict(request)) as world:
        yield world


@pytest.fixture(scope="module")
def legacygrid_module(
    request: pytest.FixtureRequest, legacygrid_server: "Admin"
) -> Iterator["World"]:
    """The same for the tests of a module together."""
    with _make_world(legacygrid_server, _is_strict(request)) as world:
        yield world


@pytest.fixture(scope="session")
def legacygrid_session(
    request: pytest.FixtureRequest, legacygrid_server: "Admin"
) -> Iterator["World"]:
    """The same for all tests together; with pytest-xdist, for those of one worker."""
    with _make_world(legacygrid_server, _is_strict(request)) as world:
        yield world


@pytest.fixture(scope="session")
def legacygrid_factory(
    request: pytest.FixtureRequest, legacygrid_server: "Admin"
) -> Callable[..., AbstractContextManager["World"]]:
    """Makes emulators, each for a `with` block, for fixtures of your own.

    It takes `account` and `key`, and `strict` for whether unmatched calls fail at the end.
    """

    def make(strict: bool = _is_strict(request), **more: str) -> AbstractContextManager["World"]:
        return _make_world(legacygrid_server, strict, **more)

    return make


@contextmanager
def _make_world(server: "Admin", is_strict: bool, **more: str) -> Iterator["World"]:
    from legacygrid.testing.world import World

    world = World(server.world(_fresh_name()), **more)
    try:
        yield world
        if world.strict and is_strict:
            _check(world)
    finally:
        world.end()


def _fresh_name() -> str:
    # Unique in time and space: a server that stays may see many runs.
    from secrets import token_hex

    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'test')}-{token_hex(8)}"


def _is_strict(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("legacygrid")
    if marker and "strict" in marker.kwargs:
        return bool(marker.kwargs["strict"])
    return bool(request.config.getini("legacygrid_strict"))


def _check(world: "World") -> None:
    complaint = ""
    try:
        world.assert_all_matched()
    except AssertionError as error:
        complaint = str(error)
    if complaint:
        pytest.fail(complaint, pytrace=False)
