"""The SMTP of other people: libraries and programs as they are, each let in, refused, and with its mail in the outbox."""

import json
import smtplib
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from emulator import PASSWORD
from legacygrid.server.proxy import authority
from legacygrid.testing import Admin
from packages import VENDORS, node_modules
from wire import Process, clean_environment

NAME = "smtp-client"
MAIL = b"From: Babbage <babbage@example.com>\r\nTo: ada@example.com\r\nSubject: by curl\r\n\r\nplain\r\n.dot\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("smtp-clients")
    options = ("--account", f"{NAME}:{PASSWORD}", "--smtp-port", "0", "--tls", "--tls-port", "0")
    with Process(folder, "sqlite:///:memory:", *options, "--ca-dir", str(folder)) as process:
        yield process


@pytest.fixture
def trusted(server: Process) -> Path:
    """The server's authority."""
    return authority.certificate_path(server.log.parent)


@pytest.fixture
def outbox(server: Process) -> Admin:
    admin = Admin(server.url)
    admin.forget_messages()
    return admin


def run(*command: str, stdin: bytes = b"", trusted: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """A program; Node and Ruby say STARTTLS where it is offered, and look at the certificate."""
    env = clean_environment() | ({"NODE_PATH": node_modules()} if command[0] == "node" else {})
    env |= {"NODE_EXTRA_CA_CERTS": str(trusted), "SSL_CERT_FILE": str(trusted)} if trusted else {}
    return subprocess.run(command, input=stdin, env=env, capture_output=True, timeout=60, check=False)


def test_smtplib_over_starttls(server: Process, outbox: Admin) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "babbage@example.com", "ada@example.com", "Grüße ✓"
    mail.set_content("plain ✓")
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=30) as client:
        client.starttls()
        client.login(NAME, PASSWORD)
        assert client.send_message(mail) == {}
    (sent,) = outbox.messages()
    assert (sent.subject, sent.text.strip(), sent.via) == ("Grüße ✓", "plain ✓", "smtp")


@pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "STARTTLS"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_curl(server: Process, outbox: Admin, trusted: Path, mechanism: str, is_secure: bool) -> None:
    command = ["curl", "--silent", "--show-error", f"smtp://127.0.0.1:{server.smtp_port}"]
    command += [
        "--login-options",
        f"AUTH={mechanism}",
        *(["--ssl-reqd", "--cacert", str(trusted)] if is_secure else []),
    ]
    envelope = ["--mail-from", "babbage@example.com", "--mail-rcpt", "ada@example.com", "--upload-file", "-"]
    done = run(*command, *envelope, "--user", f"{NAME}:{PASSWORD}", stdin=MAIL)
    assert done.returncode == 0, done.stderr
    (sent,) = outbox.messages()
    assert (sent.subject, sent.to, sent.text) == ("by curl", ["ada@example.com"], "plain\r\n.dot\r\n")
    refused = run(*command, *envelope, "--user", f"{NAME}:wrong", stdin=MAIL)
    assert refused.returncode == 67, "curl's own code of a login that is denied"
    assert len(outbox.messages()) == 1


@pytest.mark.vendors
def test_nodemailer(server: Process, outbox: Admin, trusted: Path) -> None:
    def said(password: str) -> Any:
        program = str(VENDORS / "nodemailer_mail.js")
        return json.loads(run("node", program, str(server.smtp_port), NAME, password, trusted=trusted).stdout)

    told = said(PASSWORD)
    assert told["accepted"] == ["ada@example.com", "bob@example.com", "hidden@example.com"]
    (sent,) = outbox.messages()
    assert told["response"] == f"250 Ok: queued as {sent.queue_id}"
    assert (sent.subject, sent.text.strip(), sent.html.strip()) == ("Grüße ✓", "plain ✓", "<b>rich ✓</b>")
    assert [(each.address, each.kind) for each in sent.recipients] == [
        ("ada@example.com", "to"),
        ("bob@example.com", "to"),
        ("hidden@example.com", "bcc"),
    ]
    assert b"hidden@example.com" not in outbox.source(sent.id)
    refused = said("wrong")
    assert (refused["code"], refused["responseCode"]) == ("EAUTH", 535)
    assert "535 Authentication failed: Bad username / password" in refused["response"]


@pytest.mark.vendors
def test_ruby(server: Process, outbox: Admin, trusted: Path) -> None:
    program = str(Path(VENDORS) / "net_smtp.rb")
    assert run("ruby", program, str(server.smtp_port), NAME, PASSWORD, trusted=trusted).stdout == b"sent\n"
    (sent,) = outbox.messages()
    assert sent.text == "plain\r\n.dot\r\n"
    refused = run("ruby", program, str(server.smtp_port), NAME, "wrong", trusted=trusted).stdout
    assert refused.strip() == b"535 Authentication failed: Bad username / password"
