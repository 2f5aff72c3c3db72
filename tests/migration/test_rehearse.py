"""`legacygrid migrate rehearse`: the day of the shutdown, and how clients take it."""

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from shutil import which

import pytest

from legacygrid.migration.findings import EXPECTED, FAILED, NOTED
from legacygrid.migration.rehearse.answers import ANSWERS
from legacygrid.migration.rehearse.attempts import Tries
from legacygrid.migration.rehearse.verdict import Rehearsal, judge_rehearsals
from legacygrid.migration.rehearse.words import Printed
from shell import BIN, Shell, environment

FAIR = Rehearsal(0, Printed(), (), 1)
ONCE = (Tries("customer.add", (1.0,), 1, False),)
AGAIN = (Tries("customer.add", (1.0, 2.0, 4.0), 2, True),)
IN_VAIN = (Tries("customer.add", (1.0, 2.0, 3.0), 3, False),)
WILDLY = (Tries("customer.add", tuple(each / 100 for each in range(50)), 50, False),)
PYTHON = "Traceback (most recent call last):\n  File\nKeyError: 'message'\n"
PHP = "PHP Fatal error:  Uncaught TypeError: foreach\n"
NODE = "SyntaxError: Unexpected token <\n    at JSON.parse (<anonymous>)\n    at main (/app/old.js:3:7)\n"
RUBY = "old.rb:3:in 'parse': unexpected token (JSON::ParserError)\n\tfrom old.rb:9:in 'main'\n"
#: By what happened: what the client's run was, whether it is well, and what is said of it.
REACTIONS = [
    ("410", Rehearsal(0, Printed(), ONCE), FAILED, "never noticed: exit status 0, as in fair weather"),
    ("html", Rehearsal(0, Printed(), ONCE), FAILED, "took HTML for success: exit status 0"),
    ("410", Rehearsal(1, Printed("", "refused: gone\n"), ONCE), EXPECTED, "gave up, with exit status 1"),
    (
        "410",
        Rehearsal(1, Printed("", PYTHON), ONCE),
        FAILED,
        "crashed: an error that it does not handle, exit status 1",
    ),
    ("html", Rehearsal(255, Printed("", PHP), ONCE), FAILED, "crashed: an error"),
    ("html", Rehearsal(1, Printed("", NODE), ONCE), FAILED, "crashed: an error"),
    ("html", Rehearsal(1, Printed("", RUBY), ONCE), FAILED, "crashed: an error"),
    ("reset", Rehearsal(139, Printed(), ONCE), FAILED, "crashed: ended by signal 11"),
    ("timeout", Rehearsal(None, Printed(), ONCE), FAILED, "did not end in time"),
    ("reset", Rehearsal(0, Printed(), AGAIN), EXPECTED, "tried again until it was answered"),
    ("reset", Rehearsal(1, Printed(), WILDLY), FAILED, "hammers"),
    ("404", Rehearsal(0, Printed("", "error: not found\n"), ONCE), NOTED, "noticed it in words alone"),
    ("404", Rehearsal(0, Printed()), NOTED, "made no call that met it"),
]


@pytest.mark.parametrize(("answer", "run", "level", "told"), REACTIONS)
def test_reactions(answer: str, run: Rehearsal, level: str, told: str) -> None:
    verdict = judge_rehearsals(FAIR, {answer: run})
    (finding,) = verdict.findings
    assert finding.level == level
    assert finding.title.startswith(told)
    assert verdict.has_failed is (level == FAILED)
    assert verdict.facts[0] == "inferred: nobody has recorded what the retired service answers"


#: What was printed in fair weather and then (standard output, standard error), with the same exit
#: status; whether that is well, what is said of it, and a line that is shown, if any.
SAYS = ("customer added\n", "")
PHP_WARNING = "Warning: Undefined array key 0 in old.php on line 7"
UNDER_PHP = f"PHP {PHP_WARNING}\n"
WORDS = [
    (("", ""), ("", UNDER_PHP), FAILED, "never", f"stderr: PHP {PHP_WARNING} (a warning of its runtime, not its own words)"),
    (("", ""), ("", f"PHP Warning:  f(http://{'x' * 400}): Failed to open stream in old.php on line 7\n"), FAILED, "never", ""),
    (("", ""), ("", "PHP Warning:  f(): HTTP request failed! HTTP/1.1 410 Gone\r\n in /a b/old.php on line 7\n"), FAILED, "never", ""),
    (("", ""), ("", "PHP Notice:  Trying to get x in old.php on line 7\n"), FAILED, "never", ""),
    (("", ""), ("", "PHP Deprecated:  old() in old.php on line 7\n"), FAILED, "never", ""),
    (("", ""), ("", "old.py:3: DeprecationWarning: error is old\n  error(3)\n"), FAILED, "never", ""),
    (("", ""), ("", "sys:1: ResourceWarning: unclosed error\n"), FAILED, "never", ""),
    (("", ""), ("", "old.rb:2: warning: error is not used\n"), FAILED, "never", ""),
    (("", ""), ("", "(node:7) Warning: an error\n(Use `node --trace-warnings ...` to show where)\n"), FAILED, "never", ""),
    (("", ""), ("", "old.sh: line 3: [: : integer expression expected\n"), FAILED, "never", ""),
    (SAYS, (f"\n{PHP_WARNING}\ncustomer added\n", UNDER_PHP), FAILED, "never", "stdout: customer added (as in fair weather)"),
    (SAYS, ("customer added\n", "error: 410\n"), FAILED, "says success beside its error", "stderr: error: 410"),
    (("", ""), ("", "Warning: ada is there as before\n"), NOTED, "noticed", "stderr: Warning: ada is there as before"),
    (SAYS, ("", ""), FAILED, "never", ""),
    (SAYS, ("customer added: null\n", ""), FAILED, "never", ""),
    (SAYS, ('{"errors":[{"field":null,"message":"this API has been retired"}]}\n', ""), FAILED, "never", ""),
    (SAYS, ("ada is not a customer any more\n", ""), NOTED, "says something else", "stdout: ada is not a customer any more"),
    (SAYS, ("cannot add ada\n", ""), NOTED, "noticed it in words", "stdout: cannot add ada"),
    (("", "errors: 0\n"), ("", "errors: 0\n"), FAILED, "never", ""),
    (("", "errors: 0\n"), ("", "errors: 1\n"), NOTED, "noticed it in words", "stderr: errors: 1"),
    (("", "12:00:01 [81] error log is open, 0.25 s\n"), ("", "12:00:02 [82] error log is open, 3.5 s\n"), FAILED, "never", ""),
    (("", ""), ("", "Exception in thread Thread-1 (add):\nTraceback (most recent call last):\n"), FAILED, "crashed in part", ""),
    (("", ""), ("", "no: https://a/?api_user=acme&api_key=hush, error\n"), NOTED, "noticed", "stderr: no: https://a/?api_user=acme&api_key=***, error"),
]  # fmt: skip


PAGE = ANSWERS["html"].effect.body
#: The same after a page of HTML: what of it is printed is no word of the program.
ECHOES = [
    (("", 'INFO done {"message": "success"}\n'), ("", f"INFO done {PAGE[:60]}\n"), FAILED, "took HTML", "stderr: INFO done <!DOCTYPE html> (the answer as it came)"),
    (("", ""), ("", f"error: {PAGE}"), NOTED, "noticed", "stderr: error: <!DOCTYPE html>"),
    (SAYS, (PAGE, ""), FAILED, "took HTML", ""),
]  # fmt: skip


@pytest.mark.parametrize(("before", "then", "level", "told", "line"), ECHOES)
def test_the_answer_is_no_word_of_the_program(
    before: tuple[str, str], then: tuple[str, str], level: str, told: str, line: str
) -> None:
    fair, run = Rehearsal(0, Printed(*before), (), 1), Rehearsal(0, Printed(*then), ONCE, 1)
    (finding,) = judge_rehearsals(fair, {"html": run}).findings
    assert (finding.level, finding.title[: len(told)]) == (level, told), finding
    assert not line or line in finding.details


def test_large_outputs_take_no_long_time() -> None:
    lines = [f"{number:x} {number * 7919 % 100_003} lorem ipsum dolor sit amet" for number in range(20_000)]
    before, then = Printed("\n".join(lines), "x" * 10**6), Printed("\n".join(reversed(lines)), "1:" * 10**6)
    begun = time.process_time()
    judge_rehearsals(Rehearsal(0, before, (), 1), {"410": Rehearsal(0, then, ONCE, 1)})
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(("before", "then", "level", "told", "line"), WORDS)
def test_words(before: tuple[str, str], then: tuple[str, str], level: str, told: str, line: str) -> None:
    fair, run = Rehearsal(0, Printed(*before), (), 1), Rehearsal(0, Printed(*then), ONCE, 1)
    (finding,) = judge_rehearsals(fair, {"410": run}).findings
    assert (finding.level, finding.title[: len(told)]) == (level, told), finding
    assert not line or line in finding.details
    assert "hush" not in str(finding)


def test_who_makes_no_call_rehearses_nothing() -> None:
    verdict = judge_rehearsals(Rehearsal(0, Printed()), {"410": Rehearsal(0, Printed())})
    assert verdict.has_failed
    assert verdict.sentence == "The client made no call, also not in fair weather: nothing was rehearsed."


@pytest.mark.parametrize(
    ("fair", "told"),
    [
        (Rehearsal(1, Printed(), (), 2), "in fair weather: 2 calls, exit status 1"),
        (Rehearsal(0, Printed(), (), 2, 1), "in fair weather: 2 calls, 1 of them refused, exit status 0"),
        (Rehearsal(None, Printed(), (), 2), "in fair weather: 2 calls, did not end in time"),
        (Rehearsal(0, Printed()), "in fair weather: 0 calls, exit status 0"),
    ],
)
def test_what_does_not_work_in_fair_weather_proves_little(fair: Rehearsal, told: str) -> None:
    facts = judge_rehearsals(fair, {"410": Rehearsal(0, Printed(), ONCE)}).facts
    assert facts[1:] == (told, "it has to work in fair weather first: what is said above is worth little otherwise")


def test_who_gives_up_is_shown_by_its_own_words() -> None:
    fair, said = Rehearsal(0, Printed("added\n"), (), 1), Printed("failed: null\n", UNDER_PHP)
    (finding,) = judge_rehearsals(fair, {"410": Rehearsal(1, said, ONCE, 1)}).findings
    assert finding.title == "gave up, with exit status 1"
    assert finding.details[1:] == (
        "stdout: failed: null",
        f"stderr: PHP {PHP_WARNING} (a warning of its runtime, not its own words)",
    )


def test_tries() -> None:
    verdict = judge_rehearsals(FAIR, {"410": Rehearsal(1, Printed(), IN_VAIN), "reset": Rehearsal(0, Printed(), AGAIN)})
    assert verdict.findings[0].details[:2] == (
        "customer.add: 3 times, after 1, 1 s (not longer each time), never carried out",
        "trying again after 410 is of no use: the service does not come back",
    )
    assert verdict.findings[1].details == ("customer.add: 3 times, after 1, 2 s (longer each time), then carried out",)


# The command

pytestmark = pytest.mark.waits

#: Makes its calls; tries again if it is told to, and looks at nothing if it is told that.
CLIENT = """\
import json, sys, time, urllib.parse, urllib.request
how, calls = sys.argv[1], int(sys.argv[2])
form = urllib.parse.urlencode({"api_user": "demo", "api_key": "demo-password", "user": "ada"}).encode()
url = "https://api.sendgrid.com/apiv2/customer.disable.json"
for _ in range(calls):
    for attempt in range(4 if how == "stubborn" else 1):
        try:
            answer = urllib.request.urlopen(url, form, timeout=0.5).read()
            break
        except OSError as error:
            if how == "careful":
                sys.exit(str(error))
    if how == "careful" and json.loads(answer) != {"message": "success"}:
        sys.exit("not what was expected")
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "client.py").write_text(CLIENT)
    return Shell(tmp_path)


def rehearse(shell: Shell, how: str, calls: int, *options: str):
    client = (sys.executable, "client.py", how, str(calls))
    ran = shell.run("migrate", "rehearse", "--demo", "--format", "json", *options, "--", *client)
    return ran.code, {each["answer"]: each for each in ran.json["findings"]}


def test_a_blind_client(shell: Shell) -> None:
    code, told = rehearse(shell, "blind", 1, "--answer", "410", "--answer", "html", "--answer", "reset")
    assert code == 1
    titles = {name: each["title"].partition(":")[0] for name, each in told.items()}
    assert titles == {"410": "never noticed", "html": "took HTML for success", "reset": "never noticed"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("demo-password", "forgotten", "api_user 'demo' is known here, and that is not its password"),
        ('"demo"', '"acme"', "--account acme:PASSWORD"),
    ],
)
def test_a_client_that_is_not_let_in_rehearses_nothing(shell: Shell, old: str, new: str, told: str) -> None:
    client = (shell.folder / "client.py").read_text()
    (shell.folder / "client.py").write_text(client.replace(old, new))
    ran = shell.run("migrate", "rehearse", "--demo", "--answer", "410", "--", sys.executable, "client.py", "blind", "1")
    assert (ran.code, ran.out) == (2, ""), ran
    assert "nothing can be rehearsed, as no call is carried out in fair weather: " in ran.err
    assert told in ran.err
    assert "410 Gone" not in ran.err


#: Takes what PHP makes of HTML for success, and says so.
PHP_CLIENT = """\
<?php
$form = http_build_query(["api_user" => "demo", "api_key" => "demo-password", "user" => "ada"]);
$answer = json_decode(file_get_contents("https://api.sendgrid.com/apiv2/customer.disable.json?" . $form), true);
if ($answer["error"] ?? false) { exit(1); }
echo $answer["message"] === "success" ? "" : "", "customer disabled\\n";
"""


@pytest.mark.skipif(not which("php"), reason="needs PHP")
def test_a_warning_of_php_is_no_notice(shell: Shell) -> None:
    (shell.folder / "old.php").write_text(PHP_CLIENT)
    command = ("--", "php", "-d", "log_errors=1", "-d", "error_log=/dev/stderr", "old.php")
    ran = shell.run("migrate", "rehearse", "--demo", "--answer", "html", *command)
    assert ran.code == 1
    assert "200 with a page of HTML: took HTML for success: exit status 0" in ran.out
    assert "(a warning of its runtime, not its own words)" in ran.out
    assert "stdout: customer disabled (as in fair weather)" in ran.out
    assert "demo-password" not in ran.out


def test_silence(shell: Shell) -> None:
    code, told = rehearse(shell, "blind", 1, "--answer", "timeout", "--patience", "20")
    assert (code, told["timeout"]["title"].partition(":")[0]) == (1, "never noticed")


#: Four calls, ten minutes from each other; the clock is at noon before the first one.
HOURS = ("--now", "2026-06-01T12:00:00Z", "--step", "10m")
TIMES = [
    (("--begins", "2026-06-01T12:25:00Z"), [3]),
    (("--begins", "2026-06-01T12:15:00Z", "--ends", "2026-06-01T12:35:00Z"), [2]),
    (("--brownout", "15m/40m", "--begins", "2026-06-01T12:00:00Z"), [3]),
    (("--operation", "customer.enable"), []),
    (("--operation", "customer.disable"), [5]),
    (("--share", "0.5", "--random-seed", "3"), [2]),
]


@pytest.mark.parametrize(("options", "hit"), TIMES)
def test_when_and_which(shell: Shell, options: tuple[str, ...], hit: list[int]) -> None:
    _, told = rehearse(shell, "blind", 5, "--answer", "404", *HOURS, *options)
    assert [each["hits"] for each in told["404"]["tries"]] == hit


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--answer", "500"), "'500' is not one of '410'"),
        (("--operation", "customer.ad"), "there is no operation 'customer.ad'; did you mean customer.add?"),
        (("--begins", "2026-06-01"), "no moment with a time zone"),
        (("--brownout", "1h/10m"), "does not come again and again"),
        (("--step", "often"), "'often' is no duration"),
        (("--share", "0"), "0.0 is not in the range 0<x<=1"),
        (("--share", "nan"), "'nan' is no number"),
        (("--patience", "nan"), "'nan' is no number"),
        (("--output", "no/page.html"), "there is no folder 'no'"),
        (("--answer", "410", "--answer", "html"), "without a command, there is one --answer"),
        (("--", "no-such-program"), "no-such-program: command not found"),
    ],
)
def test_misuse(shell: Shell, options: tuple[str, ...], told: str) -> None:
    ran = shell.run("migrate", "rehearse", *options)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_without_a_command_it_answers_until_it_is_stopped(tmp_path: Path) -> None:
    words = [BIN, "migrate", "rehearse", "--demo", "--answer", "410"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=tmp_path, env=environment({}), text=True) as process:
        assert process.stdout
        url = ""
        while not url:
            line = process.stdout.readline()
            assert line
            url = (re.findall("^export LEGACYGRID_URL=(.*)$", line) or [""])[0]
        with pytest.raises(urllib.error.HTTPError, match="410"):
            urllib.request.urlopen(f"{url}/apiv2/customer.enable.json?user=ada", timeout=10)
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
    assert process.returncode == 0
    assert "410 Gone: took it as follows" in rest
    assert "customer.enable: once, not tried again" in rest
    assert "inferred: nobody has recorded" in rest
