"""The pytest plugin in projects of others: what it gives to a test, what it says, and what it leaves behind."""

import fcntl
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from paths import ROOT
from projects import WITHOUT, pytest_in, write
from wire import Process, wait_until

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits


def ended(folder: Path) -> bool:
    """Whether the server of a run is gone: nobody holds what its users share, and its URL is not told any more."""
    with next(folder.rglob("legacygrid-users.lock")).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return not list(folder.rglob("legacygrid-server.json"))


FAILURES = """
import pytest

def test_other_parameter(legacygrid):
    call(legacygrid, "customer.delete", user="bob")
    legacygrid.assert_called("customer.delete", user="ada")

def test_other_count(legacygrid):
    for _ in range(3):
        call(legacygrid, "customer.delete", user="bob")
    legacygrid.assert_called("customer.delete", times=2, user="bob")

def test_nothing(legacygrid):
    legacygrid.assert_called("customer.add", username="ada", email="ada@example.com")

def test_unwanted(legacygrid):
    call(legacygrid, "customer.delete", user="bob")
    legacygrid.assert_not_called("customer.delete")

def test_typing_error(legacygrid):
    legacygrid.assert_called("customer.ad")

def test_secret(legacygrid):
    call(legacygrid, "customer.password", user="bob", password="very-secret", confirm_password="very-secret")
    legacygrid.assert_called("customer.password", user="bob", password="very-secret")

def test_senseless_fault(legacygrid):
    legacygrid.fail_next("customer.add", reason="NoSuch")

def unmatched(world):
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(world.url + "/apiv2/customer.ad.json?api_key=hidden")

def test_unmatched(legacygrid):
    unmatched(legacygrid)

def test_unmatched_allowed(legacygrid):
    unmatched(legacygrid)
    legacygrid.allow_unmatched()

@pytest.mark.legacygrid(strict=False)
def test_unmatched_marked(legacygrid):
    unmatched(legacygrid)
"""

SAID = [
    """
    AssertionError: customer.delete was not called with user='ada'
    nearest: #1 POST /apiv2/customer.delete.json by acme: refused 200 UnknownSubuser
      user: wanted 'ada', was 'bob'
    """,
    """
    AssertionError: customer.delete was called 3 times, not twice with user='bob'
      #2 POST /apiv2/customer.delete.json by acme: refused 200 UnknownSubuser user='bob'
      #3 POST /apiv2/customer.delete.json by acme: refused 200 UnknownSubuser user='bob'
      #4 POST /apiv2/customer.delete.json by acme: refused 200 UnknownSubuser user='bob'
    """,
    "AssertionError: customer.add was not called with username='ada' email='ada@example.com'; nothing was called",
    "AssertionError: customer.delete was called once, and should not be",
    "requests/find: operation: there is no 'customer.ad'; did you mean 'customer.add'?",
    "  password: wanted 'very-secret', is a secret, which is not recorded",
    "faults: reason: there is no 'NoSuch' here; there are ",
    """
    1 call matched no operation:
      #7 GET /apiv2/customer.ad.json by nobody: unmatched 404 UnknownMethod - no such method under that prefix, but /apiv2/customer.add is one; see: legacygrid routes
    To let such calls pass: legacygrid.allow_unmatched(), @pytest.mark.legacygrid(strict=False), or
    """,
]


def test_what_a_failure_says(tmp_path: Path) -> None:
    write(tmp_path, test_failures=FAILURES)
    ran = pytest_in(tmp_path, "--strict-markers")
    told = "\n".join(line.removeprefix("E").strip() for line in ran.out.splitlines())
    for lines in SAID:
        assert "\n".join(line.strip() for line in lines.strip().splitlines()) in told
    assert ran.counts() == {"failed": 7, "passed": 3, "error": 1}
    assert "hidden" not in ran.out
    # No frame of ours is between a test and what it is told.
    assert "testing/" not in ran.out


def test_a_project_without_a_use_for_it_imports_nothing(tmp_path: Path) -> None:
    """So coverage, which begins before a project's own conftest is read, sees all that a fixture imports."""
    told = "[name for name in sys.modules if name.startswith('legacygrid')]"
    (tmp_path / "conftest.py").write_text(
        f"import json, pathlib, sys\npathlib.Path('seen').write_text(json.dumps({told}))\n"
    )
    write(
        tmp_path,
        test_nothing="""
        import sys

        def test_modules():
            assert [name for name in sys.modules if name.startswith("legacygrid.")] == ["legacygrid.pytest_plugin"]
            assert not {"flask", "peewee", "requests", "httpx", "uvicorn"} & set(sys.modules)
        """,
    )
    assert pytest_in(tmp_path).counts() == {"passed": 1}
    assert json.loads((tmp_path / "seen").read_text()) == ["legacygrid", "legacygrid.pytest_plugin"]


def test_a_session_is_light_and_leaves_nothing_in_the_server(tmp_path: Path) -> None:
    write(
        tmp_path,
        test_leftovers="""
        import sys

        worlds = []

        def test_used(legacygrid):
            worlds.append(legacygrid)
            legacygrid.add_subuser("ada")
            legacygrid.clock.freeze("2015-03-01T00:00:00Z")
            legacygrid.fail_next(times=None, status=500)
            call_fails = urllib.request.Request(legacygrid.url_for("customer.delete"), b"")
            try:
                urllib.request.urlopen(call_fails)
            except urllib.error.HTTPError:
                pass

        def test_what_is_left(legacygrid_server):
            admin = worlds[0].admin
            assert admin.state()["accounts"] == []
            assert admin.requests() == admin.faults() == []
            assert not admin.clock().frozen
            admin.reset()
            assert admin.state()["accounts"] == []
            assert legacygrid_server.requests() == legacygrid_server.faults() == []

        def test_neither_emulator_nor_client_is_imported():
            assert not {"flask", "peewee", "requests", "httpx", "uvicorn", "click"} & set(sys.modules)
        """,
    )
    ran = pytest_in(tmp_path)
    assert ran.counts() == {"passed": 3}, ran.out
    assert wait_until(lambda: ended(tmp_path))


SCOPES = """
import pytest

worlds = {}

def note(name, world, **others):
    assert worlds.setdefault(name, world) is world, "the same in all of its scope"
    assert len({each.url for each in [world, *others.values()]}) == 1 + len(others)

class TestOne:
    @pytest.mark.parametrize("number", range(2))
    def test_all(self, number, legacygrid, legacygrid_class, legacygrid_module, legacygrid_session):
        wide = {"class": legacygrid_class, "module": legacygrid_module}
        for name, world in wide.items():
            note(name, world, test=legacygrid, session=legacygrid_session)
            assert len(world.subusers()) == number
            world.add_subuser()
        assert legacygrid.subusers() == []

class TestTwo:
    def test_the_class_is_new_and_the_module_is_not(self, legacygrid_class, legacygrid_module):
        assert worlds["class"].admin.state()["accounts"] == []
        assert legacygrid_class.subusers() == []
        assert len(legacygrid_module.subusers()) == 2
"""
AFTER = """
def test_after(legacygrid_module, legacygrid_session):
    from test_a import worlds
    assert worlds["module"].admin.state()["accounts"] == []
    assert legacygrid_module.subusers() == []
    assert len(legacygrid_session.requests) == 0

@pytest.fixture(scope="module")
def shop(legacygrid_factory):
    with legacygrid_factory(account="shop", strict=False) as world:
        yield world
    assert world.admin.state()["accounts"] == []

def test_factory(shop, legacygrid_factory):
    assert shop.account == "shop"
    with pytest.raises(urllib.error.HTTPError):
        call(shop, "customer.add", api_key="x", user="") and urllib.request.urlopen(shop.url + "/api/no.such.json")
    with legacygrid_factory() as other:
        assert (other.account, other.url != shop.url) == ("acme", True)
"""


def test_worlds_of_any_scope(tmp_path: Path) -> None:
    write(tmp_path, test_a=SCOPES, test_b=f"import pytest\n{AFTER}")
    ran = pytest_in(tmp_path)
    assert ran.counts() == {"passed": 5}, ran.out


def test_a_wide_world_tells_of_unmatched_calls_at_its_end(tmp_path: Path) -> None:
    write(
        tmp_path,
        test_unmatched="""
        import pytest

        def miss(world):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(world.url + "/apiv2/customer.ad.json")

        def test_module(legacygrid_module):
            miss(legacygrid_module)

        def test_session(legacygrid_session):
            miss(legacygrid_session)
            legacygrid_session.allow_unmatched()

        def test_factory(legacygrid_factory):
            with legacygrid_factory() as world:
                miss(world)

        def test_factory_allowed(legacygrid_factory):
            with legacygrid_factory(strict=False) as world:
                miss(world)
        """,
    )
    ran = pytest_in(tmp_path)
    assert ran.counts() == {"passed": 3, "failed": 1, "error": 1}, ran.out
    assert ran.out.count("/apiv2/customer.ad.json by nobody") == 2


FLAGS = next(line for line in (ROOT / "docs/harness.md").read_text("utf-8").splitlines() if "--disable-socket" in line)
SOCKETS = """
import asyncio, socket
import pytest

@pytest.mark.parametrize("number", range(4))
def test_here(legacygrid, number):
    assert call(legacygrid, "customer.add", username="ada", **NEW) == {"message": "success"}
    socket.create_connection((legacygrid.smtp.host, legacygrid.smtp.port)).close()
    asyncio.run(asyncio.sleep(0))

def test_elsewhere():
    with pytest.raises(Exception, match="192.0.2.1.*allowed"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_the_flags_of_pytest_socket(tmp_path: Path, workers: tuple[str, ...]) -> None:
    write(tmp_path, test_sockets=SOCKETS)
    flags = FLAGS.split()[1:]
    ran = pytest_in(tmp_path, *flags, *workers, without=WITHOUT[:3])
    assert ran.counts() == {"passed": 5}, ran.out


SHADOWS = ("models", "app", "cli", "seed", "config", "testing", "worlds", "harness", "log")


def test_a_project_with_modules_of_the_same_names(tmp_path: Path) -> None:
    for name in SHADOWS:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong one')\n")
    for folder in ("endpoints", "serializers", "tests"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("raise SystemExit('the wrong one')\n" * (folder != "tests"))
    write(
        tmp_path / "tests",
        test_theirs="""
        from legacygrid.testing import wsgi_app

        def test_both(legacygrid):
            assert call(legacygrid, "customer.add", username="ada", **NEW) == {"message": "success"}
            with wsgi_app() as emulator:
                assert emulator.admin.health()["status"] == "ok"
        """,
    )
    # `python -m pytest` puts the folder itself on the path, before all that is installed.
    assert pytest_in(tmp_path).counts() == {"passed": 1}


MANY = """
import pytest

@pytest.mark.parametrize("number", range(50))
def test_ada(legacygrid, number):
    assert legacygrid.subusers() == []
    assert call(legacygrid, "customer.add", username="ada", **{**NEW, "city": f"city {number}"}) == {"message": "success"}
    for word in range(18):
        call(legacygrid, "customer.profile", task="get", city=f"{number} {word}")
    call(legacygrid, "customer.delete", user="ada")
    legacygrid.assert_called("customer.add", times=1, username="ada", city=f"city {number}")
    legacygrid.assert_called("customer.delete", times=1, user="ada", outcome="done")
    asked = legacygrid.assert_called("customer.profile", times=18)
    assert [each.params["city"] for each in asked] == [f"{number} {word}" for word in range(18)]
    assert len(legacygrid.requests) == 20

def test_server(legacygrid_server, worker_id):
    import pathlib
    pathlib.Path(__file__).with_name(f"url-{worker_id}").write_text(legacygrid_server.url)
    assert legacygrid_server.requests() is not None
"""


@pytest.mark.takes(12)
def test_a_thousand_calls_of_four_workers_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, test_many=MANY)
    ran = pytest_in(tmp_path, "-n", "4", without=WITHOUT[:2])
    assert ran.counts() == {"passed": 51}, ran.out
    assert len(list(tmp_path.rglob("legacygrid-server.log"))) == 1
    assert wait_until(lambda: ended(tmp_path))


def test_workers_that_are_killed_take_the_server_with_them(tmp_path: Path) -> None:
    write(
        tmp_path,
        test_killed="""
        import os, signal

        def test_killed(legacygrid):
            call(legacygrid, "customer.delete", user="ada")
            os.kill(os.getpid(), signal.SIGKILL)
        """,
    )
    assert pytest_in(tmp_path).code == -signal.SIGKILL
    assert wait_until(lambda: ended(tmp_path))


@pytest.mark.takes(6)
def test_a_worker_that_is_killed_takes_nothing_from_the_others(tmp_path: Path) -> None:
    write(
        tmp_path,
        test_killed="""
        import os, pathlib, pytest, signal

        @pytest.mark.parametrize("number", range(6))
        def test_any(legacygrid, legacygrid_server, number):
            with pathlib.Path(__file__).with_name("urls").open("a") as file:
                file.write(legacygrid_server.url + "\\n")
            call(legacygrid, "customer.delete", user="ada")
            if number == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            legacygrid.assert_called("customer.delete", times=1)
        """,
    )
    ran = pytest_in(tmp_path, "-n", "2", without=WITHOUT[:3])
    assert ran.counts() == {"passed": 5, "failed": 1}, ran.out
    assert len(set((tmp_path / "urls").read_text().split())) == 1
    assert wait_until(lambda: ended(tmp_path))


@pytest.mark.takes(6)
def test_a_server_that_died_is_started_anew_and_without_locks_each_has_its_own(tmp_path: Path) -> None:
    write(
        tmp_path,
        test_died="""
        import json, os, signal, subprocess, sys
        from legacygrid.testing import shared_server as module
        from legacygrid.testing.shared_server import shared_server

        def test_died(tmp_path):
            with shared_server(tmp_path) as first:
                os.kill(json.loads((tmp_path / "legacygrid-server.json").read_text())["pid"], signal.SIGKILL)
                with shared_server(tmp_path) as second:
                    assert second != first
                    with shared_server(tmp_path) as third:
                        assert third == second

        def test_alone(tmp_path, monkeypatch):
            monkeypatch.setattr(module, "fcntl", None)
            with module.shared_server(tmp_path) as one, module.shared_server(tmp_path) as other:
                assert one != other
        """,
    )
    ran = pytest_in(tmp_path)
    assert ran.counts() == {"passed": 2}, ran.out


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    write(tmp_path, test_any="def test_any(legacygrid): pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nlegacygrid_options = --set no_such=1\n")
    ran = pytest_in(tmp_path)
    assert ran.code == 1
    assert "legacygrid serve did not start" in ran.out
    assert "no_such" in ran.out


def test_ini_settings(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nlegacygrid_profile = documented\nlegacygrid_strict = false\n"
        "legacygrid_options = --journal 5\n    --set xml_declaration=UTF-8\n"
    )
    write(
        tmp_path,
        test_settings="""
        import pytest

        def test_settings(legacygrid):
            assert legacygrid.admin.health()["profile"] == "documented"
            for _ in range(7):
                with pytest.raises(urllib.error.HTTPError):
                    urllib.request.urlopen(legacygrid.url + "/apiv2/no.such.json")
            assert len(legacygrid.requests) == 5

        @pytest.mark.legacygrid(strict=True)
        def test_strict_again(legacygrid):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(legacygrid.url + "/apiv2/no.such.json")
        """,
    )
    ran = pytest_in(tmp_path)
    assert ran.counts() == {"passed": 2, "error": 1}, ran.out


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A server that somebody else started, with a token."""
    with Process(tmp_path_factory.mktemp("running"), "sqlite:///:memory:", "--admin-token", "the-token") as process:
        yield process


@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_server_that_is_running_already(tmp_path: Path, running: Process, by: str) -> None:
    write(
        tmp_path,
        test_there=f"""
        def test_there(legacygrid):
            assert legacygrid.url.startswith("{running.url}/~")
            assert "the-token" not in repr(legacygrid) + repr(legacygrid.admin) + repr(vars(legacygrid))
            assert call(legacygrid, "customer.add", username="ada", **NEW) == {{"message": "success"}}
        """,
    )
    if by == "option":
        ran = pytest_in(tmp_path, "--legacygrid-url", running.url, "--legacygrid-token", "the-token")
    else:
        ran = pytest_in(tmp_path, LEGACYGRID_URL=running.url, LEGACYGRID_ADMIN_TOKEN="the-token")
    assert ran.counts() == {"passed": 1}, ran.out


def test_a_wrong_token_is_said_and_not_shown(tmp_path: Path, running: Process) -> None:
    write(tmp_path, test_any="def test_any(legacygrid): pass\n")
    ran = pytest_in(
        tmp_path, "--showlocals", "--full-trace", LEGACYGRID_URL=running.url, LEGACYGRID_ADMIN_TOKEN="not-that-token"
    )
    assert ran.counts() == {"error": 1}
    assert "token: wrong or missing" in ran.out
    assert "not-that-token" not in ran.out
