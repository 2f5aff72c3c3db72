"""Which files a scan looks at, and what manifests name."""

import os
from pathlib import Path

import pytest

from legacygrid.migration.baseline import Baseline
from legacygrid.migration.scan.files import Selection
from legacygrid.migration.scan.manifests import find_libraries
from legacygrid.migration.scan.occurrences import Skipped
from legacygrid.migration.scan.scanner import scan
from paths import ROOT

ALL = Selection()
CALL = "get('https://sendgrid.com/api/mail.send.json')\n"


def read(path: Path, selection: Selection = ALL) -> dict[str, str]:
    """What is said of each path below one: `read`, or why it is skipped."""
    return {
        each.path.removeprefix(f"{path}/"): each.why if isinstance(each, Skipped) else "read"
        for each in selection.read(str(path))
    }


def test_what_is_not_looked_at_is_told(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text(CALL)
    (tmp_path / "src" / "up").symlink_to(tmp_path)
    (tmp_path / "b.py").symlink_to(tmp_path / "src" / "a.py")
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "c.php").write_text(CALL)
    (tmp_path / "old.php").write_text(CALL)
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\0\0" + CALL.encode())
    (tmp_path / "app.min.js").write_text(CALL)
    (tmp_path / "one.js").write_text("x;" * 5000 + CALL)
    (tmp_path / "large.sql").write_text("--\n" * 1000)
    os.mkfifo(tmp_path / "pipe")
    assert read(tmp_path, Selection(2999, excluded=("*/old.php",))) == {
        "app.min.js": "it is minified",
        "b.py": "links are not followed",
        "large.sql": "it is larger than 2999 bytes",
        "logo.png": "it is binary",
        "old.php": "it is excluded",
        "one.js": "it is larger than 2999 bytes",
        "pipe": "it is no file",
        "src/a.py": "read",
        "src/up": "links are not followed",
        "vendor": "folders of others' code and of what is built are left out",
    }
    assert read(tmp_path)["one.js"] == "it is minified"
    assert read(tmp_path, Selection(with_vendored=True))["vendor/c.php"] == "read"
    assert read(tmp_path / "b.py") == {str(tmp_path / "b.py"): "read"}


def test_logs_and_baselines_are_left_out(tmp_path: Path) -> None:
    for name in ("a.py", "access.log", "error.log.1", "old.log-20150301", "catalog.py"):
        (tmp_path / name).write_text(CALL)
    Baseline.of("scan", ("path",), [("https://sendgrid.com/api/mail.send.json",)]).write(str(tmp_path / "known.json"))
    told = read(tmp_path)
    assert {name for name, why in told.items() if why == "read"} == {"a.py", "catalog.py"}
    assert told["access.log"].startswith("they are logs: ")
    assert told["known.json"] == "they are baselines"
    assert read(tmp_path, Selection(with_logs=True))["error.log.1"] == "read"
    for name in ("access.log", "known.json"):
        assert read(tmp_path / name) == {str(tmp_path / name): "read"}


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert read(tmp_path / "gone") == {str(tmp_path / "gone"): "it cannot be read: no such file or directory"}


BYTES = {
    "latin-1": b"# caf\xe9\n" + CALL.encode(),
    "utf-8 with a mark": b"\xef\xbb\xbf#\n" + CALL.encode(),
    "utf-16": ("#\n" + CALL).encode("utf-16"),
    "old line ends": b"#\r\n" + CALL.encode(),
    "no line ends": CALL.encode().strip(),
    "half a character, and what no text has": b"#\xf0\x9f\x98 \x01\x7f\n" + CALL.encode(),
}


@pytest.mark.parametrize("data", BYTES.values(), ids=list(BYTES))
def test_files_of_any_bytes_are_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.py").write_bytes(data)
    result = scan([str(tmp_path)], Selection())
    assert [(each.name, each.place.column) for each in result.found] == [("mail.send", 31)]


def test_a_name_that_is_no_text_is_shown(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n.py")).write_text(CALL)
    (found,) = scan([str(tmp_path)], Selection()).found
    assert found.place.path == f"{tmp_path}/\\xff\\x0a.py"


MANIFESTS = {
    "package.json": ('{"dependencies": {"sendgrid": "^1.9.2", "nodemailer": "6.0.0"}}', ["sendgrid 1.9.2"]),
    "web/package.json": ('{"dependencies": {"sendgrid": "5.2.3", "@sendgrid/mail": "^1.0.0"}}', []),
    "package-lock.json": ('{"packages": {"node_modules/sendgrid": {\n"version": "2.0.0",\n"x": 1}}}', ["sendgrid 2.0.0"]),
    "yarn.lock": ('sendgrid@^0.4.6:\n  version "0.4.6"\n', ["sendgrid 0.4.6"]),
    "pnpm-lock.yaml": ("packages:\n  /nodemailer-sendgrid-transport@0.2.0:\n", ["nodemailer-sendgrid-transport 0.2.0"]),
    "composer.json": ('{"require": {"sendgrid/sendgrid": "~2.2", "sendgrid/smtpapi": "1.0"}}', ["sendgrid/sendgrid 2.2"]),
    "composer.lock": ('{"name": "sendgrid/sendgrid",\n"version": "v4.0.2"}', ["sendgrid/sendgrid 4.0.2"]),
    "new/composer.json": ('{"require": {"sendgrid/sendgrid": "^8.0"}}', []),
    "Gemfile": ("gem 'sendgrid-ruby', '~> 1.1'\ngem \"sendgrid\"\n", ["sendgrid", "sendgrid-ruby 1.1"]),
    "Gemfile.lock": ("    sendgrid-ruby (6.6.2)\n    sendgrid_webapi (0.0.4)\n", ["sendgrid_webapi 0.0.4"]),
    "requirements.txt": ("sendgrid==1.4.0 --hash=x\ndjango-anymail[sendgrid]>=13.0\n", ["sendgrid 1.4.0"]),
    "dev-requirements.txt": ("sendgrid<3\n", ["sendgrid 3"]),
    "setup.py": ("setup(install_requires=['sendgrid>=1.6,<2'])", ["sendgrid 1.6"]),
    "poetry.lock": ('[[package]]\nname = "sendgrid"\nversion = "6.11.0"\n', []),
    "Pipfile": ('[packages]\nsendgrid = "==2.2.1"\n', ["sendgrid 2.2.1"]),
    "go.mod": ("require github.com/sendgrid/sendgrid-go v2.0.0+incompatible\n", ["github.com/sendgrid/sendgrid-go 2.0.0"]),
    "pom.xml": ("<artifactId>sendgrid-java</artifactId>\n<version>2.2.2</version>", ["sendgrid-java 2.2.2"]),
    "build.gradle": ("implementation 'com.sendgrid:sendgrid-java:4.9.3'", []),
    "app/build.gradle": ("compile 'com.sendgrid:sendgrid-java:2.2.2'", ["sendgrid-java 2.2.2"]),
    "App.csproj": ('<PackageReference Include="SendGrid" Version="6.3.4" />', ["sendgrid 6.3.4"]),
    "packages.config": ('<package id="SendGrid" version="9.28.1" />', []),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text", "found"), [(path, *rest) for path, rest in MANIFESTS.items()])
def test_libraries_are_found_by_their_versions(path: str, text: str, found: list[str]) -> None:
    libraries = find_libraries(path, text)
    assert sorted(f"{each.library.name} {each.version}".strip() for each in libraries) == found


def test_names_without_a_url_count_where_another_file_calls(tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text("client.call('customer.delete')\n")
    alone = scan([str(tmp_path)], Selection())
    assert (alone.found, alone.doubtful) == ([], 1)
    (tmp_path / "client.py").write_text("def call(op): return get('https://sendgrid.com/apiv2/' + op + '.json')\n")
    together = scan([str(tmp_path)], Selection())
    assert [each.name for each in together.found] == ["{op}", "customer.delete"]
    assert together.doubtful == 0


def test_the_clients_of_this_project_are_found() -> None:
    """Fourteen programs in seven languages call the same operation."""
    result = scan([str(ROOT / "tests" / "clients")], Selection())
    calls = [each for each in result.found if each.rule.id == "v2-call"]
    assert {each.name for each in calls} == {"customer.profile"}
    assert len({each.place.path for each in calls}) == result.files
    lists = scan([str(ROOT / "tests" / "vendors")], Selection()).found
    assert {"sendgrid 0.4.6", "sendgrid 1.4.0", "django-anymail 0.7"} <= {each.name for each in lists}


def test_a_file_of_many_calls_takes_no_longer_for_each(tmp_path: Path) -> None:
    """What is looked for from a place on is looked for near it."""
    lines = "get('https://sendgrid.com/apiv2/customer.' + a + '.json', task='get')\n" * 3000
    (tmp_path / "a.py").write_text(lines)
    (tmp_path / "b.rb").write_text("f(['customer.add'," + "'customer.add'," * 3000 + "], 'apiv2')")
    (tmp_path / "c.php").write_text("<?php " + "(" * 3000 + "'apiv2/'" + " . 'x'" * 3000)
    assert len(scan([str(tmp_path)], Selection(with_vendored=True)).found) == 6001
