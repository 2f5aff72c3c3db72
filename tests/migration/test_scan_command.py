"""`legacygrid migrate scan`: formats, baselines, exit statuses, and what it says without parsers."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from click.testing import CliRunner, Result

from legacygrid.cli import main
from packages import node_modules

SECRET = "p4ss-w0rd"
OLD = f"""\
<?php
$url = "https://sendgrid.com/apiv2/customer.monitor.json?api_user=acme&api_key={SECRET}&task=list";
$all = json_decode(file_get_contents($url));
// https://sendgrid.com/api/mail.send.json
function send($op) {{ return post("https://sendgrid.com/api/$op.json", ['api_user' => 'acme']); }}
"""


def scan(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["migrate", "scan", *arguments])
    assert SECRET not in result.output
    return result


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one program, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "old one.php").write_text(OLD)
    return tmp_path


LINES = """\
2 calls of Web API v2 (1 NONE, 1 put together at run time) and 4 other places to change, in 1 file.

src/old one.php:2:8: trap-secret-in-url: api_key stands in a URL: URLs are in the logs of servers and proxies: replace the secret, and send it in a header
src/old one.php:2:36: v2-call: customer.monitor task=list [NONE]: its v3 calls: legacygrid migrate show customer.monitor --task list
src/old one.php:2:58: v2-credentials: api_user and api_key as parameters: v3 takes an API key in the header `Authorization: Bearer`; a password cannot become one
src/old one.php:3:8: trap-status: customer.monitor: v2 refused with HTTP 200 and an error in the body; v3 refuses with 4xx and `errors`
src/old one.php:4:29: v2-call: mail.send [LOSSY]: its v3 calls: legacygrid migrate show mail.send (in a comment)
"""


def test_lines_are_as_compilers_write_them(source: Path) -> None:
    result = scan("src")
    assert result.exit_code == 1
    assert result.output.startswith(LINES)
    assert "\n\nNot seen:\n- names of operations that are put together" in result.output


def test_json_has_every_part(source: Path) -> None:
    found = json.loads(scan("src", "--format", "json").output)
    assert (found["command"], found["passed"], found["files"]) == ("scan", False, 1)
    (built,) = [each for each in found["findings"] if each["rule"] == "v2-call-at-run-time"]
    assert (built["path"], built["line"], built["column"]) == ("src/old one.php", 5, 60)
    assert (built["name"], built["level"], built["confidence"]) == ("{op}", "failed", "certain")
    assert "mail.send" in built["candidates"]
    assert [each["level"] for each in found["findings"] if each["in_comment"]] == ["noted"]


@pytest.mark.parametrize("format", ["md", "html"])
def test_pages_have_the_sentence_and_each_place(source: Path, format: str) -> None:
    page = scan("src", "--format", format).output
    assert LINES.splitlines()[0] in page.replace("\\", "")
    assert page.count("old one.php") >= 7
    assert "<script" not in page


def test_junit_has_a_case_a_file(source: Path) -> None:
    suite = ElementTree.fromstring(scan("src", "--format", "junit").output)
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    (case,) = suite
    assert case.get("name") == "src/old one.php"


@pytest.mark.vendors
def test_sarif_is_valid(source: Path) -> None:
    schema = next(Path(node_modules("npm-jest-sarif")).rglob("sarif-2.1.0-*.json"))
    log = json.loads(scan("src", "--format", "sarif").output)
    jsonschema.Draft7Validator(json.loads(schema.read_text("utf-8"))).validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert {each["level"] for each in run["results"]} == {"error", "warning", "note"}
    (place,) = run["results"][0]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "src/old%20one.php"


def test_a_baseline_fails_what_is_new_alone(source: Path) -> None:
    assert scan("src", "--write-baseline", "known.json").exit_code == 0
    assert SECRET not in (source / "known.json").read_text()
    moved = "<?php\n\n\n" + OLD.removeprefix("<?php\n")
    (source / "src" / "old one.php").write_text(moved)
    assert scan("src", "--baseline", "known.json").exit_code == 0
    (source / "src" / "new.php").write_text("<?php get('https://sendgrid.com/api/stats.get.json');\n")
    result = scan("src", "--baseline", "known.json", "--format", "json")
    failed = [each["name"] for each in json.loads(result.output)["findings"] if each["level"] == "failed"]
    assert (result.exit_code, failed) == (1, ["stats.get"])
    states = json.loads(scan("src", "--baseline", "known.json", "--format", "sarif").output)["runs"][0]["results"]
    assert {each["baselineState"] for each in states} == {"new", "unchanged"}


def test_nothing_found_is_said(source: Path) -> None:
    (source / "new.py").write_text("client.mail.send.post(request_body=mail)\n")
    for format in ("text", "json", "junit", "sarif", "md", "html"):
        assert scan("new.py", "--format", format).exit_code == 0
    assert scan("new.py").output.startswith("No sign of Web API v2 in 1 file.\n")


def test_the_host_alone_is_told_and_fails_nothing(source: Path) -> None:
    (source / "hosts.ini").write_text("url = https://api.sendgrid.com\n")
    result = scan("hosts.ini")
    assert result.exit_code == 0
    assert "hosts.ini:1:7: v2-host: " in result.output
    assert "(fails nothing)" in result.output
    (found,) = json.loads(scan("hosts.ini", "--format", "json").output)["findings"]
    assert (found["level"], found["rule"]) == ("noted", "v2-host")


def test_what_is_left_out_is_counted(source: Path) -> None:
    for name in ("a.log", "b.log"):
        (source / "src" / name).write_text(OLD)
    assert "--logs has them scanned (2): src/a.log, src/b.log\n" in scan("src").output
    assert "src/a.log:1:" not in scan("src").output
    assert "src/a.log:2:" in scan("src", "--logs").output


def test_a_scan_that_is_stopped_has_found_nothing(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("legacygrid.migration.scan.scanner.scan_file", stop)
    result = scan("src")
    assert (result.exit_code, result.output) == (130, "Error: stopped by SIGINT\n")


def test_a_document_goes_to_a_file(source: Path) -> None:
    assert scan("src", "--format", "json", "--output", "found.json").output == ""
    assert json.loads((source / "found.json").read_text())["command"] == "scan"


USAGE = {
    "no path": ([], "Missing argument 'PATH...'"),
    "a path that is not there": (["nowhere"], "'nowhere' does not exist"),
    "another format": (["src", "--format", "yaml"], "'yaml' is not one of"),
    "no baseline": (["src", "--baseline", "none.json"], "none.json cannot be read: no such file"),
    "a baseline that is none": (["src", "--baseline", "bad.json"], "bad.json cannot be read"),
    "a baseline of another version": (["src", "--baseline", "old.json"], "old.json is no baseline of version 1"),
    "another command's baseline": (["src", "--baseline", "other.json"], "is the baseline of another command"),
    "a baseline with half an entry": (["src", "--baseline", "half.json"], "has an entry without path, rule"),
    "a baseline that cannot be written": (["src", "--write-baseline", "no/where"], "cannot be written"),
}


@pytest.mark.parametrize(("arguments", "text"), USAGE.values(), ids=list(USAGE))
def test_what_cannot_be_carried_out_exits_with_2(source: Path, arguments: list[str], text: str) -> None:
    for name, content in {
        "bad.json": "{",
        "old.json": "[]",
        "other.json": '{"version": 1, "of": "report", "known": []}',
        "half.json": '{"version": 1, "of": "scan", "known": [{"path": "a"}]}',
    }.items():
        (source / name).write_text(content)
    result = scan(*arguments)
    assert (result.exit_code, text in " ".join(result.output.split())) == (2, True), result.output


def test_without_parsers_it_says_how_to_get_them(source: Path) -> None:
    program = (
        "import sys; sys.modules['tree_sitter'] = None\n"
        "from legacygrid.cli import main; main(['migrate', 'scan', 'src'])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr == (
        "Error: tree-sitter is missing, which parses source code; to install it: pip install 'legacygrid[scan]'\n"
    )


def test_a_terminal_obeys_nothing_of_source_code(source: Path) -> None:
    code = "$a = \"https://sendgrid.com/api/customer.{$b\x1b[31m}\x9b2J.json\";\npost('/api/customer.\x1b]0;x\x07.json');\n"
    (source / "\x1b[31m.php").write_text("<?php\n" + code)
    (source / "Gemfile").write_text("gem 'sendgrid-ruby', '1.1\x1b[31m'\n")
    for format in ("text", "md"):
        shown = scan("\x1b[31m.php", "Gemfile", "--format", format).output
        assert all(line.isprintable() for line in shown.split("\n"))
        assert "sendgrid-ruby" in shown.replace("\\", "")
