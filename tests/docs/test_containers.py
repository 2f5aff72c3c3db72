"""The container, compose.yaml and the examples for CI: what they name is there, and each is as its format wants it."""

import re
from importlib.metadata import requires

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from legacygrid.endpoints import SYSTEMS
from paths import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("compose.yaml", "compose-spec"),
        ("examples/ci/github-actions.yml", "github-workflows"),
        ("examples/ci/gitlab-ci.yml", "gitlab-ci"),
    ],
)
def test_it_is_as_its_format_wants_it(file: str, schema: str) -> None:
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", f"vendor.{schema}", str(ROOT / file)])
    assert done.exit_code == 0, done.output


def test_compose_answers_for_every_host_that_has_one_name() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["legacygrid"]
    aliases = service["networks"]["default"]["aliases"]
    smtp = [host for system in SYSTEMS for host in system.smtp_hosts]
    assert sorted(aliases) == sorted({*smtp, *(host for host in SYSTEMS.hosts if "*" not in host)})


def test_the_container_is_an_ordinary_user_that_says_how_it_is() -> None:
    assert re.search(r"^USER 10001:10001$", CONTAINERFILE, re.MULTILINE)
    assert re.findall(r"^VOLUME .*$", CONTAINERFILE, re.MULTILINE) == ["VOLUME /state"]
    assert 'CMD ["legacygrid", "health"]' in CONTAINERFILE
    for each in re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.MULTILINE):
        assert all((ROOT / name).exists() for name in each.split())


def test_the_lock_has_what_setup_cfg_wants() -> None:
    locked = dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^ ;]+)", LOCK, re.MULTILINE))
    for text in requires("legacygrid") or []:
        wanted = Requirement(text)
        if wanted.marker is None or "extra" not in str(wanted.marker) or wanted.marker.evaluate({"extra": "postgres"}):
            version = locked[canonicalize_name(wanted.name)]
            assert wanted.specifier.contains(version), f"{text}: the lock has {version}; make lock"


def test_the_lock_names_each_file_by_its_digest() -> None:
    releases = re.split(r"^(?=[a-z])", LOCK, flags=re.MULTILINE)[1:]
    assert len(releases) > 20
    assert all("--hash=sha256:" in release for release in releases)
    assert "://" not in LOCK
