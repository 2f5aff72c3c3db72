"""`legacygrid credits` and `legacygrid suppression`: as the calls and the control API have the same."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from legacygrid.models.clock_days import day_of
from shell import PASSWORD, Shell

# Processes: not for the inner loop.
pytestmark = pytest.mark.waits

ACCOUNTS: Any = [{"username": "acme", "password": PASSWORD, "subusers": [{"username": "ada", "password": PASSWORD}]}]
CREDITS = "Credits can only be a whole number from 0 to 1000000000000."
COLUMNS = ["account", "mode", "credit", "remain", "period", "start_date", "end_date", "last_reset"]


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with an account and its subuser; to be copied."""
    made = Shell(tmp_path_factory.mktemp("stock"))
    (made.folder / "seed.json").write_text(json.dumps({"version": 1, "accounts": ACCOUNTS}))
    made.does("seed", "seed.json", "--bcrypt-cost", "4")
    return made.folder / "legacygrid.db"


@pytest.fixture
def shell(tmp_path: Path, stock: Path) -> Shell:
    """A folder with such a store."""
    shutil.copy(stock, tmp_path)
    return Shell(tmp_path)


def test_a_limit_from_its_start_to_its_end(shell: Shell) -> None:
    assert shell.does("credits", "show", "ada").out == "ada has no limit\n"
    assert shell.does("credits", "show", "ada", "--json").json == []
    given = ("--period", "weekly", "--startdate", "2031-01-06", "--enddate", "2032-01-01", "--initial-credits", "70")
    assert shell.does("credits", "set", "ADA", "400", *given).out == "ada has 70 credits left\n"
    (row,) = shell.does("credits", "show", "ada", "--json").json
    assert list(row) == COLUMNS
    assert list(row.values())[:-1] == ["ada", "recurring", 400, 70, "weekly", "2031-01-06", "2032-01-01"]
    assert shell.does("credits", "raise", "ada", "30").out == "ada has 100 credits left\n"
    assert shell.does("credits", "lower", "ada", "101").out == "ada has 0 credits left\n"
    assert shell.does("credits", "set", "ada", "7").out == "ada has 7 credits left\n"
    lines = shell.does("credits", "show", "ada").out.splitlines()
    assert [line.split() for line in lines] == [COLUMNS, ["ada", "total", "0", "7", row["last_reset"]]]
    assert shell.does("export").json["accounts"][0]["subusers"][0]["credits"]["remain"] == 7
    assert shell.does("credits", "none", "ada").out == "ada has no limit\n"


def test_a_limit_is_filled_up_by_this_machines_clock(shell: Shell) -> None:
    accounts: Any = [{"username": "old", "password": PASSWORD, "subusers": [
        {"username": "eve", "password": PASSWORD, "credits": {
            "mode": "recurring", "credit": 9, "remain": 1, "period": "daily", "last_reset": "2012-06-27"}}]}]  # fmt: skip
    (shell.folder / "more.json").write_text(json.dumps({"version": 1, "accounts": accounts}))
    shell.does("seed", "more.json", "--bcrypt-cost", "4")
    (row,) = shell.does("credits", "show", "eve", "--json").json
    assert (row["remain"], row["last_reset"] > day_of(0)) == (9, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["set", "ada", "ten"], CREDITS),
        (["set", "ada", ""], "Credits is required"),
        (["raise", "ada", "1.5"], CREDITS),
        (["lower", "ada", "1000000000001"], CREDITS),
        (["set", "ada", "1", "--period", "hourly"], "Period can only be daily, weekly or monthly."),
        (
            ["set", "ada", "x", "--period", "daily", "--startdate", "2012-06-27", "--enddate", "2012-06-26"],
            f"{CREDITS}; Enddate cannot be before startdate.",
        ),
        (["set", "acme", "1"], "acme is a primary account; credits are those of subusers"),
        (["none", "nobody"], "there is no account 'nobody'"),
        (["show", "nobody"], "there is no account 'nobody'"),
        (["raise", "ada", b"\xe9"], "Credits contains characters that XML 1.0 forbids"),
    ],
)
def test_a_limit_that_is_refused(shell: Shell, arguments: list[Any], said: str) -> None:
    assert shell.refuses("credits", *arguments) == said


def test_a_list_from_its_start_to_its_end(shell: Shell) -> None:
    assert shell.does("suppression", "list", "--json").json == []
    why = ("--reason", "550 no such user", "--ip", "192.0.2.7")
    added = shell.does("suppression", "add", "ada", "bounce", "Bob@example.com", *why)
    assert added.out == "added Bob@example.com, a bounce of ada\n"
    shell.does("suppression", "add", "ada", "unsubscribe", "bob@example.com")
    shell.does("suppression", "add", "acme", "spamreport", "eve@example.com", "--status", "5.7.1")
    rows = shell.does("suppression", "list", "--json").json
    assert [(row["account"], row["kind"], row["address"], row["status"], row["reason"]) for row in rows] == [
        ("ada", "bounce", "Bob@example.com", "5.1.1", "550 no such user"),
        ("ada", "unsubscribe", "bob@example.com", "", ""),
        ("acme", "spamreport", "eve@example.com", "5.7.1", ""),
    ]
    assert len(shell.does("suppression", "list", "ada").out.splitlines()) == 3
    assert len(shell.does("suppression", "list", "--kind", "bounce", "--json").json) == 1
    assert shell.does("suppression", "remove", "ada", "BOB@example.com", "--kind", "bounce").out == "removed 1 of ada\n"
    assert shell.does("suppression", "remove", "ada", "--all").out == "removed 1 of ada\n"
    assert [row["account"] for row in shell.does("suppression", "list", "--json").json] == ["acme"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "nobody", "bounce", "a@example.com"], "there is no account 'nobody'"),
        (["list", "nobody"], "there is no account 'nobody'"),
        (
            ["add", "ada", "bounce", "", "--status", "550", "--ip", "here"],
            "address: Length must be between 1 and 320.; status: must look like 5.1.1; ip: Not a valid IP address.",
        ),
        (["add", "ada", "bounce", "a\x01b"], "address: contains characters that XML 1.0 forbids"),
        (["add", "ada", "bounce", b"caf\xe9"], "address: contains characters that XML 1.0 forbids"),
        (["remove", "ada", "a@example.com"], "ada has no listed address 'a@example.com'"),
        (["remove", "ada", "a@example.com", "--kind", "block"], "ada has no listed block 'a@example.com'"),
    ],
)
def test_an_entry_that_is_refused(shell: Shell, arguments: list[Any], said: str) -> None:
    assert shell.refuses("suppression", *arguments) == said


def test_an_entry_that_is_there_already(shell: Shell) -> None:
    shell.does("suppression", "add", "ada", "bounce", "a@example.com")
    said = shell.refuses("suppression", "add", "ada", "bounce", "A@example.com")
    assert said == "'A@example.com' is a listed bounce of ada already"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["credits", "set", "ada", "4", "--initial-credits", "3"], "--initial-credits goes with --period"),
        (["suppression", "remove", "ada"], "give either an ADDRESS or --all"),
        (["suppression", "remove", "ada", "a@example.com", "--all"], "give either an ADDRESS or --all"),
        (["suppression", "add", "ada", "bounces", "a@example.com"], "'bounces' is not one of"),
    ],
)
def test_what_makes_no_sense(shell: Shell, arguments: list[str], said: str) -> None:
    assert said in shell.misuse(*arguments)
