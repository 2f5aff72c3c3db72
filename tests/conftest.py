import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from emulator import NEW, PASSWORD, Service, World, fresh
from engines import find_store
from legacygrid import models
from legacygrid.grid import grid_of
from legacygrid.models import connections, snapshots
from legacygrid.models.database import Store
from legacygrid.models.engines.dialects import bound
from legacygrid.models.parse_hosts import ParseHost
from legacygrid.registry.evidence import UNSOURCED
from legacygrid.serializers import profiles
from legacygrid.server import listeners
from legacygrid.server.server import Server
from names import name_of
from postgres_server import PostgresServer, find_programs, has_user, running
from posting import Talk
from spreading import spread

if TYPE_CHECKING:
    # Most modules look at no page, and need not wait for what can.
    from playwright.sync_api import Browser

    from browser import Visit


#: What the vendor's OpenAPI documents judge; where they are, is told by this variable. `make test` says that it did not run.
collect_ignore = [] if os.environ.get("LEGACYGRID_OPENAPI") else ["judged"]
#: Images of CI often forbid bytecode, so that each process that a test starts would compile everything anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
#: Where files are in memory, so that to flush one takes no time.
MEMORY = Path("/dev/shm")


def is_roomy(folder: Path) -> bool:
    """Whether there is room for all files of the tests, of which some are programs; containers often have less."""
    if not os.access(folder, os.W_OK):
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize > 2 << 30 and not found.f_flag & os.ST_NOEXEC


if is_roomy(MEMORY):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    os.environ.setdefault("TMPDIR", str(MEMORY))
# No test cuts the power.
connections.PRAGMAS["synchronous"] = "off"


def pytest_make_parametrize_id(val: object) -> str | None:
    """Cases are called by what is in them, where a table gives them no names."""
    return name_of(val)


def pytest_itemcollected(item: pytest.Item) -> None:
    """What looks at the console through Chromium is marked so, before `-m` chooses."""
    if "chromium" in getattr(item, "fixturenames", ()):
        item.add_marker("browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest tests come first in the part of each worker, and stay in any order otherwise."""
    workers = getattr(config, "workerinput", {"workercount": 1})["workercount"]
    items[:] = spread(items, workers)


# A machine at work is no reason to fail.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for the suite: a process holds no more. Each test has an account of its own in it."""
    store = models.open_store(find_store(tmp_path_factory.mktemp("store") / "suite.db"))
    with store.freeing():
        snapshots.mark_initial()
    yield store
    store.close()


@pytest.fixture
def apart() -> Iterator[None]:
    """For commands that open a store in this process, which holds one: the suite's own is put aside meanwhile."""
    kept, database = Store._open, bound.obj
    Store._open = None
    yield
    Store._open = kept
    if database is not None:
        bound.initialize(database)


@pytest.fixture(scope="session")
def recorded(store: Store) -> Iterator[Service]:
    """An emulator of what the wire was."""
    service = Service(store, profiles.profile("recorded"))
    yield service
    assert_discreet(service)
    assert_sourced(service)
    service.stop()


def assert_discreet(service: Service) -> None:
    """Nothing that the suite used as a secret is in what the control API tells of all its calls."""
    told = [service.send("GET", f"/__admin/{target}").text for target in ("requests", "metrics", "faults")]
    for secret in (PASSWORD, NEW["password"], "password1"):
        assert not [text for text in told if secret in text], secret


def assert_sourced(service: Service) -> None:
    """Whatever was said of a refused call has evidence."""
    assert UNSOURCED.source not in service.send("GET", "/__admin/requests").text


@pytest.fixture(scope="session")
def documented(store: Store) -> Iterator[Service]:
    """An emulator of what the last manual said."""
    service = Service(store, profiles.profile("documented"))
    yield service
    assert_sourced(service)
    service.stop()


@pytest.fixture(scope="session")
def posted(store: Store) -> Iterator[tuple[Service, int]]:
    """An emulator of what the wire was that takes mail by SMTP, too, and the port that it does so at."""
    ports: list[int] = []

    def open_doors(server: Server) -> None:
        ports.append(listeners.open_smtp(server, grid_of(server.bridge.app)))

    service = Service(store, profiles.profile("recorded"), open_doors)
    yield service, ports[0]
    assert_sourced(service)
    service.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of PostgreSQL, in which each test has a schema or a database of its own."""
    if not (find_programs() and has_user()):
        pytest.skip("needs Debian's postgresql")
    with running() as server:
        yield server


@pytest.fixture
def world(recorded: Service) -> World:
    """An account of the test's own, as the wire was."""
    return World(recorded)


@pytest.fixture
def own_world(recorded: Service) -> World:
    """An emulator of the test's own, within the one that the suite shares."""
    return World(recorded, prefix=f"/~{fresh('world')}")


@pytest.fixture
def manual_world(documented: Service) -> World:
    """An account of the test's own, as the manual said."""
    return World(documented)


@pytest.fixture
def talk(posted: tuple[Service, int]) -> Iterator[Talk]:
    """A connection to it. As long as nobody has a hostname for inbound mail, nobody is let in without a log-in."""
    with posted[0].grid.store.writing():
        ParseHost.delete().execute()
    with Talk(posted[1]) as talk:
        yield talk


@pytest.fixture
def sender(posted: tuple[Service, int]) -> World:
    """An account of the test's own there."""
    return World(posted[0])


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """A browser for the suite."""
    import browser

    with browser.chromium() as found:
        yield found


@pytest.fixture(params=["js-1280", "plain-375"])
def visit(chromium: "Browser", own_world: World, request: pytest.FixtureRequest) -> Iterator["Visit"]:
    """Somebody at the console of the test's own world, with scripts on a wide screen, without on a narrow one."""
    import browser

    mode = next(mode for mode in browser.MODES if str(mode) == request.param)
    with browser.visiting(chromium, own_world.service.url + own_world.prefix, mode) as found:
        yield found
