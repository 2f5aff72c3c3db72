"""`legacygrid run`: programs that hard-code https://api.sendgrid.com, as they are, in the languages of the time."""

import os
import pty
import re
import select
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from paths import ROOT
from shell import BIN, Ran, Shell, environment

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

CLIENTS = ROOT / "tests" / "clients"
MEMORY = ("--demo", "--database", "sqlite:///:memory:")
#: Each of the programs in that folder, what runs it, and what gives it to Debian.
PROGRAMS = [
    ("curl.sh", "sh", "curl", "curl"),
    ("with_requests.py", sys.executable, sys.executable, ""),
    ("with_httpx.py", sys.executable, sys.executable, ""),
    ("with_urllib.py", sys.executable, sys.executable, ""),
    ("https.js", "node", "node", "nodejs"),
    ("agent.js", "node", "node", "nodejs"),
    ("http.js", "node", "node", "nodejs"),
    ("fetch.js", "node", "node", "nodejs"),
    ("lwp.pl", "perl", "perl", "libwww-perl liblwp-protocol-https-perl"),
    ("tiny.pl", "perl", "perl", "libio-socket-ssl-perl"),
    ("net_http.rb", "ruby", "ruby", "ruby"),
    ("curl.php", "php", "php", "php-cli php-curl"),
    ("streams.php", "php", "php", "php-cli"),
    ("Client.java", "java", "javac", "default-jdk-headless"),
]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def caught(shell: Shell, *command: str | Path, stdin: str = "", **env: str) -> Ran:
    return shell.run("run", *MEMORY, "--", *map(str, command), stdin=stdin, **env)


def python(shell: Shell, code: str, *arguments: str, stdin: str = "", **env: str) -> Ran:
    return caught(shell, sys.executable, "-c", code, *arguments, stdin=stdin, **env)


def test_every_program_is_run() -> None:
    assert sorted(name for name, *_ in PROGRAMS) == sorted(file.name for file in CLIENTS.iterdir() if file.is_file())


@pytest.mark.vendors
@pytest.mark.parametrize(("name", "program", "needed", "package"), PROGRAMS, ids=[name for name, *_ in PROGRAMS])
def test_a_client_that_cannot_be_configured(shell: Shell, name: str, program: str, needed: str, package: str) -> None:
    assert shutil.which(needed), f"this test drives {needed}: apt-get install {package}"
    # What is inherited leads elsewhere, and exempts everything from it.
    elsewhere = {
        "https_proxy": "http://127.0.0.1:9",
        "FTP_PROXY": "http://127.0.0.1:9",
        "no_proxy": "*",
        "NO_PROXY": "*",
    }
    ran = caught(shell, program, CLIENTS / name, **elsewhere)
    assert ran.code == 0, ran
    assert ran.out.startswith('[{"username":"ada"'), ran
    assert ran.out.endswith("}]\nrefused\n"), ran
    assert re.search(r"^legacygrid: +[12]  customer.profile task=get  answered$", ran.err, re.MULTILINE), ran
    assert re.search(
        r"^legacygrid: refused hosts.*\nlegacygrid: +\d+  elsewhere.example:443$", ran.err, re.MULTILINE
    ), ran


def test_a_client_of_customers_mail_cloud(shell: Shell) -> None:
    code = """if True:
        from CustomersMailCloud import CustomersMailCloud
        for plan in ("trial",), ("standard",), ("pro", "analytical-engines"):
            client = CustomersMailCloud("demo", "demo-password")
            getattr(client, plan[0])(*plan[1:])
            client.setFrom("Babbage", "babbage@example.com")
            client.addTo("Ada", "ada@example.com")
            client.subject, client.text = "Engine", "It computes."
            print(client.send())
    """
    ran = python(shell, code)
    assert (ran.code, ran.out) == (0, "{'id': '1'}\n{'id': '2'}\n{'id': '3'}\n"), ran
    assert re.search(r"^legacygrid: +3  emails/send  answered$", ran.err, re.MULTILINE), ran


# What the command gets, and how it ends


@pytest.mark.parametrize("status", [0, 1, 3, 255])
def test_the_command_s_status(shell: Shell, status: int) -> None:
    ran = python(shell, f"raise SystemExit({status})")
    assert (ran.code, ran.out, ran.err) == (status, "", "legacygrid: no call came\n")


def test_the_signal_that_ended_the_command(shell: Shell) -> None:
    assert python(shell, "import os; os.kill(os.getpid(), 9)").code == 128 + 9


def test_the_command_has_the_standard_streams(shell: Shell) -> None:
    ran = python(shell, "import sys; print(sys.stdin.read()[::-1]); print('aside', file=sys.stderr)", stdin="zażółć")
    assert (ran.code, ran.out) == (0, "ćłóżaz\n")
    assert ran.err.startswith("aside\n")


def test_a_secret_is_a_line_and_the_rest_is_the_command_s(shell: Shell) -> None:
    code = "import sys; print(sys.stdin.read())"
    arguments = ("--account", "carol:-", *MEMORY, "--", sys.executable, "-c", code)
    assert shell.run("run", *arguments, stdin="a-secret-1\nthe rest\n").out == "the rest\n\n"


def test_options_after_the_command_are_its_own(shell: Shell) -> None:
    ran = shell.run("run", *MEMORY, sys.executable, "-c", "import sys; print(sys.argv)", "--demo", "--", "-h")
    assert ran.out == "['-c', '--demo', '--', '-h']\n"


def test_the_command_s_folder_and_environment(shell: Shell) -> None:
    code = "import os; print(os.getcwd()); print(os.environ['OTHER'], os.environ['NODE_OPTIONS'])"
    ran = python(shell, code, OTHER="kept", NODE_OPTIONS="--no-warnings")
    folder, others = ran.out.splitlines()
    assert Path(folder).samefile(shell.folder)
    assert others.startswith("kept --no-warnings --require ")


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("no-such-command", 127, "Error: no-such-command: command not found\n"),
        ("./no/such/file", 127, "Error: ./no/such/file: command not found\n"),
        ("./text", 126, "Error: ./text: Permission denied\n"),
        ("./noise", 126, "Error: ./noise: Exec format error\n"),
    ],
)
def test_a_command_that_cannot_be_run(shell: Shell, command: str, status: int, said: str) -> None:
    (shell.folder / "text").touch()
    (shell.folder / "noise").write_bytes(b"\x01")
    (shell.folder / "noise").chmod(0o700)
    assert caught(shell, command) == Ran(status, b"", said)


def test_no_command(shell: Shell) -> None:
    assert "Missing argument 'COMMAND...'" in shell.misuse("run", "--demo")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--database", "sqlite:///none/x.db"), "cannot open the store"),
        ((*MEMORY, "--seed", "text"), "text: is no JSON"),
    ],
)
def test_what_the_command_cannot_begin_with(shell: Shell, options: tuple[str, ...], said: str) -> None:
    (shell.folder / "text").touch()
    ran = shell.run("run", *options, "--", "touch", "ran")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not (shell.folder / "ran").exists()


FORWARDED = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2]


@pytest.mark.parametrize("number", FORWARDED)
def test_signals_are_the_command_s(shell: Shell, number: signal.Signals) -> None:
    code = (
        "import signal, sys\n"
        f"signal.signal({int(number)}, lambda *_: sys.exit(77))\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()\n"
    )
    command = [BIN, "run", *MEMORY, "--", sys.executable, "-c", code]
    # A session of its own: there is no terminal that would send it to everybody.
    with subprocess.Popen(
        command, cwd=shell.folder, env=environment({}), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, err) == (77, "legacygrid: no call came\n")


def test_a_terminal_s_interrupt_comes_once(shell: Shell) -> None:
    code = (
        "import signal, sys\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])\n"
        "print('ready', sys.stdin.isatty(), flush=True)\n"
        "signal.sigwait([signal.SIGINT])\n"
        "print('again', signal.sigtimedwait([signal.SIGINT], 0.5) is not None, flush=True)\n"
    )
    number, handle = pty.fork()
    if number == 0:
        os.chdir(shell.folder)
        os.execve(BIN, [str(BIN), "run", *MEMORY, "--", sys.executable, "-c", code], environment({}))
    with os.fdopen(handle, "r+b", buffering=0) as terminal:
        seen = read_until(terminal.fileno(), b"ready True")
        terminal.write(b"\x03")
        seen += read_until(terminal.fileno(), b"no call came")
        assert os.waitpid(number, 0)[1] == 0
    assert b"again False" in seen, seen


def read_until(handle: int, text: bytes) -> bytes:
    seen = b""
    while text not in seen:
        assert select.select([handle], [], [], 30)[0], seen
        seen += os.read(handle, 4096)
    return seen


# What it leaves behind, and what it tells


def test_what_it_made_is_private_and_goes_with_it(shell: Shell) -> None:
    code = (
        "import os, pathlib\n"
        "trusted = pathlib.Path(os.environ['SSL_CERT_FILE'])\n"
        "print(trusted.parent, oct(trusted.parent.stat().st_mode & 0o777))\n"
        "print(any(b'PRIVATE KEY' in file.read_bytes() for file in trusted.parent.rglob('*') if file.is_file()))\n"
    )
    place, mode, has_key = python(shell, code).out.split()
    assert (mode, has_key) == ("0o700", "False")
    assert not Path(place).exists()
    assert not list(shell.folder.iterdir())


def test_it_tells_what_came_of_each_call(shell: Shell) -> None:
    code = (
        "import requests\n"
        "url, who = 'http://sendgrid.com/apiv2/customer.', {'api_user': 'demo', 'api_key': 'demo-password'}\n"
        "for name, more in [('enable', {'user': 'ada'})] * 2 + [('enable', {'user': 'nobody'}), ('profile', {'task': 'get'})]:\n"
        "    requests.post(f'{url}{name}.json', data=who | more)\n"
        "requests.get('http://elsewhere.example/?secret'), requests.get('http://other.example:81/')\n"
    )
    assert python(shell, code).err == (
        "legacygrid: calls:\n"
        "legacygrid:      2  customer.enable  answered\n"
        "legacygrid:      1  customer.enable  refused=UnknownSubuser\n"
        "legacygrid:      1  customer.profile task=get  answered\n"
        "legacygrid: hint: 'demo' has no subuser 'nobody'\n"
        "legacygrid: refused hosts, to which nothing was sent:\n"
        "legacygrid:      1  elsewhere.example:80\n"
        "legacygrid:      1  other.example:81\n"
    )


def test_the_command_can_ask_what_it_did(shell: Shell) -> None:
    code = (
        "import os, requests\n"
        "who = {'api_user': 'demo', 'api_key': 'demo-password'}\n"
        "requests.post('https://api.sendgrid.com/apiv2/customer.enable.json', data=who | {'user': 'ada'})\n"
        "print(requests.get(os.environ['LEGACYGRID_URL'] + '/__admin/requests').json()['requests'][0]['operation'])\n"
    )
    assert python(shell, code).out == "customer.enable\n"


def test_quiet_tells_of_refused_hosts_alone(shell: Shell) -> None:
    ran = shell.run("run", "--quiet", *MEMORY, "--", "curl", "-s", "http://elsewhere.example/")
    assert (
        ran.err == "legacygrid: refused hosts, to which nothing was sent:\nlegacygrid:      1  elsewhere.example:80\n"
    )


def test_a_line_for_each_call(shell: Shell) -> None:
    ran = shell.run("run", "--log", *MEMORY, "--", "curl", "-s", "http://api.sendgrid.com/apiv2/customer.profile.json")
    assert re.search(r"INFO customer.profile GET json caller=- status=200 .*refused=", ran.err)
    assert "legacygrid:      1  customer.profile  refused=" in ran.err


def test_loopback_is_asked_directly(shell: Shell) -> None:
    code = (
        "import http.server, threading, requests\n"
        "class Hello(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self): self.send_response(204); self.end_headers()\n"
        "    def log_message(self, *_): pass\n"
        "server = http.server.HTTPServer(('127.0.0.1', 0), Hello)\n"
        "threading.Thread(target=server.serve_forever, daemon=True).start()\n"
        "print([requests.get(f'http://{host}:{server.server_port}/').status_code for host in ('localhost', '127.0.0.1')])\n"
    )
    assert python(shell, code) == Ran(0, b"[204, 204]\n", "legacygrid: no call came\n")


def test_the_store_is_the_one_that_is_named(shell: Shell) -> None:
    shell.does("account", "add", "carol", "--password-stdin", "--bcrypt-cost", "4", stdin="a-secret-1\n")
    url = "https://api.sendgrid.com/apiv2/customer.profile.json?task=get&api_user=carol&api_key=a-secret-1"
    ran = shell.run("run", "--database", "sqlite:///legacygrid.db", "--", "curl", "-s", url)
    assert (ran.code, ran.out) == (0, "[]")
    assert stat.S_ISREG((shell.folder / "legacygrid.db").stat().st_mode)
