"""`legacygrid migrate report`: every kind of source, what is said of it, and what is never shown."""

import gzip
import json
import os
import shlex
import subprocess
import sys
import tracemalloc
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests
from click.testing import CliRunner, Result

from legacygrid.cli import main
from legacygrid.commands.command_language import language_of_command
from legacygrid.migration.report import files
from legacygrid.migration.report.files import read_file
from legacygrid.migration.report.observed_calls import Observed, ObservedCall
from legacygrid.migration.run_hints import in_words_of_a_run
from legacygrid.testing import World
from shell import BIN, Shell

SECRET = "s3cret-key"
QUERY = f"api_user=acme&api_key={SECRET}&task=get&user=ada"
LOG = f"""\
192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET /apiv2/customer.profile.json?{QUERY} HTTP/1.1" 200 2326 "-" "curl/7"
192.0.2.1 - bob [10/Oct/2023:13:55:37 -0700] "POST /apiv2/customer.add.xml HTTP/1.1" 200 2326
api.example.com:80 192.0.2.1 - bob [10/Oct/2023:13:56:38 -0700] "POST /apiv2/customer.limit.json HTTP/1.1" 200 -
192.0.2.1 - - [10/Oct/2023:13:55:39 -0700] "GET /index.html/{SECRET} HTTP/1.1" 200 2326

this is none
"""
JOURNAL = [
    {"id": 1, "time": "2023-10-10T20:55:36.000Z", "method": "POST", "path": "/apiv2/customer.disable.json", "operation": "customer.disable", "task": "", "format": "json", "params": {"user": "ada"}, "caller": "acme", "credentials_from": "body"},
    {"id": 2, "time": "2023-10-10T20:55:37.000Z", "method": "GET", "path": "/api/nothing.json", "operation": "", "task": "", "format": "json", "params": {}, "caller": "", "credentials_from": "query"},
    {"id": 3, "time": "2023-10-10T20:55:38.000Z", "method": "GET", "path": "/apiv2/customer.sendip.json", "operation": "customer.sendip", "task": "append", "format": "xml", "params": {"user": "ada", "set": "none"}, "caller": "acme", "credentials_from": "query"},
    {"id": 4, "time": "2023-10-10T20:55:38.000Z", "method": "POST", "path": "/v3/email/send", "operation": "smtp2go/email/send", "task": "", "format": "json", "params": {}, "caller": "", "credentials_from": "header"},
]  # fmt: skip
URL = "https://api.sendgrid.com/apiv2/customer.limit.json"
FORM = f"api_user=acme&api_key={SECRET}&task=total&user=ada&credits=5"
PARTS = f'--x\r\nContent-Disposition: form-data; name="task"\r\n\r\ntotal\r\n--x\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n{SECRET}\r\n--x--\r\n'
HAR = {"log": {"version": "1.2", "entries": [
    {"startedDateTime": "2023-10-10T20:55:36.000Z", "request": {"method": "POST", "url": URL, "postData": {"text": FORM}}},
    {"startedDateTime": "2023-10-10T20:55:36.000Z", "request": {"method": "POST", "url": URL, "postData": {"params": [{"name": "task", "value": "none"}]}}},
    {"startedDateTime": "2023-10-10T20:55:36.000Z", "request": {"method": "GET", "url": f"https://cdn.example.com/a/b.js?{SECRET}"}},
    {"comment": "half an entry"},
]}}  # fmt: skip
RUBY = f"""\
---
http_interactions:
- request:
    method: post
    uri: {URL}
    body:
      encoding: US-ASCII
      string: "{FORM}"
    headers: {{}}
  response:
    status: {{code: 200}}
  recorded_at: Tue, 10 Oct 2023 20:55:36 GMT
- request: {{method: get, uri: "https://api.sendgrid.com/apiv2/customer.profile.json?{QUERY}", body: {{string: !binary "Zm9v"}}}}
"""
VCRPY = f"""\
interactions:
- request:
    body: !!python/unicode '{FORM}'
    headers: {{}}
    method: POST
    uri: {URL}
  response: {{}}
version: 1
"""
PHP = f"""\
- request:
    method: POST
    url: '{URL}'
    post_fields: {{task: total, user: ada, credits: '5', api_user: acme, api_key: {SECRET}}}
  response: {{status: {{http_version: '1.1', code: '200'}}}}
"""
SOURCES = {
    "an access log": ("access.log", LOG, [("customer.profile", "get", "acme"), ("customer.add", "", "bob"), ("customer.limit", None, "bob")], 2),
    "a journal": ("a.json", json.dumps({"requests": JOURNAL}), [("customer.disable", "", "acme"), ("customer.sendip", "append", "acme")], 2),
    "a journal as a list": ("a.json", json.dumps(JOURNAL, indent=1), [("customer.disable", "", "acme"), ("customer.sendip", "append", "acme")], 2),
    "json lines": ("a.jsonl", "".join(json.dumps(each) + "\n" for each in JOURNAL), [("customer.disable", "", "acme"), ("customer.sendip", "append", "acme")], 2),
    "har": ("a.har", json.dumps(HAR), [("customer.limit", "total", "acme"), ("customer.limit", "none", "")], 2),
    "ruby's vcr": ("a.yml", RUBY, [("customer.limit", "total", "acme"), ("customer.profile", "get", "acme")], 0),
    "vcrpy": ("a.yaml", VCRPY, [("customer.limit", "total", "acme")], 0),
    "vcrpy as json": ("a.json", json.dumps({"version": 1, "interactions": [{"request": {"method": "POST", "uri": URL, "body": PARTS}}]}), [("customer.limit", "total", "")], 0),
    "php-vcr": ("a.yml", PHP, [("customer.limit", "total", "acme")], 0),
    "an empty file": ("a.log", "", [], 0),
}  # fmt: skip


def read(path: Path) -> list[Observed]:
    return list(read_file(str(path), lambda done: None))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize(("name", "text", "calls", "others"), SOURCES.values(), ids=list(SOURCES))
def test_every_kind_of_source_is_read(
    tmp_path: Path, name: str, text: str, calls: list[tuple[str, str | None, str]], others: int, packed: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    found = read(path)
    assert [(each.operation, each.task, each.caller) for each in found if isinstance(each, ObservedCall)] == calls
    assert len(found) == len(calls) + others
    assert SECRET not in repr(found)


def report(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["migrate", "report", *arguments])
    assert SECRET not in result.output
    return result


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of sources, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "access.log").write_text(LOG)
    (tmp_path / "in" / "journal.json").write_text(json.dumps(JOURNAL))
    return tmp_path


SENTENCE = (
    "5 calls of Web API v2 by 2 callers, in 5 ways (2 EXACT, 2 FAN, 1 of a class not known);"
    " 4 other requests were not recognised."
)


def test_the_report_tells_all_in_order(folder: Path) -> None:
    result = report("in", "--lang", "curl", "--subusers", "1200")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == SENTENCE
    told = [
        "       1    1,203*  customer.profile task=get, by acme (1)",
        "EXACT: one request does the same",
        "Class not known: it goes by the task",
        "customer.add: FAN, several requests",
        "--- curl",
        "- 2 calls had api_key in the URL, 1 different one: it is in the logs",
        "- 2 calls asked for XML: v3 answers JSON alone",
        "- 1 call changed something by GET: v3 does not",
        "- Taken for an account of 1,200 subusers, as given.",
        "- all requests but mail/send: 1,207 in the busiest minute, 2023-10-10 20:55 UTC; v3 takes about 600: too many",
        "- GET /index.html/...: 1",
        "- smtp2go/email/send: an operation of another system: 1",
    ]
    at = 0
    for text in told:
        at = next((place for place, line in enumerate(lines) if line.startswith(text)), -1)
        assert at >= 0, text
    # What is told of all calls is not behind the code, which is long.
    assert lines.index("Not recognised:") < next(at for at, line in enumerate(lines) if line.startswith("--- "))


def test_json_has_every_part(folder: Path) -> None:
    told = json.loads(report("in", "--format", "json", "--lang", "none").output)
    assert (told["sentence"], told["calls"], told["subusers"]) == (SENTENCE, 5, 1)
    assert told["secrets_in_urls"] == {"calls": 2, "different": 1, "passwords": 0}
    assert (told["first"], told["last"]) == ("2023-10-10T20:55:36+00:00", "2023-10-10T20:56:38+00:00")
    (disable,) = [each for each in told["operations"] if each["operation"] == "customer.disable"]
    assert (disable["class"], disable["calls"], disable["callers"]) == ("EXACT", 1, {"acme": 1})
    assert sum(told["unrecognised"].values()) == 4
    assert {each["operation"] for each in told["recipes"]} >= {"customer.disable", "customer.sendip"}


@pytest.mark.parametrize("format", ["md", "html"])
def test_pages_have_every_part(folder: Path, format: str) -> None:
    page = report("in", "--format", format, "--lang", "all").output.replace("\\", "")
    assert SENTENCE in page
    assert all(
        text in page for text in ("Requests a minute", "Not recognised", "PATCH /v3/subusers/", "impersonateSubuser")
    )
    assert "<script" not in page


def test_junit_fails_what_the_exit_status_does(folder: Path) -> None:
    def told(*options: str) -> tuple[int, str | None, str | None]:
        result = report("in", "--format", "junit", *options)
        suite = ElementTree.fromstring(result.output)
        return result.exit_code, suite.get("tests"), suite.get("failures")

    assert told() == (0, "5", "0")
    report("in/journal.json", "--write-baseline", "known.json")
    assert told("--baseline", "known.json") == (1, "5", "3")


def test_a_baseline_counts_calls_and_tells_operations_apart(folder: Path) -> None:
    (folder / "twice.json").write_text(json.dumps([JOURNAL[0], JOURNAL[0]]))
    report("twice.json", "--write-baseline", "known.json")
    assert [each["count"] for each in json.loads((folder / "known.json").read_text())["known"]] == [2]
    (folder / "often.json").write_text(json.dumps([JOURNAL[0]] * 5))
    assert report("often.json", "--baseline", "known.json").exit_code == 0


NAMED = [
    ("customer.add", "", {"username": "ada"}, 1),
    ("customer.profile", "get", {"username": "ada"}, 1),
    ("customer.profile", "setUsername", {"user": "ada", "username": "eve"}, 1),
    ("customer.sendip", "append", {"user": "ada,bob, eve"}, 3),
    ("credentials/add", "", {"username": "ada"}, 0),
]


@pytest.mark.parametrize(("operation", "task", "params", "count"), NAMED)
def test_subusers_that_calls_name_are_counted(
    folder: Path, operation: str, task: str, params: dict[str, str], count: int
) -> None:
    entries = [{**JOURNAL[0], "operation": operation, "task": task, "params": params}]
    entries.append({**JOURNAL[0], "params": {"user": "zoe"}})
    (folder / "a.json").write_text(json.dumps(entries))
    assert json.loads(report("a.json", "--format", "json").output)["subusers"] == 1 + count


def test_what_was_not_recognised_reads_well(folder: Path) -> None:
    line = '192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "{} HTTP/1.1" 200 1\n'
    (folder / "one.log").write_text(line.format("CONNECT api.sendgrid.com:443"))
    assert report("one.log").output.startswith("No call of Web API v2; 1 other request was not recognised.\n")
    (folder / "one.log").write_text("".join(map(line.format, ["POST /v3/mail/send", "CONNECT api.sendgrid.com:443"])))
    told = report("one.log").output
    assert told.startswith("No call of Web API v2; 2 other requests were not recognised.\n")
    assert "- POST /v3/..., which is v3 already: 1 request\n" in told
    assert "- CONNECT, a tunnel whose requests are not told: 1 request\n" in told


@pytest.mark.parametrize("words", [("in", "--run", "--", "true"), ("in", "--format", "json", "--run", "true")])
def test_sources_or_a_run(folder: Path, words: tuple[str, ...]) -> None:
    result = report(*words)
    assert result.exit_code == 2
    assert "either sources (in) or --run with a command" in result.output


def test_what_a_program_prints_is_not_in_the_report(folder: Path) -> None:
    (folder / "old.sh").write_text("echo one; echo two >&2\n")
    words = ("migrate", "report", "--format", "json", "--lang", "none")
    ran = Shell(folder).run(*words, "--run", "--", "sh", "old.sh")
    assert (ran.code, ran.json["calls"]) == (0, 0), ran
    assert ran.err.startswith("one\ntwo\n")
    apart = Shell(folder).run(*words, "--output", "r.json", "--run", "sh", "old.sh")
    assert apart.out == "one\n"
    assert json.loads((folder / "r.json").read_text())["calls"] == 0


def test_a_baseline_fails_new_calls_alone(folder: Path) -> None:
    assert report("in/journal.json", "--write-baseline", "known.json").exit_code == 0
    assert report("in/journal.json", "--baseline", "known.json").exit_code == 0
    result = report("in", "--baseline", "known.json", "--format", "json")
    new = sorted(each["operation"] for each in json.loads(result.output)["operations"] if each["new"])
    assert (result.exit_code, new) == (1, ["customer.add", "customer.limit", "customer.profile"])


def test_a_running_emulator_is_read_page_by_page(legacygrid: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from legacygrid.migration.report import live

    monkeypatch.setattr(live, "_PAGE", 2)
    legacygrid.add_subuser("ada")
    for _ in range(3):
        requests.post(legacygrid.url_for("customer.disable"), data={**legacygrid.auth, "user": "ada"}, timeout=10)
    url = legacygrid.url_for("customer.disable").partition("/apiv2")[0]
    told = json.loads(report(url, "--format", "json", "--lang", "none").output)
    assert sum(each["calls"] for each in told["operations"] if each["operation"] == "customer.disable") >= 3


def test_a_suite_is_run_and_reported(folder: Path) -> None:
    program = (
        "import sys, urllib.request as u;"
        f"u.urlopen('https://api.sendgrid.com/apiv2/customer.profile.json?api_user=demo&api_key={SECRET}&task=get');"
        "sys.exit(3)"
    )
    # A process of its own: one holds one store, and this one may have that of other tests.
    options = ("--demo", "--format", "json", "--lang", "none", "--output", "r.json")
    ran = Shell(folder).run("migrate", "report", *options, "--run", "--", sys.executable, "-c", program)
    assert ran.code == 3, ran
    assert SECRET not in ran.out + ran.err
    told = json.loads((folder / "r.json").read_text())
    assert (told["sources"], told["calls"]) == ([f"a run of {sys.executable}"], 1)
    # A program that was refused stopped early: what it would have called is not in the report.
    assert ran.err.startswith("legacygrid: calls:\nlegacygrid:      1  customer.profile  refused=Wrong")
    assert "legacygrid: hint: api_user 'demo' is known here, and that is not its password" in ran.err
    assert SECRET not in (folder / "r.json").read_text()


def test_a_program_with_a_login_of_its_own_is_told_the_option(folder: Path) -> None:
    url = f"https://api.sendgrid.com/apiv2/customer.profile.json?api_user=acme&api_key={SECRET}&task=get"
    (folder / "old.py").write_text(f"import urllib.request as u; u.urlopen({url!r})")
    program = ("--run", "--", sys.executable, "old.py")
    ran = Shell(folder).run("migrate", "report", "--demo", *program)
    assert "hint: api_user 'acme' is unknown here; to add it: --account acme:PASSWORD\n" in ran.err
    again = Shell(folder).run("migrate", "report", "--account", f"acme:{SECRET}", *program)
    assert "customer.profile task=get  answered\n" in again.err
    assert "\n--- python\n" in again.out


HINTS = [
    ("x is unknown here; to add it: legacygrid account add a b", "x is unknown here; to add it: --account a b:PASSWORD"),
    ("to add it: legacygrid account add a --database sqlite:////a.db", "to add it: --account a:PASSWORD"),
    ("to add it: start with --account a b:PASSWORD, or POST a seed with it to /__admin/seed", "to add it: --account a b:PASSWORD"),
    ("legacygrid key add ACCOUNT --key-stdin, or start with --key ACCOUNT:KEY", "--key ACCOUNT:KEY"),
    ("to add it: legacygrid login add ACCOUNT bob --kind cmc", "to add it: `credentials` of its account, in a file of --seed"),
    ("to add a record: legacygrid domain add", "to add a record: `mail_domains` of its account, in a file of --seed"),
    ("kept from api by its permissions", "kept from api by its permissions"),
]  # fmt: skip


@pytest.mark.parametrize(("hint", "told"), HINTS)
def test_hints_are_in_the_words_of_the_command(hint: str, told: str) -> None:
    assert in_words_of_a_run(hint) == told


LANGUAGES_OF_COMMANDS = [
    ("php old.php", "php"),
    ("/usr/bin/php8.2 bin/console", "php"),
    ("vendor/bin/phpunit", "php"),
    ("env A=b ruby old", "ruby"),
    ("bundle exec rspec", "ruby"),
    ("./old.rb", "ruby"),
    ("node old.js", "node"),
    ("npm test", "node"),
    ("python3.11 old", "python"),
    ("pytest", "python"),
    ("sh old.sh", "curl"),
    ("sh -c 'php old.php'", "php"),
    ("./old", "python"),
]


@pytest.mark.parametrize(("command", "language"), LANGUAGES_OF_COMMANDS)
def test_the_code_is_in_the_language_of_the_command(command: str, language: str) -> None:
    assert language_of_command(shlex.split(command)) == language


REFUSED = {
    "a file that is not there": (["none.log"], "none.log"),
    "a file of another kind": (["odd.txt"], "odd.txt is no journal, HAR file, cassette or access log"),
    "half a journal": (["half.json"], "half.json cannot be read: "),
    "half an archive": (["half.gz"], "half.gz cannot be read: "),
    "no cassette": (["bad.yml"], "bad.yml cannot be read: "),
    "a URL where nothing answers": (["http://127.0.0.1:9"], "http://127.0.0.1:9 does not answer"),
    "no emulator's baseline": (["in", "--baseline", "odd.txt"], "odd.txt cannot be read"),
    "no source": ([], "Missing argument 'SOURCE...'"),
}


@pytest.mark.parametrize(("arguments", "text"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_read_exits_with_2(folder: Path, arguments: list[str], text: str) -> None:
    (folder / "odd.txt").write_text("dear diary\n")
    (folder / "half.json").write_text('{"requests": [{"operation": "customer.add"')
    (folder / "half.gz").write_bytes(gzip.compress(LOG.encode())[:-20])
    (folder / "bad.yml").write_text("http_interactions: [")
    result = report(*arguments)
    assert (result.exit_code, text in " ".join(result.output.split())) == (2, True), result.output


LAUGHS = "".join(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in pairwise("abcdefghij"))
DEEP = b"[" * 100_000
HOSTILE = {
    "an archive with bytes that were changed": ("x.gz", b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 40, "cannot be read: "),
    "JSON nested without end": ("x.json", b'{"log": {"entries": [' + DEEP, "nested too deep"),
    "lines of JSON nested without end": ("x.jsonl", b'{"a": 1}\n{"a": ' + DEEP, "nested too deep"),
    "a cassette nested without end": ("x.yml", b"interactions: " + DEEP, "cannot be read: "),
    "a cassette that grows to 10^9 values": (
        "x.yml", f"a: &a [x, x]\n{LAUGHS}interactions: [{{request: {{method: *j, uri: *j}}}}]\n".encode(), "too often",
    ),
    "a cassette within itself": ("x.yml", b"interactions: &a [*a]", "cannot be read: "),
    "a cassette that packs too well": ("x.yml", gzip.compress(b"--- " + b"a" * (101 << 20), 1), "104,857,600 bytes"),
    "a line of JSON that packs too well": (
        "x.json", gzip.compress(b'{"a": 1}\n{"a": "' + b"a" * (65 << 20), 1), "a line is longer than",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "text"), HOSTILE.values(), ids=list(HOSTILE))
def test_sources_that_want_to_do_harm_are_refused(folder: Path, name: str, data: bytes, text: str) -> None:
    (folder / f"\x1b[31m{name}").write_bytes(data)
    result = report(f"\x1b[31m{name}")
    assert (result.exit_code, text in result.output) == (2, True), result.output
    assert "\\x1b[31m" in result.output


#: A cassette's tags: nothing of them is carried out, and what is of no type that is meant is a text.
TAGGED = """\
interactions:
- request: {method: !!python/object/apply:os.mkdir ["made"], uri: /x}
- request: {method: get, uri: /api/profile.get.json, body: !!timestamp never}
- request: {method: get, uri: /api/profile.get.json, body: !!bool perhaps}
- request: {method: get, uri: /api/profile.get.json, body: null}
"""
MARKED = b"\xef\xbb\xbf" + json.dumps(HAR).encode()
YEAR_0 = '192.0.2.1 - - [01/Jan/0001:00:00:00 +2300] "GET /api/profile.get.json HTTP/1.1" 200 1\n'
OBEYED = YEAR_0.replace("json", "json?api_user=%1b%5b31m%0aada%e2%80%ae")


@pytest.mark.parametrize(
    ("name", "data", "calls"),
    [("x.yml", TAGGED.encode(), 3), ("x.har", MARKED, 2), ("x.log", YEAR_0.encode(), 1), ("x.log", OBEYED.encode(), 1)],
)
def test_odd_sources_are_read(folder: Path, name: str, data: bytes, calls: int) -> None:
    (folder / name).write_bytes(data)
    result = report(name)
    assert (result.exit_code, result.output.split(" ")[0]) == (0, str(calls)), result.output
    assert not (folder / "made").exists()
    assert all(line.isprintable() for line in result.output.split("\n")), "a terminal would obey"
    assert (r"\x1b[31m\x0aada\x202e" in result.output) == (data == OBEYED.encode())


def test_no_more_is_kept_the_more_there_is(tmp_path: Path) -> None:
    """Names that a stranger chooses do not fill memory or pages."""
    from legacygrid.migration.report.tally import OTHERS, Tally

    line = '192.0.2.1 - u{0} [10/Oct/2023:13:55:36 -0700] "GET /x{0}/y HTTP/1.1" 200 1\n'
    call = '192.0.2.1 - u{0} [10/Oct/2023:13:55:36 -0700] "GET /api/profile.get.json HTTP/1.1" 200 1\n'
    (tmp_path / "a.log").write_text("".join((line + call).format(number) for number in range(3000)))
    tally = Tally()
    tally.count(read_file(str(tmp_path / "a.log"), lambda done: None))
    assert (len(tally.callers), len(tally.unrecognised)) == (1001, 1001)
    assert tally.unrecognised[OTHERS] == 2000
    assert tally.calls == 3000


def test_who_could_not_log_in_is_a_caller(folder: Path) -> None:
    entry = {**JOURNAL[0], "caller": "", "outcome": "refused"}
    (folder / "refused.json").write_text(json.dumps([entry, entry, {**entry, "outcome": "fault"}]))
    told = json.loads(report("refused.json", "--format", "json").output)
    assert told["operations"][0]["callers"] == {"(refused)": 2, "": 1}
    assert "customer.disable, by (refused) (2), not known (1)\n" in report("refused.json").output


def test_a_text_without_end_fills_no_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HAR files that pack into little: what is no entry is passed over, and an entry has a length."""
    monkeypatch.setattr(files, "_LONGEST", 1 << 20)
    beside = b'{"log": {"pages": [' + b'"a", ' * 500_000 + b'"a"], "entries": []}}'
    entry = b'{"log": {"entries": [{"text": "' + b"a" * (32 << 20) + b'"}]}}'
    for name, data in (("beside.har", beside), ("entry.har", entry)):
        (folder / name).write_bytes(gzip.compress(data, 1))
    for name, code, said in (("beside.har", 0, "No call of Web API v2."), ("entry.har", 2, "longer than 1,048,576 ")):
        tracemalloc.start()
        try:
            result = report(name)
            assert (result.exit_code, said in result.output) == (code, True), result.output
            assert tracemalloc.get_traced_memory()[1] < 16 << 20
        finally:
            tracemalloc.stop()


def test_passwords_in_urls_are_counted_and_forgotten(folder: Path) -> None:
    call = f"/apiv2/customer.add.json?api_user=acme&api_key=k&username=ada&password={SECRET}&confirm_password={SECRET}"
    (folder / "a.log").write_text(f'192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET {call} HTTP/1.1" 200 1\n')
    assert "- 1 call had a password in the URL: it is in the same logs, so set another\n" in report("a.log").output
    assert json.loads(report("a.log", "--format", "json").output)["secrets_in_urls"]["passwords"] == 1
    assert SECRET not in repr(read(folder / "a.log"))


def test_a_terminal_has_a_progress_bar(folder: Path) -> None:
    (folder / "long.log").write_text(LOG * 2000)
    terminal, end = os.openpty()
    ran = subprocess.run(
        [BIN, "migrate", "report", "long.log", "--lang", "none"], stdout=subprocess.PIPE, stderr=end, timeout=60, check=True
    )  # fmt: skip
    os.close(end)
    shown = os.read(terminal, 1 << 16).decode()
    os.close(terminal)
    assert shown.count("long.log") > 2
    assert "100%" in shown
    assert ran.stdout.startswith(b"6,000 calls of Web API v2")
