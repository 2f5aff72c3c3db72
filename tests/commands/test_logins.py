"""`legacygrid login`: further logins of all systems, on the command line."""

import base64
import json
import os
import re
import shutil
import sqlite3
import subprocess
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from legacygrid.commands.logins import OPTIONS
from legacygrid.endpoints import SYSTEMS
from legacygrid.models.account import PROFILE
from paths import ROOT
from shell import BIN, COLONS, OTHER, PASSWORD, Served, Shell, assert_discreet, environment

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

KINDS = tuple(kind.name for kind in SYSTEMS.kinds)
CHEAP = ("--bcrypt-cost", "4")
#: Passes the rule of every system.
SECRET = PASSWORD
#: What each kind wants at least, and a name of the form that it has.
LEAST: dict[str, tuple[str, ...]] = {
    "credential": ("reports",),
    "teammate": ("jane",),
    "cmc": ("mori@example.jp", "--time-zone", "Asia/Tokyo"),
    "dotmailer": ("apiuser-0123456789ab@apiconnector.com",),
    "smtp2go": ("smtp.user-1",),
}
#: What each kind has where nothing else is said.
AT_FIRST: dict[str, tuple[dict[str, int], dict[str, Any]]] = {
    "credential": ({}, {"role": "normal"}),
    "teammate": ({}, {"role": "normal", "email": "", "scopes": [], **dict.fromkeys(PROFILE, "")}),
    "cmc": (
        {},
        {"role": "normal", "reference": True, "download": True, "own_data_only": False, "time_zone": "Asia/Tokyo"},
    ),
    "dotmailer": ({"email": 0}, {"role": "normal", "time_zone": "UTC", "is_tiered": False}),
    "smtp2go": (
        {},
        {
            "status": "allowed",
            "custom_ratelimit": False,
            "custom_ratelimit_value": None,
            "custom_ratelimit_period": None,
            "ip_pool": None,
            "feedback_enabled": False,
            "feedback_domain": "default",
            "feedback_html": "",
            "feedback_text": "",
            "open_tracking_enabled": False,
            "click_tracking_enabled": False,
            "archive_enabled": False,
            "audit_email": None,
            "bounce_notifications": "from",
        },
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two accounts, and a login of each kind; to be copied."""
    made = Shell(tmp_path_factory.mktemp("stock"))
    company = {"company": "Acme Ltd", "email": "bob@example.com"}
    accounts = [{"username": "acme", "password": PASSWORD} | company, {"username": "other", "password": COLONS}]
    (made.folder / "seed.json").write_text(json.dumps({"version": 1, "accounts": accounts}))
    made.does("seed", "seed.json", *CHEAP)
    for kind in KINDS:
        add(made, "acme", *LEAST[kind], "--kind", kind)
    return made.folder / "legacygrid.db"


@pytest.fixture
def shell(tmp_path: Path, stock: Path) -> Shell:
    """A folder with that store."""
    shutil.copy(stock, tmp_path)
    return Shell(tmp_path)


def add(shell: Shell, account: str, *arguments: str, secret: str = SECRET) -> str:
    out = shell.does("login", "add", account, *arguments, "--password-stdin", *CHEAP, stdin=f"{secret}\n").out
    assert out.startswith("added ")
    return out.removeprefix("added ").rstrip("\n")


def name_of(kind: str) -> str:
    return LEAST[kind][0]


def login(shell: Shell, name: str) -> dict[str, Any]:
    (found,) = [row for row in shell.does("login", "list", "--json").json if row["login"] == name]
    return dict(found)


def status(served: Served, name: str, secret: str) -> int:
    """What dotmailer's check of credentials answers."""
    pair = base64.b64encode(f"{name}:{secret}".encode()).decode()
    request = urllib.request.Request(f"{served.url}/v2/account-info", headers={"Authorization": f"Basic {pair}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return int(error.code)


# What there is


def test_the_kinds_are_those_of_the_systems() -> None:
    assert KINDS == ("credential", "teammate", "cmc", "dotmailer", "smtp2go")


@every_kind
def test_every_setting_has_an_option(kind: str) -> None:
    rows = [owners[kind] for owners in OPTIONS.owners.values() if kind in owners]
    read = [row.read("").get("settings", {}) for row in rows]
    (logins,) = [each for each in SYSTEMS.kinds if each.name == kind]
    assert {name for settings in read for name in settings} == set(logins.schema.fields)


@every_kind
def test_a_login_as_it_is_at_first(shell: Shell, kind: str) -> None:
    permissions, settings = AT_FIRST[kind]
    assert login(shell, name_of(kind)) == {
        "account": "acme",
        "login": name_of(kind),
        "kind": kind,
        "enabled": True,
        "id": KINDS.index(kind) + 1,
        "description": "",
        "permissions": permissions,
        "settings": settings,
    }


def test_the_table(shell: Shell) -> None:
    shell.does("login", "lock", "mori@example.jp")
    shell.does("login", "edit", "reports", "--no-email", "--description", "the cron job")
    shell.does("login", "edit", "smtp.user-1", "--status", "sandbox")
    add(shell, "other", "carol@example.com")
    assert shell.does("login", "list").out.splitlines() == [
        "account  login                                  kind        enabled  may use                   description",
        "acme     reports                                credential  True     api, console              the cron job",
        "acme     jane                                   teammate    True     api, console",
        "acme     mori@example.jp                        cmc         False    api, send, smtp",
        "acme     apiuser-0123456789ab@apiconnector.com  dotmailer   True     api, send",
        "acme     smtp.user-1                            smtp2go     True     smtp (sandbox)",
        "other    carol@example.com                      credential  True     api, send, smtp, console",
    ]


def test_the_logins_of_one_account(shell: Shell) -> None:
    add(shell, "other", "carol")
    assert [row["login"] for row in shell.does("login", "list", "other", "--json").json] == ["carol"]
    assert shell.refuses("login", "list", "nobody") == "there is no account 'nobody'"


# Adding


@pytest.mark.parametrize(
    ("kind", "arguments", "permissions", "settings"),
    [
        ("credential", ["--no-email", "--api", "--no-web"], {"email": 0, "api": 1, "web": 0}, {}),
        (
            "cmc",
            ["--no-http-api", "--smtp", "--role", "admin", "--no-reference", "--no-download", "--own-data-only"],
            {"email": 1, "api": 0},
            {"role": "admin", "reference": False, "download": False, "own_data_only": True},
        ),
        ("credential", ["--can-manage-account"], {}, {"role": "admin"}),
        (
            "teammate",
            ["--email-address", "jane@example.com", "--scopes", "stats.read  mail.send", "--first-name", "Jane"],
            {},
            {"email": "jane@example.com", "scopes": ["stats.read", "mail.send"], "first_name": "Jane"},
        ),
        ("dotmailer", ["--transactional"], {"email": 1, "api": 0}, {}),
        ("dotmailer", ["--no-transactional"], {"email": 0, "api": 1}, {}),
        (
            "dotmailer",
            ["--can-manage-account", "--tiered", "--time-zone", "Europe/London"],
            {"email": 0},
            {"role": "admin", "is_tiered": True, "time_zone": "Europe/London"},
        ),
        (
            "smtp2go",
            [
                *("--status", "sandbox", "--custom-ratelimit", "--custom-ratelimit-value", "5"),
                *("--custom-ratelimit-period", "2 months 3:00:00", "--ip-pool", "7", "--feedback-enabled"),
                *("--feedback-domain", "acme.example", "--feedback-html", "<p>", "--feedback-text", "bye"),
                *("--open-tracking-enabled", "--click-tracking-enabled", "--archive-enabled"),
                *("--audit-email", "audit@example.com", "--bounce-notifications", "drop"),
            ],
            {},
            {
                "status": "sandbox",
                "custom_ratelimit": True,
                "custom_ratelimit_value": 5,
                "custom_ratelimit_period": "2 months 3:00:00",
                "ip_pool": 7,
                "feedback_enabled": True,
                "feedback_domain": "acme.example",
                "feedback_html": "<p>",
                "feedback_text": "bye",
                "open_tracking_enabled": True,
                "click_tracking_enabled": True,
                "archive_enabled": True,
                "audit_email": "audit@example.com",
                "bounce_notifications": "drop",
            },
        ),
    ],
)
def test_settings_at_add_and_at_edit(
    shell: Shell, kind: str, arguments: list[str], permissions: dict[str, int], settings: dict[str, Any]
) -> None:
    least = LEAST[kind]
    new = add(
        shell, "other", f"x{least[0]}", *least[1:], "--kind", kind, "--description", "new", "--disabled", *arguments
    )
    shell.does("login", "edit", least[0], "--description", "new", "--disabled", *arguments)
    for found in (login(shell, new), login(shell, least[0])):
        assert (found["description"], found["enabled"]) == ("new", False)
        assert found["permissions"] == permissions
        assert found["settings"] == AT_FIRST[kind][1] | settings


def test_dotmailer_makes_names_itself(shell: Shell) -> None:
    names = {add(shell, "acme", "--kind", "dotmailer") for _ in range(2)}
    assert len(names) == 2
    assert all(re.fullmatch(r"apiuser-[0-9a-f]{12}@apiconnector\.com", name) for name in names)
    assert "give a NAME" in shell.misuse("login", "add", "acme", "--kind", "cmc", "--password-stdin")


@pytest.mark.parametrize(
    ("kind", "name", "more", "secret", "said"),
    [
        ("credential", "ab", [], SECRET, "Username can only be between 3 and 64 characters."),
        ("credential", "APIKEY", [], SECRET, "Username cannot be apikey or contain sendgrid.com."),
        ("credential", "REPORTS", [], SECRET, "somebody has that name already"),
        ("credential", "acme", [], SECRET, "somebody has that name already"),
        ("credential", "carol", [], "short", "Password can only be between 6 and 128 characters."),
        ("credential", "carol", [], "", "Password is required"),
        ("credential", "carol", ["--profile", "documented"], "letters-only", "Password must contain at least one"),
        ("cmc", "carol", ["--time-zone", "UTC"], SECRET, "The name must be in e-mail format."),
        ("cmc", f"{'x' * 60}@x.jp", ["--time-zone", "UTC"], SECRET, "up to 64 printable characters."),
        ("cmc", "carol@x.jp", [], SECRET, "settings: time_zone: is required"),
        ("cmc", "carol@x.jp", ["--time-zone", "Tokyo"], SECRET, "settings: time_zone: is no time zone"),
        ("cmc", "carol@x.jp", ["--time-zone", "UTC"], "abc-123", "The API key must be at least 8 characters long."),
        ("cmc", "carol@x.jp", ["--time-zone", "UTC"], "abcdefgh", "at least one letter and one digit."),
        ("cmc", "carol@x.jp", ["--time-zone", "UTC"], "12345678", "at least one letter and one digit."),
        ("cmc", "carol@x.jp", ["--time-zone", "UTC"], "a1" * 65, "can only be up to 128 characters."),
        ("dotmailer", "carol", [], SECRET, "The name must be in e-mail format."),
        ("dotmailer", "c@x.uk", [], "abcdefgh", "at least one digit or non-alphanumeric character."),
        ("dotmailer", "c@x.uk", [], "abc-123", "The password must be at least 8 characters long."),
        ("dotmailer", "c@x.uk", [], "for-C@X.UK-1", "The password cannot contain the email address."),
        ("dotmailer", "c@x.uk", [], "at-acme ltd-1", "The password cannot contain the company name."),
        ("dotmailer", "c@x.uk", [], "a-password-1", "The password cannot contain the word password."),
        ("smtp2go", "abcd", [], SECRET, "The name can only be between 5 and 100 characters."),
        ("smtp2go", "abc de", [], SECRET, "The name can only have letters, digits, and . _ - @."),
        ("smtp2go", "abcde", [], "abcdefghij", "The password must have an entropy of at least 64 bits."),
        ("cmc", "carol@x.jp", ["--time-zone", "UTC"], "abc-1234\x07", "must not contain control characters."),
        ("smtp2go", "abcde", ["--custom-ratelimit-value", "0"], SECRET, "settings: custom_ratelimit_value: Must be"),
        ("smtp2go", "abcde", ["--custom-ratelimit-period", "soon"], SECRET, "'soon' is no period"),
        ("smtp2go", "abcde", ["--custom-ratelimit-period", "٣ days"], SECRET, "'٣ days' is no period"),
        ("smtp2go", "abcde", ["--custom-ratelimit-period", "3 days "], SECRET, "cannot begin or end with a space"),
        ("cmc", "carol@x.jp", ["--time-zone", "localtime"], SECRET, "settings: time_zone: is no time zone"),
        ("cmc", "carol@x.jp", ["--time-zone", "Factory"], SECRET, "settings: time_zone: is no time zone"),
        ("cmc", "~w/carol@x.jp", ["--time-zone", "UTC"], SECRET, "The name cannot begin with ~."),
        ("dotmailer", "~w/carol@x.uk", [], SECRET, "The name cannot begin with ~."),
        ("credential", "~w/carol", [], SECRET, "The name cannot begin with ~."),
        ("smtp2go", "abcde", ["--audit-email", "nobody"], SECRET, "settings: audit_email: is not a valid email"),
        ("smtp2go", "abcde", ["--bounce-notifications", "x"], SECRET, "must be from, drop or a valid email address"),
        ("credential", "carol", ["--description", "x" * 1001], SECRET, "description: Longer than maximum length 1000."),
    ],
)
def test_a_login_that_is_refused(shell: Shell, kind: str, name: str, more: list[str], secret: str, said: str) -> None:
    before = shell.state()
    arguments = ("login", "add", "acme", name, "--kind", kind, *more, "--password-stdin", *CHEAP)
    told = shell.refuses(*arguments, stdin=f"{secret}\n")
    assert said in told
    assert not secret or secret == SECRET or secret not in told
    assert shell.state() == before


def test_nobody_s_login(shell: Shell) -> None:
    arguments = ("login", "add", "nobody", "carol", "--password-stdin", *CHEAP)
    assert shell.refuses(*arguments, stdin=f"{SECRET}\n") == "there is no account 'nobody'"


@pytest.mark.parametrize(
    ("kind", "option", "said"),
    [
        ("credential", "--http-api", "--http-api/--no-http-api is of cmc; this is credential"),
        ("cmc", "--web", "--web/--no-web is of credential; this is cmc"),
        ("dotmailer", "--reference", "--reference/--no-reference is of cmc; this is dotmailer"),
        ("smtp2go", "--time-zone=UTC", "--time-zone is of cmc and dotmailer; this is smtp2go"),
    ],
)
def test_an_option_of_another_system(shell: Shell, kind: str, option: str, said: str) -> None:
    assert said in shell.misuse("login", "edit", name_of(kind), option)
    assert said in shell.misuse("login", "add", "acme", "carol@x.jp", "--kind", kind, option, "--password-stdin")


# Changing


def test_what_is_not_given_stays(shell: Shell) -> None:
    shell.does("login", "edit", "mori@example.jp", "--role", "admin", "--no-smtp", "--description", "first")
    before = login(shell, "mori@example.jp")
    shell.does("login", "edit", "MORI@example.jp", "--no-reference")
    after = login(shell, "mori@example.jp")
    assert after == before | {"settings": before["settings"] | {"reference": False}}
    shell.does("login", "edit", "mori@example.jp")
    assert login(shell, "mori@example.jp") == after


def test_an_empty_value_takes_away(shell: Shell) -> None:
    given = ("--audit-email", "a@example.com", "--ip-pool", "3", "--description", "x")
    shell.does("login", "edit", "smtp.user-1", *given)
    shell.does("login", "edit", "smtp.user-1", "--audit-email", "", "--ip-pool", "", "--description", "")
    found = login(shell, "smtp.user-1")
    assert (found["settings"]["audit_email"], found["settings"]["ip_pool"], found["description"]) == (None, None, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["edit", "nobody", "--enabled"], "there is no login 'nobody'"),
        (["edit", "acme", "--enabled"], "'acme' is an account; see: legacygrid account"),
        (["rename", "nobody", "else"], "there is no login 'nobody'"),
        (["rename", "reports", "ab"], "Username can only be between 3 and 64 characters."),
        (["rename", "reports", "SMTP.user-1"], "somebody has that name already"),
        (["rename", "mori@example.jp", "mori"], "The name must be in e-mail format."),
        (
            ["rename", "apiuser-0123456789ab@apiconnector.com", "me@example.com"],
            "dotmailer made the names of its users itself, and they cannot be changed",
        ),
        (["lock", "nobody"], "there is no login 'nobody'"),
        (["enable", "acme"], "'acme' is an account; see: legacygrid account"),
        (["remove", "acme"], "'acme' is an account; see: legacygrid account"),
        (["remove", "x" * 5000], f"there is no login '{'x' * 5000}'"),
        (["edit", "reports", "--description", "a\x01b"], "description: contains characters that XML 1.0 forbids"),
        (["edit", "smtp.user-1", "--feedback-text", "a\uffff"], "feedback_text: contains characters that XML 1.0"),
        (["rename", "reports", "repo\uffffrts"], "The name contains characters that XML 1.0 forbids"),
        (["edit", "mori@example.jp", "--time-zone", "Mars"], "settings: time_zone: is no time zone; write as in"),
        (["rekey", "nobody", "--password-stdin"], "there is no login 'nobody'"),
    ],
)
def test_a_change_that_is_refused(shell: Shell, arguments: list[str], said: str) -> None:
    before = shell.state()
    assert said in shell.refuses("login", *arguments, stdin=f"{SECRET}\n")
    assert shell.state() == before


@pytest.mark.parametrize(
    ("kind", "secret", "said"),
    [
        ("credential", "short", "Password can only be between 6 and 128 characters."),
        ("cmc", "letters-only", "The API key must contain at least one letter and one digit."),
        ("dotmailer", "apiuser-0123456789ab@apiconnector.com", "The password cannot contain the email address."),
        ("dotmailer", "ACME LTD-1", "The password cannot contain the company name."),
        ("smtp2go", "abcdefghij", "The password must have an entropy of at least 64 bits."),
    ],
)
def test_a_new_password_that_is_refused(shell: Shell, kind: str, secret: str, said: str) -> None:
    before = shell.state()
    told = shell.refuses("login", "rekey", name_of(kind), "--password-stdin", *CHEAP, stdin=f"{secret}\n")
    assert said in told
    assert shell.state() == before


def test_a_password_is_made_for_smtp2go(shell: Shell) -> None:
    added, first = shell.does(*"login add acme user-2 --kind smtp2go --make-password".split(), *CHEAP).out.splitlines()
    changed, second = shell.does("login", "rekey", "user-2", "--make-password", *CHEAP).out.splitlines()
    assert (added, changed) == ("added user-2", "changed the password of user-2")
    assert first != second
    assert all(re.fullmatch("[A-Za-z0-9]{24}", made) for made in (first, second))
    assert "only SMTP2GO made passwords" in shell.misuse("login", "rekey", "reports", "--make-password")
    assert "only SMTP2GO made" in shell.misuse("login", "add", "acme", "carol", "--make-password")


def test_a_password_in_clear_goes_with_the_old_one(shell: Shell) -> None:
    revealed = {"email_password": OTHER, "ip_pool": 3}
    with closing(sqlite3.connect(shell.folder / "legacygrid.db")) as store, store:
        store.execute("UPDATE login SET settings_json = ? WHERE name = 'smtp.user-1'", [json.dumps(revealed)])
    assert "email_password" not in login(shell, "smtp.user-1")["settings"]
    shell.does("login", "rekey", "smtp.user-1", "--password-stdin", *CHEAP, stdin=f"{SECRET}\n")
    assert not [line for line in shell.state() if OTHER in line]
    assert login(shell, "smtp.user-1")["settings"]["ip_pool"] == 3


@pytest.mark.parametrize(
    "arguments",
    [
        [b"lock", b"nobody\xff"],
        [b"edit", b"reports", b"--description", b"\xff"],
        [b"rename", b"reports", b"reports\xff"],
        [b"add", b"acme", b"carol\xff", b"--password-stdin", b"--bcrypt-cost", b"4"],
        [b"add", b"acme\xff", b"carol", b"--password-stdin", b"--bcrypt-cost", b"4"],
    ],
)
def test_bytes_that_are_no_text(shell: Shell, arguments: list[bytes]) -> None:
    before = shell.state()
    told = shell.refuses("login", *arguments, stdin=f"{SECRET}\n")
    assert "UTF-8" in told or "XML 1.0 forbids" in told
    assert shell.state() == before


# While it serves


def test_a_server_sees_each_change_at_the_next_call(shell: Shell) -> None:
    with shell.serving("--port", "0") as served:
        name = add(shell, "acme", "--kind", "dotmailer")
        assert status(served, name, SECRET) == 200
        for off, on in (("lock", "unlock"), ("disable", "enable")):
            assert shell.does("login", off, name).out == f"{off.rstrip('e')}ed {name}\n"
            assert status(served, name, SECRET) == 401
            assert shell.does("login", on, name).out == f"{on.rstrip('e')}ed {name}\n"
            assert status(served, name, SECRET) == 200
        shell.does("login", "edit", name, "--transactional")
        assert status(served, name, SECRET) == 401
        shell.does("login", "edit", name, "--no-transactional")
        shell.does("login", "rekey", name, "--password-stdin", *CHEAP, stdin=f"{OTHER}\n")
        assert (status(served, name, SECRET), status(served, name, OTHER)) == (401, 200)
        assert shell.does("login", "remove", name).out == f"removed {name}\n"
        assert status(served, name, OTHER) == 401


def test_a_renamed_login(shell: Shell) -> None:
    with shell.serving("--port", "0") as served:
        assert served.who("reports", SECRET) == "acme"
        assert shell.does("login", "rename", "reports", "nightly").out == "renamed reports to nightly\n"
        assert served.who("reports", SECRET) is None
        assert served.who("nightly", SECRET) == "acme"


# A person's terminal


def typed(shell: Shell, *arguments: str, lines: tuple[str, ...]) -> tuple[int, str]:
    """How a command ends that a person types into, and all that the terminal shows."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [BIN, *arguments],
        cwd=shell.folder,
        env=environment({}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    waiting = list(lines)
    try:
        while data := _read(ours):
            shown += data
            # What is asked ends in a colon and a space; nothing is typed before it is asked.
            if shown.endswith(b": ") and waiting:
                os.write(ours, waiting.pop(0).encode() + b"\n")
        code = process.wait(30)
    finally:
        process.kill()
        os.close(ours)
    assert not waiting
    assert_discreet(shown.decode())
    return code, shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        # Linux's way to say that nobody has the other end any more.
        return b""


@pytest.mark.parametrize("command", [["add", "acme", "carol"], ["rekey", "reports"]])
def test_a_password_is_typed_twice(shell: Shell, command: list[str]) -> None:
    name = command[-1]
    with shell.serving("--port", "0") as served:
        code, shown = typed(shell, "login", *command, *CHEAP, lines=(OTHER, PASSWORD, OTHER, OTHER))
        assert code == 0, shown
        assert "do not match" in shown
        assert served.who(name, OTHER) == "acme"


def test_a_password_is_not_asked_for_without_a_terminal(shell: Shell) -> None:
    for command in (["add", "acme", "carol"], ["rekey", "reports"]):
        assert "--password-stdin" in shell.misuse("login", *command)


# Seeds


def test_the_seed_of_the_page(shell: Shell) -> None:
    page = ROOT / "docs" / "logins.md"
    (document,) = re.findall("```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    (shell.folder / "page.json").write_text(document, encoding="utf-8")
    new = ("--database", "sqlite:///page.db")
    shell.does("seed", "page.json", *new, *CHEAP)
    rows = {row["kind"]: row for row in shell.does("login", "list", "--json", *new).json}
    assert {kind: row["permissions"] for kind, row in rows.items()} == {
        "credential": {"email": 0, "web": 0},
        "teammate": {},
        "cmc": {},
        "dotmailer": {"email": 0},
        "smtp2go": {},
    }
    assert (rows["smtp2go"]["enabled"], rows["smtp2go"]["settings"]["status"]) == (False, "sandbox")
    assert rows["cmc"]["settings"] == AT_FIRST["cmc"][1] | {"role": "admin", "own_data_only": True}
    assert rows["dotmailer"]["description"] == "the shop"


@every_kind
def test_an_export_is_a_seed_of_the_same(shell: Shell, kind: str) -> None:
    shell.does("login", "edit", name_of(kind), "--description", "moved", "--disabled")
    (shell.folder / "state.json").write_text(shell.does("export").out, encoding="utf-8")
    shell.does("seed", "state.json", "--database", "sqlite:///new.db")
    new = shell.does("login", "list", "--json", "--database", "sqlite:///new.db").json
    assert new == shell.does("login", "list", "--json").json
    assert [row["enabled"] for row in new if row["kind"] == kind] == [False]
