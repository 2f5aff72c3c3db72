"""What goes wrong on the first day: what is typed, what a person reads, and how it ends."""

import json
import os
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from legacygrid import cli, config
from legacygrid.serializers.sources.options import SettingOption
from shell import OTHER, PASSWORD, Served, Shell

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

MEMORY = ("--database", "sqlite:///:memory:")
SECRET = ("--password-stdin", "--bcrypt-cost", "4")
Command = Callable[[str, dict[str, str]], tuple[int, str, str]]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shell, Served]]:
    """A folder, and the server of the store in it."""
    shell = Shell(tmp_path_factory.mktemp("serving"))
    with shell.serving("--port", "0", "--bcrypt-cost", "4", "--account", f"acme:{PASSWORD}") as served:
        yield shell, served


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: None) -> Command:
    """Runs a command in this process and an empty folder: its status, and what it says."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LEGACYGRID_")]:
        monkeypatch.delenv(name)

    def run(arguments: str, env: dict[str, str]) -> tuple[int, str, str]:
        done = CliRunner().invoke(cli.main, arguments.split(), env=env)
        return done.exit_code, done.stdout, done.stderr

    return run


def commands(group: click.Group = cli.main, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    """All of them, with their names."""
    for name in group.list_commands(click.Context(group)):
        each = group.get_command(click.Context(group), name)
        assert each is not None
        if isinstance(each, click.Group):
            yield from commands(each, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", each


# Stores that are not there


@pytest.mark.parametrize(
    "arguments",
    [
        "export", "account list", "key list", "domain list", "ip list acme", "login list acme", "credits show acme",
        "suppression list acme", "account remove acme", "key add acme", "domain add acme a.example",
        "relay 1 --smtp 127.0.0.1:9",
        "backup FILE",
    ],
)  # fmt: skip
def test_who_asks_a_store_makes_none(shell: Shell, arguments: str) -> None:
    said = shell.refuses(*arguments.split())
    assert said.startswith(f"there is no store {shell.folder}/legacygrid.db; name the one that you mean by --database")
    assert not list(shell.folder.iterdir())


@pytest.mark.parametrize("arguments", [("export",), ("key", "add", "acme"), ("account", "add", "acme", *SECRET)])
def test_a_store_in_memory_is_another_process_s(shell: Shell, arguments: tuple[str, ...]) -> None:
    said = shell.refuses(*arguments, *MEMORY, stdin=f"{PASSWORD}\n")
    assert said.startswith("a store in memory goes with its process, and each command is a process of its own")
    assert "control API" in said
    assert "--account" in said


# Folders that cannot be written to


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may become another user")
def test_a_folder_that_may_not_be_written_to_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.folder.chmod(0o755)
    inner = shell.folder / "inner"
    inner.mkdir(mode=0o755)
    error = PermissionError(13, "Permission denied")

    from legacygrid.models import files, opening
    from legacygrid.models.connections import Sqlite

    def refuse(path: Path) -> None:
        raise error

    monkeypatch.setattr(files, "create", refuse)
    with pytest.raises(files.StoreError) as refusal:
        opening.prepare(Sqlite(inner / "store.db"))
    assert str(refusal.value) == (
        f"cannot open the store {inner}/store.db: this user may not write to the folder {inner}, and SQLite keeps files"
        " beside the store; let it (chown, chmod u+wx), or name a store elsewhere: --database sqlite:////PATH"
    )


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("none/x.db", "there is no folder {}/none; make it, or name"),
        ("file/x.db", "{}/file is no folder; name a store"),
    ],
)
def test_a_folder_that_is_none_is_named(shell: Shell, place: str, said: str) -> None:
    (shell.folder / "file").touch()
    told = shell.refuses("serve", "--port", "0", "--database", f"sqlite:///{place}")
    assert said.format(shell.folder) in told


# A second server


@pytest.mark.parametrize("arguments", ["serve --port 0", "serve --port 0 --workers 2", "run --database URL true"])
def test_a_store_has_one_server(serving: tuple[Shell, Served], arguments: str) -> None:
    shell, served = serving
    said = shell.refuses(*arguments.replace("URL", "sqlite:///legacygrid.db").split())
    told = re.fullmatch(r"sqlite:///legacygrid.db is served already, by process \d+ at (\S+)\. Use that .+", said)
    assert told, said
    assert told[1] == served.url
    assert "--workers" in said
    assert "PostgreSQL" in said


def test_commands_work_beside_a_server(serving: tuple[Shell, Served]) -> None:
    shell, served = serving
    assert shell.accounts() == ["acme"]
    shell.does("account", "add", "beside", *SECRET, stdin=f"{PASSWORD}\n")
    assert served.who("beside", PASSWORD) == "beside"
    shell.does("account", "remove", "beside")


# A run without a store


@pytest.mark.parametrize(
    ("is_there", "told"),
    [
        (False, "gone at the end; to use one that stays: --database sqlite:///legacygrid.db"),
        (
            True,
            "gone at the end; legacygrid.db in this folder is not used; to use it: --database sqlite:///legacygrid.db",
        ),
    ],
)
def test_a_run_keeps_nothing_unasked(shell: Shell, is_there: bool, told: str) -> None:
    if is_there:
        (shell.folder / "legacygrid.db").touch()
    before = list(shell.folder.iterdir())
    ran = shell.run("run", "true")
    assert (ran.code, ran.err.splitlines()) == (
        0,
        [f"legacygrid: nothing is kept: the store is in memory, and {told}", "legacygrid: no call came"],
    )
    assert list(shell.folder.iterdir()) == before


def test_a_run_keeps_what_it_is_told_to(shell: Shell) -> None:
    assert shell.run("run", "true", LEGACYGRID_DATABASE="sqlite:///kept.db").err == "legacygrid: no call came\n"
    assert [file.name for file in shell.folder.iterdir()] == ["kept.db"]


# Accounts and hints

UNKNOWN = {"api_user": "nobody", "api_key": PASSWORD}


def hint_of(served: Served) -> str:
    served.call("/api/profile.get.json", **UNKNOWN)
    with urllib.request.urlopen(f"{served.url}/__admin/requests", timeout=30) as response:
        hint: str = json.loads(response.read())["requests"][-1]["refusal"]["hint"]
    return hint


def test_a_hint_names_the_store_of_the_server(serving: tuple[Shell, Served]) -> None:
    shell, served = serving
    command = f"legacygrid account add nobody --database sqlite:///{shell.folder}/legacygrid.db"
    assert hint_of(served) == f"api_user 'nobody' is unknown here; to add it: {command}"


def test_a_hint_names_what_works_in_memory(shell: Shell) -> None:
    with shell.serving("--port", "0", *MEMORY) as served:
        way = "start with --account nobody:PASSWORD, or POST a seed with it to /__admin/seed"
        assert hint_of(served) == f"api_user 'nobody' is unknown here; to add it: {way}"


def test_an_account_that_has_another_password(shell: Shell) -> None:
    shell.does("account", "add", "acme", *SECRET, stdin=f"{PASSWORD}\n")
    options = ("--port", "0", "--bcrypt-cost", "4", "--account", f"acme:{OTHER}")
    database = f"--database sqlite:///{shell.folder}/legacygrid.db"
    with shell.serving(*options) as served:
        said = served.log.read_text()
        assert (
            "WARNING --account acme: that account is there already, with another password, which stays; log in with"
            f" that, or give it this one: legacygrid account password acme {database}\n"
        ) in said
        told = shell.does("account", "password", "acme", *SECRET, stdin=f"{OTHER}\n").out
        assert told == "acme has that password from now on\n"
        assert (served.who("acme", PASSWORD), served.who("acme", OTHER)) == (None, "acme")
    with shell.serving(*options) as served:
        assert served.log.read_text() == ""


@pytest.mark.parametrize(
    ("name", "secret", "said"),
    [("nobody", OTHER, "there is no account 'nobody'"), ("acme", "x" * 200, "must be 1 to 128 printable characters")],
)
def test_a_password_that_is_refused(serving: tuple[Shell, Served], name: str, secret: str, said: str) -> None:
    assert said in serving[0].refuses("account", "password", name, *SECRET, stdin=f"{secret}\n")


# Settings


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("LEGACYGRID_PRT", "the variable LEGACYGRID_PRT sets nothing; did you mean LEGACYGRID_PORT?"),
        ("LEGACYGRID_DATABASE_URL", "did you mean LEGACYGRID_DATABASE?"),
        ("LEGACYGRID_ACCOUNTS", "did you mean LEGACYGRID_ACCOUNT?"),
    ],
)
def test_a_variable_that_is_misspelt(command: Command, variable: str, told: str) -> None:
    code, _, err = command("account list", {variable: "x"})
    assert code == 2
    assert told in err


@pytest.mark.parametrize(
    "variable", ["LEGACYGRID_SERVICE_PORT", "LEGACYGRID_PORT_8026_TCP_ADDR", "LEGACYGRID_OF_SOMEBODY", "LEGACY_PORT"]
)
def test_a_variable_of_somebody_else(command: Command, variable: str) -> None:
    assert command("config --json", {variable: "x"})[0] == 0


@pytest.mark.parametrize(
    ("arguments", "env", "file", "told"),
    [
        ("config --port x", {}, "", "Invalid value for '--port': 'x' is not a valid integer"),
        ("config", {"LEGACYGRID_PORT": "x"}, "", "Invalid value for LEGACYGRID_PORT: 'x' is not a valid integer"),
        ("config", {}, 'port = "x"', "Invalid value for port in legacygrid.toml: write a number"),
        ("config", {}, "port = 70000", "Invalid value for port in legacygrid.toml: 70000 is not in the range"),
        ("config", {}, "demo = 1", "Invalid value for demo in legacygrid.toml: write true or false"),
        ("config", {}, "database = 1", "Invalid value for database in legacygrid.toml: write a text, in quotes"),
        ("config", {}, 'account = "a:b"', 'write a list of texts, such as ["NAME:SECRET"], or a table of them'),
        ("config", {}, "smtp_port = 1", "legacygrid.toml: there is no setting 'smtp_port'; did you mean 'smtp-port'?"),
        ("account list", {}, "prt = 1", "legacygrid.toml: there is no setting 'prt'; did you mean 'port'?"),
        ("config", {}, "port = \n", "legacygrid.toml is no TOML: Invalid value (at line 1, column 8)"),
        ("config --config none.toml", {}, "", "Invalid value for '--config': File 'none.toml' does not exist"),
        ("config", {"LEGACYGRID_CONFIG": "none.toml"}, "", "File 'none.toml' does not exist"),
    ],
)
def test_a_value_is_refused_with_its_place(
    command: Command, arguments: str, env: dict[str, str], file: str, told: str
) -> None:
    if file:
        Path("legacygrid.toml").write_text(file)
    code, _, err = command(arguments, env)
    assert code == 2
    assert told in err


FILE = f"""
port = 8100
database = "sqlite:///acme.db"
seed = "seed.json"
tls = true
relay = "mail.example.com:587"
relay-password = "{PASSWORD}"
host = "localhost"
set = {{xml_declaration = "UTF-8"}}

[account]
acme = "{PASSWORD}"
"""


def test_what_holds_and_whence(command: Command) -> None:
    Path("legacygrid.toml").write_text(FILE)
    Path("seed.json").touch()
    env = {"LEGACYGRID_PORT": "8200", "LEGACYGRID_KEY": f'["acme:{PASSWORD}"]', "LEGACYGRID_TLS_PORT": "8444"}
    code, out, err = command("config --json --tls-port 8555", env)
    assert (code, err) == (0, "")
    assert PASSWORD not in out
    told = {row["setting"]: (row["value"], row["from"]) for row in json.loads(out)}
    assert {
        name: told[name] for name in ("port", "database", "seed", "tls", "tls-port", "host", "set", "outbox-days")
    } == {
        "port": ("8200", "LEGACYGRID_PORT"),
        "database": ("sqlite:///acme.db", "database in legacygrid.toml"),
        "seed": ("seed.json", "seed in legacygrid.toml"),
        "tls": ("true", "tls in legacygrid.toml"),
        "tls-port": ("8555", "--tls-port"),
        "host": ("localhost", "host in legacygrid.toml"),
        "set": ("xml_declaration=UTF-8", "set in legacygrid.toml"),
        "outbox-days": ("30.0", "default"),
    }
    assert told["account"] == ("acme:***", "account in legacygrid.toml")
    assert told["key"] == ("acme:***", "LEGACYGRID_KEY")
    assert told["relay-password"] == ("***", "relay-password in legacygrid.toml")


def test_a_file_elsewhere_has_its_paths_beside_it(command: Command) -> None:
    folder = Path("elsewhere")
    folder.mkdir()
    (folder / "ours.toml").write_text(FILE)
    (folder / "seed.json").touch()
    told = {
        row["setting"]: row["value"] for row in json.loads(command("config --json --config elsewhere/ours.toml", {})[1])
    }
    here = folder.absolute()
    assert (told["seed"], told["database"]) == (f"{here}/seed.json", f"sqlite:///{here}/acme.db")


def test_every_command_goes_by_the_file(command: Command) -> None:
    Path("legacygrid.toml").write_text('database = "sqlite:///acme.db"')
    assert f"there is no store {Path.cwd()}/acme.db" in command("export", {})[2]


def test_every_variable_is_known_and_told() -> None:
    told = set()
    for name, each in commands():
        for option in each.params:
            if isinstance(option, click.Option) and isinstance(option.envvar, str):
                assert option.show_envvar, f"{name} {option.opts}"
                if isinstance(option, SettingOption) and option.expose_value:
                    told.add(option.key)
    relays = {"relay", "relay-tls", "relay-user", "relay-password", "relay-allow"}
    assert told == set(config.keys()) | relays


# Seeds

SEED = """{
  "version": 1,
  "accounts": [
    {"username": "acme", "password": "acme-password",
     "subusers": [
       {"username": "ada", "password": "ada-password1",
        "ips": ["192.0.2.1",
                "nope"]},
       {"username": "b{[,", "passwrd": "x"}
     ]}
  ]
}
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            SEED,
            [
                "seed.json:8: accounts[0].subusers[0].ips[1]: is no IP address",
                "seed.json:9: accounts[0].subusers[1].passwrd: Unknown field. Did you mean 'password'?",
            ],
        ),
        ('{\n"accounts": []}', ['seed.json:1: version: is missing; a seed begins with "version": 1']),
        ('{"version": 2,\n"accounts": []}', ["seed.json:1: version: Must be equal to 1."]),
        ('{"version": 1, "accounts": [}', ["seed.json: is no JSON: Expecting value: line 1 column 29 (char 28)"]),
        ("[1]", ['seed.json: the document: must be an object with "version" and "accounts"']),
    ],
)
def test_a_seed_is_refused_with_its_lines(command: Command, text: str, told: list[str]) -> None:
    Path("seed.json").write_text(text)
    code, _, err = command("seed seed.json", {})
    assert code == 1
    assert err.removeprefix("Error: ").splitlines() == told
