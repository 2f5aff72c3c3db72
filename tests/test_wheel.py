"""What is shipped: the source distribution, and the wheel that is made of it, installed elsewhere beside a project that has
modules of the same names.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import threading
import urllib.request
import venv
import zipfile
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

import pytest

from legacygrid.endpoints import SYSTEMS
from paths import ROOT, tracked

# Processes and deadlines: not for the inner loop.
# One worker has all of them, and builds and installs the wheel once.
pytestmark = [pytest.mark.waits, pytest.mark.takes(80)]

#: Seconds for what takes a network, or a start.
LONG = 300
NOT_SOURCE = shutil.ignore_patterns(
    ".*", "__pycache__", "build", "dist", "*.egg-info", "*.db", "*.db-wal", "*.db-shm", "*.pyc"
)
#: Whoever imports one of these has imported the wrong one.
SHADOWS = ("models.py", "app.py", "cli.py", "config.py", "seed.py", "endpoints/__init__.py", "serializers/__init__.py")


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    """What the command prints; it has to succeed."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LEGACYGRID_", "PYTHONPATH", "PYTEST_"))
    }
    done = subprocess.run(
        command, cwd=cwd, env=own | {"COLUMNS": "200"} | env, capture_output=True, text=True, timeout=LONG, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def isolation() -> list[str]:
    """None is needed where this environment has all that builds a wheel."""
    try:
        is_there = int(version("setuptools").partition(".")[0]) >= 77 and version("wheel")
    except PackageNotFoundError:
        is_there = False
    return ["--no-isolation"] if is_there else []


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both are, built from a copy: a build leaves folders behind in the source."""
    folder = tmp_path_factory.mktemp("built")
    for file in tracked():
        (folder / "source" / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / "source" / file)
    run(sys.executable, "-m", "build", *isolation(), "--outdir", str(folder), str(folder / "source"), cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (made,) = built.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of a fresh environment that has the wheel; what it depends on is borrowed from this one."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, symlinks=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", scripts / "python", "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    (site_packages,) = folder.rglob("site-packages")
    # A .pth in a folder that came by a .pth is not read, so the editable install of this project stays out.
    (site_packages / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"])
    return scripts


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A project that has modules of the same names."""
    for name in SHADOWS:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"raise SystemExit('{name} of another project was imported')\n")
    return tmp_path


def test_the_source_distribution_is_the_checkout(built: Path) -> None:
    """So whoever has it can run the tests, and build the documents and the container."""
    (made,) = built.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        held = {PurePosixPath(*PurePosixPath(each.name).parts[1:]) for each in archive.getmembers() if each.isfile()}
    of_setuptools = {file for file in held if file.parts[0] in ("PKG-INFO", "legacygrid.egg-info")}
    assert held - of_setuptools == set(tracked())


def test_what_pypi_shows_leads_nowhere_within_a_checkout(wheel: Path) -> None:
    (file,) = [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("/METADATA")]
    metadata = message_from_bytes(zipfile.ZipFile(wheel).read(file))
    assert metadata["Description-Content-Type"] == "text/markdown"
    page = metadata.get_payload()
    assert page.startswith("# Legacygrid")
    links = re.findall(r"""\]\(([^)\s]+)|^\[[^\]]+\]:\s*(\S+)|(?:href|src)=["']([^"']+)""", page, re.MULTILINE)
    assert [link for link in map("".join, links) if not link.startswith("https://")] == []


def test_the_pythons_that_pypi_names_are_from_the_oldest_on(wheel: Path) -> None:
    (file,) = [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("/METADATA")]
    metadata = message_from_bytes(zipfile.ZipFile(wheel).read(file))
    named = re.findall(r"Python :: 3\.(\d+)$", "\n".join(metadata.get_all("Classifier")), re.MULTILINE)
    assert metadata["Requires-Python"] == f">=3.{min(map(int, named))}"
    assert str(sys.version_info.minor) in named


def test_only_the_package_is_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    own = f"legacygrid-{version('legacygrid')}"
    assert {name.split("/")[0] for name in names} == {"legacygrid", f"{own}.dist-info", f"{own}.data"}
    beside = [name for name in names if name.startswith(f"{own}.data/")]
    assert beside == [f"{own}.data/data/share/man/man1/legacygrid.1"]


def test_every_module_is_in_the_wheel(wheel: Path) -> None:
    workshop = ("tests", "benchmarks", "docs", "examples")
    kinds = [(".", ".py"), ("fixtures", ".json"), ("fixtures", ".cjs"), ("fixtures", ".php")]
    kinds += [("models", ".sql"), ("console/templates", ""), ("console/static", ""), ("console/translations", ".mo")]
    files = [
        file
        for file in tracked()
        if file.parts[0] not in workshop
        and any(file.is_relative_to(at) and file.suffix.endswith(kind) for at, kind in kinds)
    ]
    files.append(PurePosixPath("py.typed"))
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("legacygrid/")}
    assert shipped == {f"legacygrid/{file}" for file in files}
    assert "legacygrid/fixtures/demo.json" in shipped


@pytest.mark.parametrize("folder", ["tests", "benchmarks", "docs", "examples", "build", ".ci"])
def test_nothing_of_the_workshop_is_in_the_wheel(wheel: Path, folder: str) -> None:
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if folder in name.split("/")]


def test_the_licence_is_in_the_wheel(wheel: Path) -> None:
    (licence,) = [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("/LICENSE")]
    assert zipfile.ZipFile(wheel).read(licence) == (ROOT / "LICENSE").read_bytes()


def test_it_is_the_wheel_that_runs(installed: Path, foreign: Path) -> None:
    code = "import legacygrid.app, legacygrid.models as models; print(legacygrid.app.__file__, models.__file__)"
    for file in run(installed / "python", "-c", code, cwd=foreign).split():
        assert Path(file).is_relative_to(installed.parent), file
        assert ROOT not in Path(file).parents


def test_nothing_else_is_installed(installed: Path) -> None:
    (site_packages,) = installed.parent.rglob("site-packages")
    found = {file.name for file in site_packages.iterdir()}
    assert found == {"legacygrid", f"legacygrid-{version('legacygrid')}.dist-info", "borrowed.pth"}


def test_the_command_beside_another_project(installed: Path, foreign: Path) -> None:
    lines = run(installed / "legacygrid", "routes", cwd=foreign).splitlines()
    assert len(lines) == 1 + sum(len(each.tasks) for family in SYSTEMS.families for each in family.operations.values())
    assert version("legacygrid") in run(installed / "legacygrid", "--version", cwd=foreign)


def test_workers_beside_another_project(installed: Path, foreign: Path) -> None:
    (foreign / "click.py").write_text("raise SystemExit('click.py of another project was imported')\n")
    # All of them have answered when it says so, and are gone when it ends.
    code = """
import os, signal, sys
from legacygrid.cli import main
class Told(type(sys.stdout)):
    def write(self, text):
        if text.startswith("Legacygrid answers"):
            os.kill(os.getpid(), signal.SIGTERM)
        return super().write(text)
sys.stdout = Told(sys.stdout.buffer, line_buffering=True)
main(["serve", "--workers", "2", "--port", "0", "--database", "sqlite:///store.db"])
"""
    said = run(installed / "python", "-P", "-c", code, cwd=foreign)
    assert re.search(r"^Listening on http://127.0.0.1:\d+$", said, re.MULTILINE)


def test_flask_beside_another_project(installed: Path, foreign: Path) -> None:
    flask = [installed / "python", "-m", "flask", "--app", "legacygrid.app"]
    assert "/<path:path>" in run(*flask, "routes", cwd=foreign, LEGACYGRID_DATABASE="sqlite:///:memory:")


def test_the_demonstration_is_shipped(installed: Path, foreign: Path) -> None:
    code = """
from legacygrid.app import create_app
call = {"api_user": "demo", "api_key": "demo-password", "task": "get"}
print(create_app().test_client().post("/apiv2/customer.profile.json", data=call).text)
"""
    env = {"LEGACYGRID_DATABASE": "sqlite:///:memory:", "LEGACYGRID_DEMO": "1"}
    assert '"username":"ada"' in run(installed / "python", "-c", code, cwd=foreign, **env)


def test_the_manual_page_is_where_man_finds_it(installed: Path) -> None:
    """`man` looks beside the folders of the PATH."""
    page = (installed.parent / "share/man/man1/legacygrid.1").read_bytes()
    assert page == (ROOT / "docs/legacygrid.1").read_bytes()


def test_no_file_was_made_beside_another_project(installed: Path, foreign: Path) -> None:
    before = sorted(foreign.rglob("*"))
    run(installed / "legacygrid", "fidelity", cwd=foreign, PYTHONDONTWRITEBYTECODE="1")
    assert sorted(foreign.rglob("*")) == before


def test_the_migration_harness_beside_another_project(installed: Path, foreign: Path) -> None:
    """The example passes as its README has it, with the wheel's plugin, two workers and an order of chance."""
    shutil.copytree(ROOT / "examples/migration-harness", foreign, dirs_exist_ok=True, ignore=NOT_SOURCE)
    told = run(installed / "python", "-m", "pytest", "-q", "-n", "2", f"--basetemp={foreign}/.tmp", cwd=foreign)
    assert re.search(r"^37 passed in", told, re.MULTILINE), told


def test_an_empty_environment_needs_nothing_else(wheel: Path, foreign: Path) -> None:
    """`pip install`, `legacygrid serve --demo`, and the first call: what it depends on comes as PyPI has it."""
    environment = foreign / "venv"
    venv.create(environment, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", environment / "bin/python", "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", wheel, cwd=foreign)
    serve = [environment / "bin/legacygrid", "serve", "--demo", "--port", "0", "--database", "sqlite:///:memory:"]
    with subprocess.Popen(serve, cwd=foreign, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        watchdog = threading.Timer(LONG, server.kill)
        watchdog.start()
        try:
            said = "".join(iter_until("Listening on ", server.stdout))
            url = said.rpartition("Listening on ")[2].strip()
            form = b"api_user=demo&api_key=demo-password&task=get"
            with urllib.request.urlopen(f"{url}/apiv2/customer.profile.json", form, timeout=LONG) as answer:
                assert answer.read().startswith(b'[{"username":"ada",')
            server.terminate()
            assert server.wait(LONG) == 0
        finally:
            watchdog.cancel()
            server.kill()


def iter_until(start: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines up to the first that begins so."""
    for line in lines:
        yield line
        if line.startswith(start):
            return
