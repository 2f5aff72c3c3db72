"""`serve --tls` and its proxy, and the certificate authority that is kept for them."""

import json
import os
import re
import socket
import ssl
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from legacygrid.reasons import SetupError
from legacygrid.server.proxy import authority
from shell import Served, Shell

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

MEMORY = ("--demo", "--database", "sqlite:///:memory:", "--port", "0")
CALL = ("-d", "api_user=demo", "-d", "api_key=demo-password", "-d", "task=get")
PATH = "/apiv2/customer.profile.json"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """An empty folder, which is the user's home, too."""
    (tmp_path / "home").mkdir()
    return Shell(tmp_path, {"HOME": str(tmp_path / "home"), "XDG_DATA_HOME": ""})


@contextmanager
def secured(shell: Shell, *options: str, **env: str) -> Iterator[tuple[Served, dict[str, str]]]:
    """`serve`, and what its banner says by its first word."""
    with shell.serving(*MEMORY, *options, **env) as served:
        banner = "\n".join(served.banner)
        told = dict(re.findall(r"^ +(\w+): +(\S+)", banner, re.MULTILINE))
        told |= {"https": found[1]} if (found := re.search(r"^Listening on (https:\S+)$", banner, re.MULTILINE)) else {}
        yield served, told


def curl(*arguments: str) -> str:
    done = subprocess.run(["curl", "-sS", *arguments], capture_output=True, text=True, timeout=30, check=False)
    return done.stdout + done.stderr


def port(url: str) -> str:
    return url.rsplit(":", 1)[1].strip("/")


def home(shell: Shell) -> Path:
    return shell.folder / "home" / ".local" / "share" / "legacygrid"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Answering


@pytest.mark.parametrize("name", ["api.sendgrid.com", "sendgrid.com", "www.sendgrid.com", "localhost"])
def test_https_under_every_name(shell: Shell, name: str) -> None:
    with secured(shell, "--tls", "--tls-port", "0") as (_, told):
        way = ("--cacert", str(home(shell) / "ca.pem"), "--resolve", f"{name}:{port(told['https'])}:127.0.0.1")
        said = curl(*way, f"https://{name}:{port(told['https'])}{PATH}", *CALL)
        assert [row["username"] for row in json.loads(said)] == ["ada", "no-mail", "no-website"]


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_https_under_its_address(shell: Shell, host: str, shown: str) -> None:
    try:
        socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with secured(shell, "--host", host, "--tls", "--tls-port", "0") as (served, told):
        assert re.fullmatch(rf"https://{re.escape(shown)}:\d+", told["https"])
        health = json.loads(curl("-g", "--cacert", told["Trust"].rstrip(";"), f"{told['https']}/__admin/health"))
        assert health == served.health


def test_https_for_a_client_that_does_not_trust(shell: Shell) -> None:
    with secured(shell, "--tls", "--tls-port", "0") as (served, told):
        assert "SSL certificate problem" in curl(f"{told['https']}/__admin/health")
        assert served.health["status"] == "ok"
        assert served.log.read_text() == ""


def test_https_as_clients_of_2012_spoke_it(shell: Shell) -> None:
    old = ("--tls-max", "1.0", "--ciphers", "AES128-SHA:@SECLEVEL=0")
    with secured(shell, "--tls", "--tls-port", "0") as (_, told):
        said = curl(*old, "--cacert", str(home(shell) / "ca.pem"), f"{told['https']}/__admin/health")
        assert json.loads(said)["status"] == "ok"


def test_the_environment_asks_for_it(shell: Shell) -> None:
    place = shell.folder / "authority"
    env = {"LEGACYGRID_TLS": "1", "LEGACYGRID_TLS_PORT": "0", "LEGACYGRID_CA_DIR": str(place)}
    with secured(shell, **env) as (_, told):
        assert told["Trust"] == f"{place / 'ca.pem'};"
        assert json.loads(curl("--cacert", str(place / "ca.pem"), f"{told['https']}/__admin/health"))["status"] == "ok"
    assert not home(shell).exists()


def test_a_proxy_for_clients_that_are_started_elsewhere(shell: Shell) -> None:
    with secured(shell, "--proxy-port", "0") as (served, told):
        assert "https" not in told
        way = ("--cacert", str(home(shell) / "ca.pem"), "-x", told["Proxy"])
        for scheme in ("http", "https"):
            assert '"username":"ada"' in curl(*way, f"{scheme}://api.sendgrid.com{PATH}", *CALL)
        assert "403" in curl(*way, "https://elsewhere.example/?secret")
        assert "INFO proxy refused elsewhere.example:443; nothing was sent there\n" in served.log.read_text()


@pytest.mark.parametrize("option", ["--tls-port", "--proxy-port"])
def test_a_port_that_is_taken(shell: Shell, option: str) -> None:
    with shell.serving("--port", "0") as served:
        said = shell.refuses("serve", *MEMORY, "--tls", "--tls-port", "0", option, port(served.url))
        assert said.startswith(f"cannot listen on 127.0.0.1:{port(served.url)}: Address already in use")


def test_without_tls_nothing_is_made(shell: Shell) -> None:
    with secured(shell) as (_, told):
        assert not {"https", "Trust", "Proxy"} & set(told)
    assert not list((shell.folder / "home").iterdir())


# The authority


def test_the_authority_is_kept(shell: Shell) -> None:
    first = shell.does("ca").out
    for _ in range(2):
        with secured(shell, "--tls", "--tls-port", "0") as (_, told):
            assert '"ok"' in curl("--cacert", str(home(shell) / "ca.pem"), f"{told['https']}/__admin/health")
    assert shell.does("ca").out == first


def test_the_certificate_is_printed_and_no_key(shell: Shell) -> None:
    pem = shell.does("ca").out
    context = ssl.create_default_context(cadata=pem)
    assert [dict(part[0] for part in each["subject"])["organizationName"] for each in context.get_ca_certs()] == [
        "Legacygrid"
    ]
    assert (pem.count("-----BEGIN "), "PRIVATE" in pem) == (1, False)
    path = Path(shell.does("ca", "--path").out.rstrip("\n"))
    assert path == home(shell) / "ca.pem"
    assert path.read_text() == pem
    how = shell.does("ca", "--how").out
    assert [
        word for word in ("curl", "requests", "httpx", "Node", "PHP", "Ruby", "Java", "Perl") if word not in how
    ] == []
    assert [
        word
        for word in ("update-ca-certificates", "update-ca-trust", f"export SSL_CERT_FILE={path}")
        if word not in how
    ] == []
    assert "--path and --how exclude each other" in shell.misuse("ca", "--path", "--how")


def test_only_the_owner_may_read_the_key(shell: Shell) -> None:
    shell.does("ca")
    place = home(shell)
    assert {file.name: oct(mode(file)) for file in place.iterdir()} == {"ca-key.pem": "0o600", "ca.pem": "0o644"}
    assert mode(place) == 0o700


def test_the_key_is_private_from_its_first_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    fdopen = os.fdopen

    def seen(handle: int, *arguments: str) -> object:
        made.append(stat.S_IMODE(os.fstat(handle).st_mode))
        return fdopen(handle, *arguments)

    monkeypatch.setattr(os, "fdopen", seen)
    before = os.umask(0)
    try:
        authority.load(tmp_path / "place")
    finally:
        os.umask(before)
    assert made
    assert set(made) == {0o600}


def test_a_key_that_others_may_read_is_not_used(shell: Shell) -> None:
    shell.does("ca")
    key = home(shell) / "ca-key.pem"
    key.chmod(0o640)
    said = shell.refuses("ca")
    assert said == f"others may read the key in {key}, so it is worth nothing; remove it, or chmod 600 it"
    assert said == shell.refuses("serve", *MEMORY, "--tls", "--tls-port", "0")


@pytest.mark.parametrize("content", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "text"])
def test_a_file_that_holds_no_authority(shell: Shell, content: str) -> None:
    shell.does("ca")
    (home(shell) / "ca-key.pem").write_text(content)
    assert "holds no key and certificate; remove it, and a new one is made" in shell.refuses("ca")


@pytest.mark.parametrize(("place", "said"), [("file", "Is a file"), ("file/below", "Not a directory")])
def test_a_folder_that_cannot_be_made(shell: Shell, place: str, said: str) -> None:
    (shell.folder / "file").touch()
    ran = shell.run("ca", "--ca-dir", place)
    assert ran.code in (1, 2)
    assert said.lower() in ran.err.lower() or "is a file" in ran.err


def test_a_certificate_that_is_gone_is_written_again(shell: Shell) -> None:
    pem = shell.does("ca").out
    (home(shell) / "ca.pem").unlink()
    assert shell.does("ca").out == pem == (home(shell) / "ca.pem").read_text()


def ended(place: Path) -> None:
    """Put an authority there whose time is over."""
    made = trustme.CA(organization_name="Legacygrid")
    key = serialization.load_pem_private_key(made.private_key_pem.bytes(), None)
    old, now = x509.load_pem_x509_certificate(made.cert_pem.bytes()), datetime.now(UTC)
    builder = x509.CertificateBuilder(old.issuer, old.subject, old.public_key(), old.serial_number)
    builder = builder.not_valid_before(now - timedelta(days=9)).not_valid_after(now - timedelta(days=1))
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)  # type: ignore[arg-type]
    place.mkdir(0o700)
    (place / "ca-key.pem").write_bytes(made.private_key_pem.bytes() + pem)
    (place / "ca-key.pem").chmod(0o600)
    (place / "ca.pem").write_bytes(pem)


def test_an_authority_that_ended_is_made_anew(tmp_path: Path) -> None:
    place = tmp_path / "place"
    ended(place)
    before = (place / "ca.pem").read_bytes()
    made = authority.load(place)
    assert made.pem == authority.load(place).pem == (place / "ca.pem").read_bytes() != before
    assert x509.load_pem_x509_certificate(made.pem).not_valid_after_utc > datetime.now(UTC) + timedelta(days=3000)


def test_who_comes_at_the_same_time_gets_the_same(tmp_path: Path) -> None:
    """Threads stand for processes: each makes its own, and the first one stays."""
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(authority.load(tmp_path / "place").pem)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(found) == {(tmp_path / "place" / "ca.pem").read_bytes()}
    assert sorted(file.name for file in (tmp_path / "place").iterdir()) == ["ca-key.pem", "ca.pem"]


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    for data_home, place in [
        ("/data", "/data"),
        ("relative", "/home/ada/.local/share"),
        ("", "/home/ada/.local/share"),
    ]:
        monkeypatch.setenv("XDG_DATA_HOME", data_home)
        assert authority.default_folder() == Path(place) / "legacygrid"


def test_a_folder_that_is_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(SetupError, match=r"cannot keep a certificate authority in .*: Permission denied"):
        authority.load(tmp_path / "place")
