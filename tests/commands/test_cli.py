"""The command line, as a person or a script has it: what goes in, what comes out, and how it ends."""

import json
import re
import shlex
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest

from legacygrid import cli
from legacygrid.commands import accounts, ca, migrate, seeding, serve
from legacygrid.commands import run as running
from legacygrid.endpoints import SYSTEMS
from legacygrid.serializers import profiles
from legacygrid.serializers.sources.options import ListOption
from shell import COLONS, KEY, OLD_KEY, OTHER, PASSWORD, Ran, Served, Shell
from stores import STORES

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

#: A store with one of everything. What is not ASCII is there on purpose.
STOCK: dict[str, Any] = {
    "version": 1,
    "accounts": [
        {
            "username": "zoë", "password": PASSWORD, "email": "zoe@example.com", "first_name": "Zoë", "city": "東京 🙂",
            "company": "<A> & \"B\"", "website": "example.com", "mail_domains": ["em.example.com", "em.example.com"],
            "keys": [{"label": "first", "key": KEY}, {"key": OLD_KEY}],
            "credentials": [
                {"name": "mailer", "password": OTHER, "permissions": {"api": 0}, "id": 17,
                 "created_at": "2013-01-21T16:52:01-08:00", "updated_at": "2014-01-21T16:52:01-08:00"},
                {"name": "reports", "password": OTHER, "permissions": {}, "id": 4},
            ],
            "subusers": [
                {"username": "ada", "password": PASSWORD, "active": False, "mail_domain": "em.example.com",
                 "credentials": [{"name": "ada-api", "password": OTHER}], "keys": [{"key": "SG.of-ada", "label": "a"}]},
                {"username": "bob", "password": PASSWORD, "website_access": False},
            ],
        },
        {"username": "alone", "password": COLONS},
    ],
}  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """An empty folder."""
    return Shell(tmp_path)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one of everything; to be copied."""
    made = Shell(tmp_path_factory.mktemp("stock"))
    made.does("seed", str(write(made, STOCK)), "--bcrypt-cost", "4")
    return made.folder / "legacygrid.db"


@pytest.fixture
def stocked(shell: Shell, stock: Path) -> Shell:
    """A folder with a store that has one of everything."""
    shutil.copy(stock, shell.folder)
    return shell


def write(shell: Shell, document: Any, name: str = "seed.json") -> Path:
    file = shell.folder / name
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def without_hashes(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: without_hashes(value) for key, value in document.items() if not key.endswith("_hash")}
    return [without_hashes(each) for each in document] if isinstance(document, list) else document


def exported(shell: Shell, name: str) -> Any:
    (found,) = [entry for entry in shell.does("export").json["accounts"] if entry["username"] == name]
    return found


# Accounts


def add(shell: Shell, name: str, secret: str = PASSWORD, *more: str) -> Ran:
    return shell.does("account", "add", name, "--password-stdin", "--bcrypt-cost", "4", *more, stdin=f"{secret}\n")


def test_accounts(shell: Shell) -> None:
    assert add(shell, "ada").out == "added ada\n"
    assert (shell.folder / "legacygrid.db").exists()
    add(shell, "bob@example.com")
    assert shell.does("account", "list").out.splitlines() == [
        "account          parent  email            active  website_access",
        "ada                                       True    True",
        "bob@example.com          bob@example.com  True    True",
    ]
    assert shell.does("account", "remove", "ADA").out == "removed ADA\n"
    assert shell.accounts() == ["bob@example.com"]


def test_a_command_says_what_becomes_of_an_older_store(shell: Shell) -> None:
    shutil.copy(STORES / "v7.db", shell.folder / "legacygrid.db")
    ran = shell.run("account", "list", "--json")
    assert re.fullmatch(r"Moving the store .+/legacygrid\.db up from version 7 to \d+\n", ran.err), ran.err
    assert shell.does("account", "list", "--json").json == ran.json


def test_no_accounts(shell: Shell) -> None:
    shell.does("seed", str(write(shell, {"version": 1, "accounts": []})))
    assert shell.does("account", "list").out.strip() == ""
    assert shell.does("account", "list", "--json").json == []


def test_subusers_are_listed_under_their_parents(stocked: Shell) -> None:
    rows = stocked.does("account", "list", "--json").json
    assert [(row["account"], row["parent"], row["active"], row["website_access"]) for row in rows] == [
        ("zoë", "", True, True),
        ("alone", "", True, True),
        ("ada", "zoë", False, True),
        ("bob", "zoë", True, False),
    ]


def test_a_password_is_the_first_line(shell: Shell) -> None:
    shell.does("account", "add", "ada", "--password-stdin", "--bcrypt-cost", "4", stdin=f"{PASSWORD}\r\n{OTHER}\n")
    with shell.serving("--port", "0") as served:
        assert served.who("ada", PASSWORD) == "ada"
        assert served.who("ada", OTHER) is None


@pytest.mark.parametrize(
    ("name", "secret", "said"),
    [
        ("ab", PASSWORD, "Username can only be between 3 and 64 characters."),
        ("APIKEY", PASSWORD, "Username cannot be apikey or contain sendgrid.com."),
        ("a@b@c", PASSWORD, "Email is not a valid email address"),
        ("carol", "", "password: must be 1 to 128 printable characters"),
        ("carol", PASSWORD + "\x07", "password: must be 1 to 128 printable characters"),
        ("ALONE", PASSWORD, "'ALONE' already exists"),
        ("ada", PASSWORD, "account 'ada': somebody else has that name already"),
        ("reports", PASSWORD, "account 'reports': somebody else has that name already"),
    ],
)
def test_an_account_that_is_refused(stocked: Shell, name: str, secret: str, said: str) -> None:
    before, arguments = stocked.state(), ("account", "add", "--password-stdin", "--bcrypt-cost", "4", "--", name)
    assert said in stocked.refuses(*arguments, stdin=f"{secret}\n")
    assert stocked.state() == before


def test_a_password_is_not_asked_for_without_a_terminal(shell: Shell) -> None:
    said = shell.misuse("account", "add", "ada")
    assert "--password-stdin" in said


def test_an_account_goes_with_all_that_is_its_own(stocked: Shell) -> None:
    stocked.does("account", "remove", "zoë")
    assert stocked.accounts() == ["alone"]
    assert stocked.does("key", "list", "--json").json == stocked.does("domain", "list", "--json").json == []


@pytest.mark.parametrize(
    "arguments", [["account", "remove", "nobody"], ["key", "add", "nobody"], ["domain", "add", "nobody", "x.example"]]
)
def test_an_account_that_is_not_there(stocked: Shell, arguments: list[str]) -> None:
    assert stocked.refuses(*arguments) == "there is no account 'nobody'"


@pytest.mark.parametrize("name", ["reports", "x" * 10_000])
def test_a_name_that_is_no_account_s(stocked: Shell, name: str) -> None:
    assert stocked.refuses("account", "remove", name) == f"there is no account {name!r}"


# Keys


def test_a_made_key_is_shown_once(stocked: Shell) -> None:
    key = stocked.does("key", "add", "alone", "--label", "new").out
    assert re.fullmatch(r"SG\.[\w-]{22}\.[\w-]{43}\n", key)
    assert key != stocked.does("key", "add", "alone").out
    for arguments in (["key", "list"], ["export"]):
        assert key.strip() not in stocked.does(*arguments).out
    with stocked.serving("--port", "0") as served:
        assert served.who("apikey", key.strip()) == "alone"
        assert key.strip() not in served.log.read_text()


def test_a_key_that_a_client_has_is_registered(stocked: Shell) -> None:
    key = "SG.another.key: with spaces, and a colon"
    ran = stocked.does("key", "add", "ada", "--key-stdin", stdin=f"{key}\n")
    assert ran.out == "registered a key of ada\n"
    with stocked.serving("--port", "0") as served:
        assert served.who("apikey", key) == "ada"
        assert served.who("apikey", KEY) == served.who("apikey", OLD_KEY) == "zoë"


def test_a_key_is_made_for_scopes(stocked: Shell) -> None:
    key = stocked.does("key", "add", "ada", "--scope", "mail.send", "--scope", "user.email.read").out.strip()
    (ada, _) = exported(stocked, "zoë")["subusers"]
    assert ada["keys"][-1]["calls"] == ["mail.send", "user.email.read"]
    assert ada["keys"][-1]["id"] == key.split(".")[1]


def test_keys_are_listed_and_removed_by_number(stocked: Shell) -> None:
    stocked.does("key", "add", "ada", "--scope", "mail.send", "--scope", "user.email.read")
    stocked.does("key", "add", "ada", "--scope", "/email/send", "--scope", "mail.send")
    assert stocked.does("key", "list").out.splitlines() == [
        "id  account  label  calls",
        "1   zoë      first  everything",
        "2   zoë             everything",
        "3   ada      a      everything",
        "4   ada             scopes: mail.send, user.email.read",
        "5   ada             /email/send, mail.send",
    ]
    assert [row["calls"] for row in stocked.does("key", "list", "ada", "--json").json] == [
        None, ["mail.send", "user.email.read"], ["/email/send", "mail.send"],
    ]  # fmt: skip
    assert stocked.does("key", "remove", "1").out == "removed key 1\n"
    assert [row["id"] for row in stocked.does("key", "list", "--json").json] == [2, 3, 4, 5]
    assert stocked.refuses("key", "remove", "1") == "there is no key 1"
    with stocked.serving("--port", "0") as served:
        assert served.who("apikey", KEY) is None


@pytest.mark.parametrize("number", ["99", "-1", "9" * 30, "-" + "9" * 30])
def test_a_key_that_is_not_there(stocked: Shell, number: str) -> None:
    assert stocked.refuses("key", "remove", "--", number) == f"there is no key {number}"


@pytest.mark.parametrize("key", ["short", "tab\there!"])
def test_a_key_that_is_none(stocked: Shell, key: str) -> None:
    said = stocked.refuses("key", "add", "alone", "--key-stdin", stdin=f"{key}\n")
    assert said == "a key of alone: key: must be 6 to 128 printable characters"


def test_a_key_of_somebody_else_is_refused(stocked: Shell) -> None:
    before = stocked.state()
    assert "alone" in stocked.refuses("key", "add", "alone", "--key-stdin", stdin=f"{KEY}\n")
    assert stocked.state() == before


@pytest.mark.parametrize("label", ["x" * 101, "a\x01b"])
def test_a_label_is_one_that_a_seed_may_have(stocked: Shell, label: str) -> None:
    assert "label" in stocked.refuses("key", "add", "alone", "--label", label).lower()


# Mail domains


def test_mail_domains(stocked: Shell) -> None:
    added = stocked.does("domain", "add", "alone", "mail.example", "--url-domain", "links.example")
    assert added.out == "added mail.example to alone\n"
    assert stocked.does("domain", "list").out.splitlines() == [
        "account  domain          url_domain",
        "zoë      em.example.com  em.example.com",
        "zoë      em.example.com  em.example.com",
        "alone    mail.example    links.example",
    ]
    assert exported(stocked, "zoë")["subusers"][0]["mail_domain"] == "em.example.com"
    assert stocked.does("domain", "remove", "zoë", "em.example.com").out == "removed em.example.com from zoë\n"
    assert exported(stocked, "zoë")["subusers"][0]["mail_domain"] == ""
    left = {"account": "alone", "domain": "mail.example", "url_domain": "links.example"}
    assert stocked.does("domain", "list", "--json").json == [left]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "ada", "mail.example"], "ada is a subuser; mail domains belong to primary accounts"),
        (["add", "alone", "x" * 256], "a mail domain is 1 to 255 printable characters"),
        (["add", "alone", "a\nb"], "a mail domain is 1 to 255 printable characters"),
        (["add", "alone", "a", "--url-domain", "a\nb"], "a mail domain is 1 to 255 printable characters"),
        (["remove", "alone", "em.example.com"], "alone has no mail domain 'em.example.com'"),
    ],
)
def test_a_mail_domain_that_is_refused(stocked: Shell, arguments: list[str], said: str) -> None:
    assert stocked.refuses("domain", *arguments) == said


# IP addresses


def test_ip_addresses(stocked: Shell) -> None:
    default = {"account": "zoë", "address": "192.0.2.33"}
    assert stocked.does("ip", "list", "zoë", "--json").json == [default]
    assert stocked.does("ip", "add", "zoë", "2001:DB8:0::1").out == "added 2001:db8::1 to zoë\n"
    assert stocked.does("ip", "add", "zoë", "198.51.100.1").out == "added 198.51.100.1 to zoë\n"
    assert stocked.does("ip", "list", "zoë").out.splitlines() == [
        "account  address",
        "zoë      2001:db8::1",
        "zoë      198.51.100.1",
    ]
    assert stocked.does("ip", "remove", "zoë", "2001:db8:0::1").out == "removed 2001:db8::1 from zoë\n"
    assert stocked.does("ip", "list", "zoë", "--json").json == [default | {"address": "198.51.100.1"}]
    assert stocked.does("ip", "list", "ada", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "ada", "198.51.100.1"], "ada is a subuser; customer.sendip assigns its IP addresses"),
        (["add", "alone", "198.51.100"], "'198.51.100' is no IP address"),
        (["remove", "alone", "192.0.2.33"], "alone has no IP address '192.0.2.33'"),
        (["remove", "alone", "one"], "alone has no IP address 'one'"),
        (["list", "nobody"], "there is no account 'nobody'"),
    ],
)
def test_an_ip_address_that_is_refused(stocked: Shell, arguments: list[str], said: str) -> None:
    assert stocked.refuses("ip", *arguments) == said


# Seeds and exports


def test_an_export_is_a_seed_of_the_same(stocked: Shell, tmp_path: Path) -> None:
    first = stocked.does("export").out
    (tmp_path / "state.json").write_text(first, encoding="utf-8")
    new = ("--database", "sqlite:///new.db")
    assert stocked.does("seed", "state.json", *new).out == "10 added, 0 there already\n"
    assert stocked.does("export", *new).out == first
    assert stocked.does("seed", "state.json", *new).out == "0 added, 10 there already\n"
    assert stocked.does("export", *new).out == first


def test_an_export_has_hashes_only(stocked: Shell) -> None:
    out = stocked.does("export").out
    assert '"password"' not in out
    assert '"key"' not in out
    assert len(re.findall(r'"password_hash": "bcrypt_sha256\$\$2b\$04\$', out)) == 7
    assert len(re.findall(r'"key_hash": "[0-9a-f]{64}"', out)) == 3


def test_an_export_has_everything(stocked: Shell) -> None:
    zoe = without_hashes(exported(stocked, "zoë"))
    assert (zoe["city"], zoe["company"], zoe["website"]) == ("東京 🙂", '<A> & "B"', "http://example.com")
    assert zoe["mail_domains"] == ["em.example.com", "em.example.com"]
    assert [each["label"] for each in zoe["keys"]] == ["first", ""]
    assert all(re.fullmatch(r"[\w-]{22}", each["id"]) for each in zoe["keys"])
    reports, mailer = zoe["credentials"]
    assert (reports["name"], reports["id"], reports["permissions"]) == ("reports", 4, {})
    assert mailer == {
        "id": 17,
        "name": "mailer",
        "permissions": {"api": 0},
        "created_at": "2013-01-22T00:52:01+00:00",
        "updated_at": "2014-01-22T00:52:01+00:00",
    }
    ada, bob = zoe["subusers"]
    assert (ada["active"], ada["website_access"], ada["mail_domain"]) == (False, True, "em.example.com")
    assert (bob["active"], bob["website_access"], bob["mail_domain"]) == (True, False, "")
    assert [each["name"] for each in ada["credentials"]] == ["ada-api"]
    assert [each["label"] for each in ada["keys"]] == ["a"]


def test_who_was_seeded_from_an_export_logs_in(stocked: Shell, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(stocked.does("export").out, encoding="utf-8")
    new = ("--database", "sqlite:///new.db", "--seed", "state.json")
    pairs = [("zoë", PASSWORD), ("ada", PASSWORD), ("alone", COLONS), ("ada-api", OTHER), ("apikey", KEY)]
    with stocked.serving("--port", "0", *new) as served:
        assert [served.who(*pair) for pair in pairs] == ["zoë", "ada", "alone", "ada", "zoë"]


def test_an_export_after_the_highest_id_is_a_seed_too(shell: Shell) -> None:
    last = {"name": "last", "password": OTHER, "id": 2**31 - 1}
    write(shell, {"version": 1, "accounts": [{"username": "ada", "password": PASSWORD, "credentials": [last]}]})
    with shell.serving("--port", "0", "--seed", "seed.json", "--bcrypt-cost", "4") as served:
        call = {"api_user": "ada", "api_key": PASSWORD, "username": "one-more", "password": OTHER}
        assert served.call("/api/credentials/add.json", **call) == {"message": "success"}
    (shell.folder / "state.json").write_text(shell.does("export").out, encoding="utf-8")
    shell.does("seed", "state.json", "--database", "sqlite:///new.db")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_an_export_is_the_same_on_every_terminal(stocked: Shell, encoding: str) -> None:
    ran = stocked.run("export", PYTHONIOENCODING=encoding)
    assert json.loads(ran.raw.decode("utf-8"))["accounts"][0]["city"] == "東京 🙂"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], 'the document: must be an object with "version" and "accounts"'),
        (
            {"version": 1, "accounts": [{"username": "carol", "password": PASSWORD}, {"username": "dave", "zip": 5}]},
            "accounts[1].zip: Zip can only be a single text",
        ),
        (
            {"version": 1, "accounts": [{"username": "carol", "password": PASSWORD, "password_hash": PASSWORD}]},
            "accounts[0].password_hash: is no bcrypt hash",
        ),
        (
            {
                "version": 1,
                "accounts": [{"username": "carol", "password": PASSWORD}, {"username": "ada", "password": "x"}],
            },
            "account 'ada': somebody else has that name already",
        ),
        ({"version": 1, "\ud800": 1}, "Unknown field."),
    ],
)
def test_a_seed_that_is_refused(stocked: Shell, document: Any, said: str) -> None:
    before = stocked.state()
    assert said in stocked.refuses("seed", str(write(stocked, document)), "--bcrypt-cost", "4")
    assert said in stocked.refuses("serve", "--port", "0", "--seed", "seed.json")
    assert stocked.state() == before


@pytest.mark.parametrize("content", [b"\xff", f'{{"password": "{PASSWORD}" x}}'.encode(), b"[" * 100_000])
def test_a_file_that_is_no_seed(shell: Shell, content: bytes) -> None:
    (shell.folder / "seed.json").write_bytes(content)
    assert shell.refuses("seed", "seed.json").startswith("seed.json: ")


@pytest.mark.parametrize("file", ["none.json", "."])
def test_no_file(shell: Shell, file: str) -> None:
    assert "Invalid value for 'FILE'" in shell.misuse("seed", file)
    assert "Invalid value for '--seed'" in shell.misuse("serve", "--seed", file)
    assert not (shell.folder / "legacygrid.db").exists()


def test_the_profile_reads_a_seed(shell: Shell) -> None:
    write(shell, {"version": 1, "accounts": [{"username": "ada", "password": PASSWORD, "website": "example.com"}]})
    shell.does("seed", "seed.json", "--set", "website_scheme=keep", "--bcrypt-cost", "4")
    assert exported(shell, "ada")["website"] == "example.com"


# Tables


def test_routes(shell: Shell) -> None:
    rows = shell.does("routes", "--json").json
    operations = [operation for family in SYSTEMS.families for operation in family.operations.values()]
    assert [(row["operation"], row["task"]) for row in rows] == [
        (operation.name, task) for operation in operations for task in operation.tasks
    ]
    table = shell.does("routes").out.splitlines()
    assert table[0].split() == ["operation", "task", "path", "callers", "does"]
    assert len(table) == len(rows) + 1
    assert not list(shell.folder.iterdir())


def test_fidelity(shell: Shell) -> None:
    page = shell.does("fidelity").out
    assert page.startswith("# Fidelity\n")
    assert page.endswith(".\n")
    assert not list(shell.folder.iterdir())


def test_version_and_help(shell: Shell) -> None:
    assert re.fullmatch(r"legacygrid, version [\d.]+\n", shell.does("--version").out)
    assert shell.does("--help").out == shell.does("-h").out
    told = shell.does("serve", "--help").out
    assert [name for name in SETUP if f"--{name}" not in told] == []


def test_the_list_of_commands_says_what_they_say() -> None:
    context = click.Context(cli.main)
    for group in cli.main, migrate.migrate:
        assert set(group.list_commands(context)) == set(group.table)
    commands = [(cli.main, *each) for each in cli.COMMANDS.items()]
    commands += [(migrate.migrate, *each) for each in migrate.COMMANDS.items()]
    for group, name, (_, text) in commands:
        command = group.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str(1000) == text


def test_help_imports_no_emulator(tmp_path: Path) -> None:
    script = (
        "import sys; from legacygrid.cli import main; main(['--help'], standalone_mode=False); "
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Answer calls until stopped." in ran.stdout
    modules = set(ran.stderr.split())
    assert "click" in modules
    assert {name for name in modules if name.split(".")[0] == "legacygrid"} == {
        "legacygrid",
        "legacygrid.cli",
        "legacygrid.commands",
        "legacygrid.commands.lazy_group",
    }
    assert modules.isdisjoint({"flask", "werkzeug", "marshmallow", "peewee", "bcrypt", "uvicorn", "trustme"})


@pytest.mark.parametrize("command", ["account list", "key list", "domain list"])
def test_what_reads_the_store_alone_imports_no_emulator(tmp_path: Path, command: str) -> None:
    script = (
        f"import sys; from legacygrid.cli import main; main({command.split()}, standalone_mode=False); "
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    (tmp_path / "legacygrid.db").touch()
    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    modules = set(ran.stderr.split())
    assert "peewee" in modules
    assert modules.isdisjoint({"flask", "werkzeug", "marshmallow", "uvicorn", "trustme"})


# Serving


def test_the_banner(stocked: Shell) -> None:
    with stocked.serving("--port", "0") as served:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", served.url)
        assert "profile recorded" in served.banner[0]
        assert any("sqlite:///legacygrid.db" in line for line in served.banner)
        assert served.health["status"] == "ok"


def curl(served: Served, secret: str) -> Any:
    """What the banner's curl line answers, once the password is in it."""
    (line,) = [line for line in served.banner if " curl " in line]
    command = line.partition("curl ")[2].replace("PASSWORD", shlex.quote(secret))
    done = subprocess.run(f"curl -sS {command}", shell=True, capture_output=True, text=True, timeout=30, check=True)
    return json.loads(done.stdout)


def test_the_banner_s_curl_line_works_with_the_demonstration(shell: Shell) -> None:
    with shell.serving("--port", "0", "--demo", "--database", "sqlite:///:memory:") as served:
        assert [row["username"] for row in curl(served, "")] == ["ada", "no-mail", "no-website"]
    assert [file.name for file in shell.folder.iterdir()] == ["log"]


@pytest.mark.parametrize("name", ["carol@example.com", "carol+mail@example.com", "o'neil & $HOME"])
def test_the_banner_s_curl_line_works_with_an_account(shell: Shell, name: str) -> None:
    options = ("--port", "0", "--bcrypt-cost", "4", "--database", "sqlite:///:memory:")
    with shell.serving(*options, "--account", f"{name}:{COLONS}", "--account", f"other:{OTHER}") as served:
        assert curl(served, COLONS) == []


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told_to(stocked: Shell, stop: int) -> None:
    with stocked.serving("--port", "0", stop=stop) as served:
        assert served.who("zoë", PASSWORD) == "zoë"
    assert sorted(file.name for file in stocked.folder.iterdir()) == ["legacygrid.db", "log"]


def test_a_command_beside_the_server(shell: Shell) -> None:
    with shell.serving("--port", "0") as served:
        add(shell, "ada")
        key = shell.does("key", "add", "ada").out.strip()
        assert served.who("ada", PASSWORD) == served.who("apikey", key) == "ada"
        shell.does("account", "remove", "ada")
        assert served.who("ada", PASSWORD) is served.who("apikey", key) is None


def test_accounts_and_keys_are_split_at_the_first_colon(shell: Shell) -> None:
    options = (
        "--account",
        f"ada:{COLONS}",
        "--account",
        f"bob:{PASSWORD}",
        "--key",
        f"ada:{OLD_KEY}",
        "--key",
        "bob:::::::",
    )
    with shell.serving("--port", "0", "--bcrypt-cost", "4", *options) as served:
        pairs = [("ada", COLONS), ("bob", PASSWORD), ("apikey", OLD_KEY), ("apikey", "::::::")]
        assert [served.who(*pair) for pair in pairs] == ["ada", "bob", "ada", "bob"]


def test_a_minus_is_a_line_of_standard_input(shell: Shell) -> None:
    options = ("--account", "ada:-", "--account", "bob:-", "--key", "ada:-")
    lines = f"{COLONS}\n{PASSWORD}\r\n{KEY}\n"
    with shell.serving("--port", "0", "--bcrypt-cost", "4", *options, stdin=lines) as served:
        pairs = [("ada", COLONS), ("bob", PASSWORD), ("apikey", KEY)]
        assert [served.who(*pair) for pair in pairs] == ["ada", "bob", "ada"]


def test_a_minus_with_nothing_to_read(shell: Shell) -> None:
    assert "write NAME:SECRET; neither half may be empty" in shell.misuse("serve", "--account", "ada:-")


def test_what_exists_is_left_as_it_is(stocked: Shell) -> None:
    before = stocked.state()
    # At the cost of its hashes: a log-in replaces one of a lower cost.
    flags = ["--port", "0", "--bcrypt-cost", "4", "--account", f"zoë:{OTHER}", "--key", f"zoë:{KEY}"]
    with stocked.serving(*flags) as served:
        assert served.who("zoë", PASSWORD) == "zoë"
        assert served.who("zoë", OTHER) is None
    assert stocked.state() == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--key", f"nobody:{KEY}"], "there is no account 'nobody' for that key"),
        (["--key", "zoë:short"], "a key of zoë: key: must be 6 to 128 printable characters"),
        (["--account", f"ada:{PASSWORD}"], "account 'ada': somebody else has that name already"),
        (["--account", f"carol:{PASSWORD * 10}"], "password: must be 1 to 128 printable characters"),
    ],
)
def test_what_serve_refuses(stocked: Shell, options: list[str], said: str) -> None:
    assert said in stocked.refuses("serve", "--port", "0", *options)


def test_a_port_that_is_taken(stocked: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = stocked.refuses("serve", "--port", port)
    assert said.startswith(f"cannot listen on 127.0.0.1:{port}: Address already in use")
    assert list(stocked.folder.glob("*-reserve")) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--relay-user", "me"], "--relay-user needs --relay HOST:PORT"),
        (["--relay-password", PASSWORD], "--relay-password needs --relay HOST:PORT"),
        (["--relay-allow", "*@x.example"], "--relay-allow needs --relay HOST:PORT"),
        (["--relay-tls", "none"], "--relay-tls needs --relay HOST:PORT"),
        (["--relay", "localhost:25", "--relay-user", "me"], "--relay-user needs --relay-password"),
        (["--no-admin-token", "--admin-token", PASSWORD], "--no-admin-token cannot come with --admin-token"),
    ],
)
def test_options_that_would_be_ignored(shell: Shell, options: list[str], said: str) -> None:
    for command in (["serve"], ["run", *options, "--", "true"]):
        ran = shell.run(*command, *(options if command == ["serve"] else []))
        assert (ran.code, said in ran.err) == (2, True), ran


@pytest.mark.parametrize("host", ["not a host", "x" * 64 + ".example", "a..b", "192.0.2.1"])
def test_a_host_that_is_none(stocked: Shell, host: str) -> None:
    assert stocked.refuses("serve", "--port", "0", "--host", host).startswith(f"cannot listen on {host}:0: ")


def test_ipv6(stocked: Shell) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with stocked.serving("--port", "0", "--host", "::1") as served:
        assert served.url.startswith("http://[::1]:")
        assert served.who("zoë", PASSWORD) == "zoë"


def test_no_secret_comes_to_the_log(stocked: Shell) -> None:
    with stocked.serving("--port", "0") as served:
        for method in ("GET", "POST"):
            served.who("zoë", PASSWORD, method)
            served.who("zoë", OTHER, method)
            served.who("nobody", COLONS, method)
            served.who(KEY, "x", method)
            served.who("apikey", OLD_KEY + "?", method)
            served.call("/api/password.set.json", method, api_user="zoë", api_key=PASSWORD, password="x")
        lines = served.log.read_text().splitlines()
    assert len(lines) == 12


# Flags and their twins

SETUP: dict[str, Any] = {
    "host": "localhost",
    "port": "0",
    "quiet": True,
    "database": "sqlite:///twin.db",
    "profile": "documented",
    "set": ["error_status=body", "profile_keys=14"],
    "bcrypt-cost": "5",
    "account": [f"carol:{COLONS}", f"dave:{PASSWORD}"],
    "key": [f"carol:{KEY}", f"dave:{OLD_KEY}"],
    "seed": "seed.json",
    "demo": True,
    "cors": ["http://localhost:3000", "https://harness.example"],
    "journal": "500",
    "no-console": True,
    "no-limits": True,
    "no-admin-token": True,
    "public-url": "http://localhost/legacygrid",
    "trusted-proxies": ["10.0.0.0/8", "192.0.2.1"],
    "reveal-smtp-passwords": True,
    "relay": "localhost:2525",
    "relay-tls": "none",
    "relay-user": "me",
    "relay-password": OTHER,
    "relay-allow": ["*@example.com", "me@*"],
    "outbox": "600",
    "outbox-days": "7.5",
    "outbox-size": "64",
    "tls": True,
    "tls-port": "0",
    "proxy-port": "0",
    "smtp-port": "0",
    "smtp-words": "smtp2go",
    "inbound": True,
    "webhooks": ["hooks.example.com", "192.0.2.9"],
    "ca-dir": "authority",
}


def flags(setup: dict[str, Any]) -> list[str]:
    found = []
    for name, value in setup.items():
        for each in value if isinstance(value, list) else [value]:
            found += [f"--{name}"] if each is True else [f"--{name}", each]
    return found


def twins(setup: dict[str, Any]) -> dict[str, str]:
    return {
        f"LEGACYGRID_{name.upper().replace('-', '_')}": "1"
        if value is True
        else value
        if isinstance(value, str)
        else json.dumps(value)
        for name, value in setup.items()
    }


@pytest.mark.parametrize("way", ["flags", "environment"])
def test_all_of_a_setup(shell: Shell, way: str) -> None:
    write(shell, {"version": 1, "accounts": [{"username": "seeded", "password": OTHER}]})
    options, env = (flags(SETUP), {}) if way == "flags" else ([], twins(SETUP))
    with shell.serving(*options, **env) as served:
        assert served.url.startswith("http://localhost:")
        assert served.health["profile"] == "documented"
        assert any("authority/ca.pem" in line for line in served.banner)
        assert (
            sum(bool(re.search(r"(Proxy: +http|Listening on https)://localhost:\d+$", line)) for line in served.banner)
            == 2
        )
        # Before the lines that tell a program that it listens.
        assert re.search(r"^SMTP on localhost:\d+\n(.*\n)*Listening on", "\n".join(served.banner), re.MULTILINE)
        with smtplib.SMTP("localhost", int(served.health["smtp"].rpartition(":")[2])) as client:
            assert client.docmd("FROB") == (500, b"unrecognized command"), "as SMTP2GO says"
        assert served.call("/api/profile.get.json", api_user="dave", api_key=PASSWORD)[0]["website_access"] == "true"
        assert served.who("carol", OTHER) is None, "refused under HTTP 200"
        pairs = [("carol", COLONS), ("apikey", KEY), ("apikey", OLD_KEY), ("seeded", OTHER), ("demo", "demo-password")]
        assert [served.who(*pair) for pair in pairs] == ["carol", "carol", "dave", "seeded", "demo"]
        assert served.log.read_text() == ""
    document = shell.does("export", "--database", "sqlite:///twin.db").out
    assert set(re.findall(r"\$2b\$(\d\d)\$", document)) == {"05"}
    assert not (shell.folder / "legacygrid.db").exists()


def test_words_of_no_system(shell: Shell) -> None:
    said = shell.misuse("serve", "--smtp-words", "postfix")
    assert "'postfix' is none of sendgrid, cmc, dotmailer, smtp2go" in said


def test_every_flag_has_its_twin() -> None:
    # What the control API is closed by has tests of its own, test_guard.py, and what makes several
    # processes one server has, too: test_workers.py, test_sharing.py; and so do the log's format and
    # traces: test_log_json.py, test_tracing.py.
    closed = {"--no-admin", "--admin-token", "--workers", "--peer-address", "--config", "--log-format", "--trace-to"}
    there = {flag for option in serve.serve.params for flag in option.opts}
    assert there - {"--help"} == {f"--{name}" for name in SETUP} | closed
    commands = [
        serve.serve,
        running.run,
        ca.ca,
        seeding.seed,
        seeding.export,
        *accounts.account.commands.values(),
        *accounts.key.commands.values(),
    ]
    for command in commands + list(accounts.domain.commands.values()):
        for option in command.params:
            if option.opts[0] in {f"--{name}" for name in SETUP} | closed:
                assert option.envvar == "LEGACYGRID_" + option.opts[0][2:].upper().replace("-", "_")
                assert option.multiple is isinstance(option, ListOption)


def test_a_flag_beats_its_twin(stocked: Shell) -> None:
    with stocked.serving("--port", "0", "--profile", "recorded", LEGACYGRID_PROFILE="documented") as served:
        assert served.health["profile"] == "recorded"


@pytest.mark.parametrize("arguments", [["export"], ["key", "list"]])
def test_the_database_has_a_twin_at_every_command(stocked: Shell, arguments: list[str]) -> None:
    there, there_by_twin = stocked.does(*arguments).out, {"LEGACYGRID_DATABASE": "sqlite:///legacygrid.db"}
    assert stocked.does(*arguments, **there_by_twin).out == there
    assert "there is no store" in stocked.refuses(*arguments, LEGACYGRID_DATABASE="sqlite:///new.db")
    assert stocked.does(*arguments, "--database", f"sqlite:///{stocked.folder}/legacygrid.db").out == there


# Usage

SWITCHES = ", ".join(profiles.SWITCHES)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["account", "frobnicate"], "No such command 'frobnicate'"),
        (["serve", "--frobnicate"], "No such option"),
        (["serve", "extra"], "unexpected extra argument"),
        (["account", "add"], "Missing argument 'NAME'"),
        (["account", "remove"], "Missing argument 'NAME'"),
        (["key", "add"], "Missing argument 'ACCOUNT'"),
        (["key", "remove", "first"], "'first' is not a valid integer"),
        (["domain", "add", "alone"], "Missing argument 'NAME'"),
        (["seed"], "Missing argument 'FILE'"),
        (["serve", "--port", "x"], "'x' is not a valid integer range"),
        (["serve", "--port", "65536"], "65536 is not in the range 0<=x<=65535"),
        (["serve", "--bcrypt-cost", "3"], "3 is not in the range 4<=x<=31"),
        (["account", "add", "carol", "--bcrypt-cost", "32"], "32 is not in the range 4<=x<=31"),
        (["serve", "--profile", "modern"], "'recorded', 'documented'"),
        (["serve", "--account", "carol"], "write NAME:SECRET; neither half may be empty"),
        (["serve", "--account", PASSWORD], "write NAME:SECRET; neither half may be empty"),
        (["serve", "--account", f":{PASSWORD}"], "write NAME:SECRET; neither half may be empty"),
        (["serve", "--account", "carol:"], "write NAME:SECRET; neither half may be empty"),
        (["serve", "--key", KEY], "write ACCOUNT:KEY; neither half may be empty"),
        (["serve", "--set", "country"], "write SWITCH=VALUE; neither half may be empty"),
        (["serve", "--set", "colour=red"], f"'colour' is no switch; there are {SWITCHES}"),
        (["serve", "--set", "country=mars"], "country cannot be 'mars'; it is one of text, iso"),
        (["serve", "--set", "Country=iso"], f"'Country' is no switch; there are {SWITCHES}"),
        (["serve", "--outbox-days", "nan"], "'nan' is no number"),
        (["serve", "--outbox-days", "inf"], "inf is not in the range 0<x<=36500"),
        (["backup", ""], "Invalid value for 'FILE': may not be empty"),
        (["migrate", "report", ""], "Invalid value for 'SOURCE...': may not be empty"),
        (["migrate", "report", ".", "--baseline", ""], "Invalid value for '--baseline': may not be empty"),
        (["migrate", "scan", ".", "--write-baseline", ""], "Invalid value for '--write-baseline': may not be empty"),
        (["migrate", "scan", ".", "--output", ""], "Invalid value for '--output': may not be empty"),
        (["migrate", "bridge", "--upstream", "https://127.0.0.1", "--vault", ""], "'--vault': may not be empty"),
        (["serve", "--set", "xml_declaration=utf-8"], "it is one of none, UTF-8, ISO-8859-1"),
    ],
)
def test_usage(shell: Shell, arguments: list[str], said: str) -> None:
    assert said in shell.misuse(*arguments)
    assert not list(shell.folder.iterdir())


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"LEGACYGRID_PORT": "x"}, "'x' is not a valid integer range"),
        ({"LEGACYGRID_PROFILE": "modern"}, "'recorded', 'documented'"),
        ({"LEGACYGRID_BCRYPT_COST": "3"}, "3 is not in the range 4<=x<=31"),
        ({"LEGACYGRID_SEED": "none.json"}, "'none.json' does not exist"),
        ({"LEGACYGRID_ACCOUNT": f"carol:{PASSWORD}"}, "LEGACYGRID_ACCOUNT must hold a JSON list of texts"),
        ({"LEGACYGRID_ACCOUNT": f'{{"carol": "{PASSWORD}"}}'}, "LEGACYGRID_ACCOUNT must hold a JSON list of texts"),
        ({"LEGACYGRID_ACCOUNT": f'[["carol", "{PASSWORD}"]]'}, "LEGACYGRID_ACCOUNT must hold a JSON list of texts"),
        ({"LEGACYGRID_ACCOUNT": f'"carol:{PASSWORD}"'}, "LEGACYGRID_ACCOUNT must hold a JSON list of texts"),
        ({"LEGACYGRID_ACCOUNT": f'["{PASSWORD}"]'}, "write NAME:SECRET; neither half may be empty"),
        ({"LEGACYGRID_ACCOUNT": "[" * 100_000}, "LEGACYGRID_ACCOUNT must hold a JSON list of texts"),
        ({"LEGACYGRID_KEY": KEY}, "LEGACYGRID_KEY must hold a JSON list of texts"),
        ({"LEGACYGRID_KEY": f'["{KEY}"]'}, "write ACCOUNT:KEY; neither half may be empty"),
        ({"LEGACYGRID_SET": "country=iso"}, "LEGACYGRID_SET must hold a JSON list of texts"),
        ({"LEGACYGRID_SET": '["colour=red"]'}, f"'colour' is no switch; there are {SWITCHES}"),
        ({"LEGACYGRID_DEMO": "maybe"}, "'maybe' is not a valid boolean"),
    ],
)
def test_usage_of_the_environment(shell: Shell, env: dict[str, str], said: str) -> None:
    assert said in shell.misuse("serve", **env)
    assert not list(shell.folder.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["account", "remove", b"\xff\xfe"],
        ["account", "add", "--password-stdin", b"caf\xe9"],
        ["key", "add", b"\xff\xfe"],
        ["key", "add", "alone", "--label", b"caf\xe9"],
        ["domain", "add", "alone", b"caf\xe9.example"],
        ["domain", "remove", "alone", b"caf\xe9.example"],
        ["serve", "--port", "0", "--account", b"caf\xe9:secret"],
        ["serve", "--port", "0", "--key", b"caf\xe9:SG.some-key"],
        ["serve", "--port", "0", "--key", b"alone:SG.some-key\xe9"],
        ["account", "list", "--database", b"sqlite:////caf\xe9/none/x.db"],
    ],
)
def test_arguments_that_are_no_text(stocked: Shell, arguments: list[str | bytes]) -> None:
    assert stocked.refuses(*arguments, stdin=f"{PASSWORD}\n")


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["account", "add", "carol", "--password-stdin"],
        ["key", "add", "alone", "--key-stdin"],
        ["serve", "--port", "0", "--account", "carol:-"],
    ],
)
def test_standard_input_that_is_no_text(stocked: Shell, arguments: list[str], errors: str) -> None:
    ran = stocked.run(*arguments, stdin=b"\xff\xfe\xfd-secret\n", PYTHONIOENCODING=f"utf-8:{errors}")
    assert ran.code in (1, 2)
    assert "Error: " in ran.err


# Stores that are none


@pytest.mark.parametrize(
    "url",
    [
        "",
        "legacygrid.db",
        "sqlite://legacygrid.db",
        "sqlite:///",
        "mysql:///legacygrid",
    ],
)
def test_a_url_that_is_none(shell: Shell, url: str) -> None:
    said = shell.refuses("account", "list", "--database", url)
    assert "not a database URL" in said
    assert said.endswith("write sqlite:///PATH, as in sqlite:///legacygrid.db, or postgresql://USER@HOST/NAME")
    assert not list(shell.folder.iterdir())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"mysql://legacygrid:{PASSWORD}@localhost/legacygrid", "not a database URL"),
        (f"postgresql://legacygrid:{PASSWORD}%@localhost/legacygrid", "not a database URL"),
        (f"postgresql://legacygrid:{PASSWORD}@127.0.0.1:9/legacygrid", "the database cannot be reached"),
    ],
)
def test_the_password_in_a_url_is_not_shown(shell: Shell, url: str, said: str) -> None:
    assert said in shell.refuses("account", "list", "--database", url)


ACCOUNT_LIST = ["account", "list"]
SERVE = ["serve", "--port", "0", "--account", f"carol:{PASSWORD}"]
every_command = pytest.mark.parametrize(
    "arguments", [ACCOUNT_LIST, ["export"], ["seed", "seed.json"], SERVE], ids=lambda arguments: arguments[0]
)


def refuses_unchanged(shell: Shell, file: Path, arguments: list[str]) -> str:
    """What is said of a file that is left as it is, to the byte."""
    before, beside = file.read_bytes(), sorted(file.parent.iterdir())
    said = shell.refuses(*arguments, "--database", f"sqlite:///{file}")
    assert str(file) in said
    assert sorted(file.parent.iterdir()) == beside
    assert file.read_bytes() == before
    return said


def foreign(file: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return file


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param(["CREATE TABLE account (id)", "INSERT INTO account VALUES (1)"], id="tables"),
        pytest.param(["PRAGMA application_id = 252006674"], id="application"),
        pytest.param(["PRAGMA user_version = 1"], id="version"),
        pytest.param(["PRAGMA journal_mode = wal", "CREATE TABLE t (a)"], id="wal"),
    ],
)
def test_a_store_of_another_application(shell: Shell, statements: list[str]) -> None:
    file = foreign(shell.folder / "foreign.db", *statements)
    assert "leaves it alone" in refuses_unchanged(shell, file, ACCOUNT_LIST)


def test_a_store_that_another_application_has_open(shell: Shell) -> None:
    with closing(sqlite3.connect(shell.folder / "foreign.db")) as connection:
        for statement in ("PRAGMA journal_mode = wal", "CREATE TABLE t (a)"):
            connection.execute(statement)
        connection.commit()
        assert "leaves it alone" in shell.refuses(*ACCOUNT_LIST, "--database", "sqlite:///foreign.db")
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("t",)]


@every_command
def test_no_command_changes_a_store_of_another_application(shell: Shell, arguments: list[str]) -> None:
    write(shell, {"version": 1, "accounts": []})
    refuses_unchanged(shell, foreign(shell.folder / "foreign.db", "CREATE TABLE account (id)"), arguments)


@pytest.mark.parametrize(("version", "arguments"), [(0, ACCOUNT_LIST), (99, ACCOUNT_LIST), (1, SERVE)])
def test_a_store_of_another_version(stocked: Shell, version: int, arguments: list[str]) -> None:
    file = foreign(stocked.folder / "legacygrid.db", f"PRAGMA user_version = {version}")
    assert f"has schema version {version}" in refuses_unchanged(stocked, file, arguments)


@pytest.mark.parametrize("content", [b"hello\n", b"\0" * 4096])
def test_a_file_that_is_no_store(shell: Shell, content: bytes) -> None:
    file = shell.folder / "file.db"
    file.write_bytes(content)
    assert refuses_unchanged(shell, file, ACCOUNT_LIST)


def test_an_empty_file_becomes_a_store(shell: Shell) -> None:
    (shell.folder / "legacygrid.db").touch()
    add(shell, "ada")
    assert shell.accounts() == ["ada"]


@pytest.mark.parametrize(
    ("place", "arguments"),
    [(".", ACCOUNT_LIST), ("none/x.db", SERVE), ("file/x.db", SERVE)],
)
def test_a_place_where_nothing_can_be_written(shell: Shell, place: str, arguments: list[str]) -> None:
    (shell.folder / "file").touch()
    said = shell.refuses(*arguments, "--database", f"sqlite:///{place}")
    assert said.startswith(f"cannot open the store {(shell.folder / place).absolute()}: ")
    assert [file.name for file in shell.folder.iterdir()] == ["file"]


def test_a_store_in_memory_goes_with_the_process(shell: Shell) -> None:
    with shell.serving("--port", "0", "--demo", "--database", "sqlite:///:memory:") as served:
        assert served.who("demo", "demo-password") == "demo"
    assert [file.name for file in shell.folder.iterdir()] == ["log"]


def test_an_outbox_that_shall_be_smaller_is_from_the_start(shell: Shell) -> None:
    mail = {"to": "a@example.com", "from": "b@example.com", "text": "t", "api_user": "acme", "api_key": PASSWORD}
    with shell.serving("--port", "0", "--account", f"acme:{PASSWORD}") as served:
        for subject in ("first", "second"):
            served.call("/api/mail.send.json", subject=subject, **mail)
    with shell.serving("--port", "0", "--outbox", "1") as served:
        assert [each["subject"] for each in served.call("/__admin/messages", "GET")["messages"]] == ["second"]
