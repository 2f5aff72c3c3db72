"""`legacygrid migrate check` and `assert_equivalent`: what differs between two programs, and which calls made it so."""

import json
import os
import shlex
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import pytest
import requests
from click.testing import CliRunner

from emulator import NEW
from legacygrid.commands import world_settings
from legacygrid.testing import World
from shell import BIN, Ran, Shell, environment

Program = Callable[[World], Any]
MAIL = {"from": "acme@example.com", "subject": "Hello", "text": "hello", "to[]": ["ada@example.com", "bob@example.com"]}
APART = json.dumps({"to": MAIL["to[]"]})


def calling(*calls: tuple[str, Mapping[str, Any]]) -> Program:
    """A program that makes these calls."""

    def program(world: World) -> None:
        for operation, params in calls:
            requests.post(world.url_for(operation), data={**world.auth, **params}, timeout=10)

    return program


DISABLE = ("customer.disable", {"user": "bob"})
ENABLE = ("customer.enable", {"user": "bob"})
SEND = ("mail.send", MAIL)


def test_what_is_the_same_passes(legacygrid: World) -> None:
    legacygrid.add_subuser("bob")
    legacygrid.assert_equivalent(calling(DISABLE, SEND), calling(SEND, ENABLE, DISABLE))
    assert legacygrid.subusers()[0]["active"] is True
    assert (len(legacygrid.requests), len(legacygrid.outbox)) == (0, 0)


def test_what_each_program_makes_up_is_noise(legacygrid: World) -> None:
    def program(world: World) -> None:
        name = f"sub-{uuid4().hex}"
        add = ("customer.add", {**NEW, "username": name, "company": uuid4().hex})
        calling(add, ("customer.disable", {"user": name}), ("mail.send", {**MAIL, "subject": f"Hello {name}"}))(world)

    legacygrid.assert_equivalent(program, program)

    def without_disable(world: World) -> None:
        calling(("customer.add", {**NEW, "username": f"sub-{uuid4().hex}"}), SEND)(world)

    with pytest.raises(AssertionError, match=r"subuser \(subuser no. 1\): active true, was false"):
        legacygrid.assert_equivalent(program, without_disable)


def raising(world: World) -> None:
    calling(DISABLE)(world)
    raise KeyError("message")


LIMIT = ("customer.limit", {"user": "bob", "task": "total", "credits": "10"})
DIFFERENCES: list[tuple[str, Program, Program, str]] = [
    (
        "a field",
        calling(DISABLE, DISABLE),
        calling(DISABLE, ENABLE),
        "state: subuser bob: active true, was false\n"
        "      old: POST /apiv2/customer.disable.json user=bob\n"
        "      new: POST /apiv2/customer.enable.json user=bob",
    ),
    (
        "nothing was done",
        calling(DISABLE),
        calling(),
        "active true, was false\n      old: POST /apiv2/customer.disable.json user=bob\n      new: no call did that",
    ),
    (
        "the wrong subuser",
        calling(DISABLE),
        calling(("customer.disable", {"user": "eve"})),
        "state: subuser eve: active false, was true\n"
        "      old: no call did that\n"
        "      new: POST /apiv2/customer.disable.json user=eve",
    ),
    (
        "a call that is not about it",
        calling(DISABLE, ("customer.website_disable", {"user": "bob"})),
        calling(("customer.website_disable", {"user": "bob"})),
        "active true, was false\n      old: POST /apiv2/customer.disable.json user=bob\n      new: no call did that",
    ),
    ("missing", calling(SEND, ("customer.add", {**NEW, "username": "zoe"})), calling(SEND), "subuser zoe: missing"),
    (
        "there",
        calling(SEND),
        calling(SEND, ("customer.add", {**NEW, "username": "zoe"})),
        "zoe: there, though the old program did not make it\n      new: POST /apiv2/customer.add.json",
    ),
    ("credits", calling(LIMIT), calling(DISABLE, ENABLE), "subuser bob: credits.mode not set, was total"),
    (
        "a password",
        calling(("password.set", {"password": "Other-pw-1", "confirm_password": "Other-pw-1"})),
        calling(DISABLE, ENABLE),
        "account acme: password left as it was, was set anew",
    ),
    ("mail", calling(SEND), calling(SEND, SEND), "mail 'Hello' to ada@example.com: there, though"),
    (
        "who sees whom",
        calling(("mail.send", {**MAIL, "x-smtpapi": APART})),
        calling(SEND),
        "mail 'Hello' to ada@example.com: sees bob@example.com, saw nobody else",
    ),
    ("a subject", calling(SEND), calling(("mail.send", {**MAIL, "subject": "Hi"})), "subject Hi, was Hello"),
    (
        "refused",
        calling(SEND),
        calling(SEND, ("customer.disable", {"user": "nobody"})),
        "calls: 1 call of the new program refused, none of the old one",
    ),
    (
        "not emulated",
        calling(SEND, ("customer.disable", {})),
        lambda world: (calling(SEND)(world), requests.get(f"{world.url}/api/newsletter/list.json", timeout=10)),
        "calls: the new program made 1 call that the emulator does not answer",
    ),
    ("an exception", calling(DISABLE), raising, "ending: the new one raised KeyError: 'message', the old one raised nothing"),
    ("an idle one", calling(), calling(), "calls: no call of the old program was carried out: there is nothing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "told"), [each[1:] for each in DIFFERENCES], ids=[each[0] for each in DIFFERENCES]
)
def test_differences(legacygrid: World, old: Program, new: Program, told: str) -> None:
    legacygrid.allow_unmatched()
    for name in ("bob", "eve"):
        legacygrid.add_subuser(name)
    with pytest.raises(AssertionError) as failure:
        legacygrid.assert_equivalent(old, new)
    assert told in str(failure.value)


def test_places_that_may_differ_are_named(legacygrid: World) -> None:
    legacygrid.add_subuser("bob")
    legacygrid.assert_equivalent(calling(DISABLE), calling(DISABLE, ENABLE), ignore=["subuser *.active"])
    with pytest.raises(AssertionError):
        legacygrid.assert_equivalent(calling(DISABLE), calling(DISABLE, ENABLE), ignore=["subuser *.company"])


def test_passwords_in_urls_are_not_shown(legacygrid: World) -> None:
    def hook(password: str) -> tuple[str, Mapping[str, Any]]:
        return ("eventposturl.set", {"url": f"http://me:{password}@127.0.0.1:9/events"})

    with pytest.raises(AssertionError, match=r"http://\*\*\*@127") as failure:
        legacygrid.assert_equivalent(
            calling(hook("one-pw-1")), calling(("eventposturl.set", {"url": "http://127.0.0.1:9/"}))
        )
    assert "one-pw-1" not in str(failure.value)


def test_results_are_compared_on_request(legacygrid: World) -> None:
    calling(("customer.add", {**NEW, "username": "bob"}))(legacygrid)

    def names(task: str) -> Program:
        def program(world: World) -> list[str]:
            rows = requests.get(world.url_for("customer.profile"), params={**world.auth, "task": "get"}, timeout=10)
            return [row[task] for row in rows.json()]

        return program

    legacygrid.assert_equivalent(names("username"), names("email"))
    with pytest.raises(AssertionError, match=r"what came out is something else\n +old, line 1: \['bob'\]"):
        legacygrid.assert_equivalent(names("username"), names("email"), results=True)


# The command

SEED: dict[str, Any] = {
    "version": 1,
    "accounts": [
        {
            "username": "acme",
            "password": "operator-secret-1",
            "subusers": [{"username": name, "password": "other-secret-2", "email": "sub@example.com"} for name in ("ada", "bob")],
        }
    ],
}  # fmt: skip
CLIENT = """\
import sys, urllib.parse, urllib.request
operation, user, status = sys.argv[1:]
form = {"api_user": "acme", "api_key": "operator-secret-1", "user": user}
print(urllib.request.urlopen(f"https://api.sendgrid.com/apiv2/{operation}.json", urllib.parse.urlencode(form).encode()).read())
sys.exit(int(status))
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "seed.json").write_text(json.dumps(SEED))
    (tmp_path / "client.py").write_text(CLIENT)
    return Shell(tmp_path)


def check(shell: Shell, old: str, new: str, *options: str) -> Ran:
    commands = [f"'{sys.executable}' client.py {words}" for words in (old, new)]
    return shell.run("migrate", "check", "--seed", "seed.json", *options, *commands)


pytestmark = pytest.mark.waits


def test_programs_with_their_hosts_built_in(shell: Shell) -> None:
    same = check(shell, "customer.disable bob 0", "customer.disable bob 0")
    told = "The new program does what the old one did. What they print was not compared: --stdout does that."
    assert (same.code, same.out.splitlines()[0]) == (0, told)
    assert same.err.endswith("legacygrid: new: 1 call\n")
    other = check(shell, "customer.disable bob 0", "customer.website_disable bob 3", "--format", "json")
    assert other.code == 1
    assert not other.json["passed"]
    assert [(each["level"], each["place"]) for each in other.json["findings"]] == [
        ("failed", "subuser bob.active"),
        ("failed", "subuser bob.website_access"),
        ("failed", "exit"),
    ]
    assert other.json["findings"][1]["new_call"] == "POST /apiv2/customer.website_disable.json user=bob"
    assert (
        other.json["findings"][2]["title"]
        == "the new program ended with exit status 3, the old one ended with exit status 0"
    )


#: Keeps all subusers from sending, by v2's list or the first page of v3's.
PORT = """\
import json, sys, urllib.parse, urllib.request
sign = {"api_user": "acme", "api_key": "operator-secret-1"}
headers = {"Authorization": "Bearer SG.of-acme", "Content-Type": "application/json"}
def ask(path, body=None, **more):
    request = urllib.request.Request(f"https://api.sendgrid.com/{path}", body, **more)
    return json.loads(urllib.request.urlopen(request).read() or "{}")
def old(call, **form):
    return ask(f"apiv2/{call}.json", urllib.parse.urlencode({**sign, **form}).encode())
if sys.argv[1] == "v2":
    for each in old("customer.profile", task="get"):
        old("customer.disable", user=each["username"])
else:
    for each in ask("v3/subusers", headers=headers):
        ask(f"v3/subusers/{each['username']}", b'{"disabled": true}', headers=headers, method="PATCH")
"""


def test_a_port_that_reads_one_page_is_found(shell: Shell) -> None:
    subusers = [{**SEED["accounts"][0]["subusers"][0], "username": f"sub-{number:02}"} for number in range(1, 12)]
    acme = {**SEED["accounts"][0], "subusers": subusers, "keys": [{"key": "SG.of-acme"}]}
    (shell.folder / "seed.json").write_text(json.dumps({**SEED, "accounts": [acme]}))
    (shell.folder / "client.py").write_text(PORT)
    ran = check(shell, "v2", "v3", "--format", "json")
    assert [each["place"] for each in ran.json["findings"] if each["level"] == "failed"] == ["subuser sub-11.active"], (
        ran
    )
    assert ran.code == 1


#: Tells subusers, of the first page alone if it is told so, between lines of its own.
READER = """\
import json, os, sys, time, urllib.request
request = urllib.request.Request("https://api.sendgrid.com/v3/subusers" + sys.argv[1])
request.add_header("Authorization", "Bearer SG.of-acme")
print("begun", time.time_ns())
for each in json.loads(urllib.request.urlopen(request).read()):
    print(each["username"])
print("x" * 200 + sys.argv[2])
if sys.argv[2] == "c":
    open("runs", "a").write("x")
    print("\\n" * len(open("runs").read()))
"""
READERS = [
    ("?limit=500 a", (), 0, ["The new program changes nothing, like the old one, which only reads.", "--stdout compares it."]),
    ("?limit=500 a", ("--stdout",), 0, ["The new program does what the old one did.\n", "each time: 1\n"]),
    ("?limit=10 a", ("--stdout",), 1, ["ending: what came out is something else\n", "old, line 12: sub-11\n", f"new, line 12: {'x' * 120}..."]),
    ("?limit=500 c", ("--stdout",), 0, ["What they print was not compared: its number of lines varies."]),
    ("?limit=500 b", ("--stdout",), 1, [f"old, line 13: ...{'x' * 40}a\n", f"new, line 13: ...{'x' * 40}b\n"]),
]  # fmt: skip


@pytest.mark.parametrize(("port", "options", "code", "told"), READERS)
def test_readers_are_compared_by_what_they_print(
    shell: Shell, port: str, options: tuple[str, ...], code: int, told: list[str]
) -> None:
    subusers = [{**SEED["accounts"][0]["subusers"][0], "username": f"sub-{number:02}"} for number in range(1, 12)]
    acme = {**SEED["accounts"][0], "subusers": subusers, "keys": [{"key": "SG.of-acme"}]}
    (shell.folder / "seed.json").write_text(json.dumps({**SEED, "accounts": [acme]}))
    (shell.folder / "client.py").write_text(READER)
    old = port if port.endswith("c") else "?limit=500 a"
    ran = check(shell, old, port, *options)
    assert ran.code == code, ran
    assert all(each in ran.out for each in told), ran.out
    assert "\\x0a" not in ran.out


#: What both programs print, where the new one fails besides, and what of that is told.
PRINTED_SECRETS = [
    ("x api_key=of-acme-1", "y api_key=of-acme-2", ["old, line 1: x api_key=***", "new, line 1: y api_key=***"]),
    (
        "Bearer SG.of-acme-1",
        "Bearer SG.of-acme-2",
        ["new, line 1: Bearer ***", "what differs is hidden, as it is secret"],
    ),
    ("x", "failed: http://a:of-acme@127.0.0.1/?api_key=of-acme", ["failed: http://***@127.0.0.1/?api_key=***"]),
]


@pytest.mark.parametrize(("old", "new", "told"), PRINTED_SECRETS)
def test_no_secret_of_what_is_printed_is_told(shell: Shell, old: str, new: str, told: list[str]) -> None:
    ending = "; exit 1" if new.startswith("failed") else ""
    programs = [
        shlex.join(["sh", "-c", f"echo {shlex.quote(text)} | tee /dev/stderr{end}"])
        for text, end in ((old, ""), (new, ending))
    ]
    ran = shell.run("migrate", "check", "--stdout", *programs)
    assert all(f"      {each}\n" in ran.out for each in told), ran.out
    assert "of-acme" not in ran.out


#: Calls of the old program and the new one that were refused, and how that is told.
REFUSALS = [
    (1, 0, "1 call of the old program refused, none of the new one"),
    (1, 2, "1 call of the old program refused, 2 of the new one"),
    (0, 1, "1 call of the new program refused, none of the old one"),
]


@pytest.mark.parametrize(("old", "new", "told"), REFUSALS)
def test_refusals_are_told_in_order(legacygrid: World, old: int, new: int, told: str) -> None:
    legacygrid.add_subuser("bob")
    nobody = ("customer.disable", {"user": "nobody"})
    with pytest.raises(AssertionError, match=told):
        legacygrid.assert_equivalent(calling(DISABLE, *[nobody] * old), calling(SEND, *[nobody] * new))


@pytest.mark.parametrize(("arguments", "size"), [([], "10"), (["--set", "v3_page=500"], "500")])
def test_a_page_has_as_many_as_is_said(arguments: list[str], size: str) -> None:
    @click.command()
    @world_settings.options
    def tell(**params: Any) -> None:
        click.echo(world_settings.read(params).switches["v3_page"])

    assert CliRunner().invoke(tell, arguments).output == f"{size}\n"


def test_formats(shell: Shell) -> None:
    programs = ("customer.disable bob 0", "customer.disable ada 0")
    junit = ElementTree.fromstring(check(shell, *programs, "--format", "junit").out)
    assert (junit.get("tests"), junit.get("failures")) == ("5", "1")
    assert [case.get("name") for case in junit if case.find("failure") is not None] == ["state"]
    page = check(shell, *programs, "--format", "html", "--output", "page.html")
    assert (page.code, page.out) == (1, "")
    text = (shell.folder / "page.html").read_text()
    assert "<script" not in text
    assert "subuser bob: active true, was false" in text
    assert "- **state**: subuser bob: active true, was false\n" in check(shell, *programs, "--format", "md").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Missing argument 'OLD'"),
        (("python", ""), "it is empty"),
        (("python", "'python"), "No closing quotation"),
        (("true", "no-such-program"), "no-such-program: command not found"),
        (("--timeout", "0", "true", "true"), "0.0 is not in the range x>0"),
        (("--timeout", "nan", "true", "true"), "'nan' is no number"),
        (("--timeout", "inf", "true", "true"), "'inf' is no number"),
        (("--output", "no/page.html", "touch ran", "true"), "there is no folder 'no'"),
        (("--output", "/dev/full", "true", "true"), "/dev/full cannot be written: No space left on device"),
        (("touch ran", "no-such-program"), "no-such-program: command not found"),
        (("--seed", "client.py", "touch ran", "true"), "client.py: is no JSON: Expecting value"),
    ],
)
def test_misuse(shell: Shell, arguments: tuple[str, ...], told: str) -> None:
    ran = shell.run("migrate", "check", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert not (shell.folder / "ran").exists()


STOPPED = [("check", "sh wait.sh", "true"), ("rehearse", "--", "sh", "wait.sh")]


@pytest.mark.parametrize("words", STOPPED)
def test_a_signal_ends_all_of_it(shell: Shell, words: tuple[str, ...]) -> None:
    (shell.folder / "wait.sh").write_text("echo x >> runs; echo begun > pipe; exec sleep 60\n")
    os.mkfifo(shell.folder / "pipe")
    command = [BIN, "migrate", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=shell.folder, env=environment({}), text=True) as process:
        (shell.folder / "pipe").read_text()
        process.send_signal(signal.SIGINT)
        assert "Error: stopped by SIGINT\n" in process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert (shell.folder / "runs").read_text() == "x\n"


def test_a_reader_that_has_seen_enough_changes_no_status(shell: Shell) -> None:
    script = f"'{BIN}' migrate check --seed seed.json 'sh one.sh' 'sh one.sh' | true; echo ${{PIPESTATUS[0]}}"
    (shell.folder / "one.sh").write_text(f"'{sys.executable}' client.py customer.disable bob 0\n")
    done = subprocess.run(
        ["bash", "-c", script], cwd=shell.folder, env=environment({}), capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "0\n", done
    assert "Traceback" not in done.stderr


WRONG_SEEDS = [
    ({"keys": ["SG.of-acme"]}, 'accounts[0].keys[0]: must be an object with "key"'),
    ({"subusers": ["ada", "ada"]}, 'accounts[0].subusers[0]: must be an object with "username" and "password"'),
    ({"username": "x"}, "accounts[0].username: "),
]


@pytest.mark.parametrize("command", ["check", "rehearse"])
@pytest.mark.parametrize(("members", "told"), WRONG_SEEDS)
def test_a_wrong_seed_runs_nothing(shell: Shell, command: str, members: Mapping[str, Any], told: str) -> None:
    acme = {**SEED["accounts"][0], **members}
    (shell.folder / "seed.json").write_text(json.dumps({**SEED, "accounts": [acme]}))
    programs = ("touch ran", "true") if command == "check" else ("touch", "ran")
    ran = shell.run("migrate", command, "--seed", "seed.json", *programs)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert not (shell.folder / "ran").exists()


def test_an_old_program_that_fails_is_shown_by_what_it_printed(shell: Shell) -> None:
    (shell.folder / "old.sh").write_text("echo one >&2; echo 'no file: http://a/?api_key=hush' >&2; exit 3\n")
    for new in ("sh old.sh", "true"):
        ran = shell.run("migrate", "check", "--seed", "seed.json", "sh old.sh", new)
        assert ran.code == 1
        assert (
            "nothing to compare\n      the old program ended with exit status 3\n"
            "      old, stderr: one\n      old, stderr: no file: http://a/?api_key=***\n"
        ) in ran.out


def test_a_program_that_does_not_end(shell: Shell) -> None:
    ran = shell.run("migrate", "check", "--timeout", "0.5", "--seed", "seed.json", "true", "sleep 60")
    assert ran.code == 1
    assert "ending: the new program did not end in time, the old one ended with exit status 0" in ran.out


def test_commands_by_the_plugin(legacygrid: World, tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text(CLIENT.replace("operator-secret-1", legacygrid.key))
    legacygrid.add_subuser("bob")
    client = [sys.executable, str(tmp_path / "client.py")]
    with pytest.raises(AssertionError, match="subuser bob: active true, was false"):
        legacygrid.assert_equivalent(
            [*client, "customer.disable", "bob", "0"], [*client, "customer.enable", "bob", "0"]
        )
    with pytest.raises(TypeError, match="two functions, or two commands"):
        legacygrid.assert_equivalent(client, print)
    with pytest.raises(ValueError, match="command not found"):
        legacygrid.assert_equivalent(["no-such-program"], client)
