"""`legacygrid migrate bridge`: what it refuses to begin with, and a whole process."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from legacygrid.cli import main
from legacygrid.migration.bridge.upstream_url import UpstreamUrl
from legacygrid.testing import World

CALLERS = '[{"api_user": "acme", "api_key": "old-password-1"}]'
KEY = {"SENDGRID_API_KEY": "SG.a-secret-key", "LEGACYGRID_BRIDGE_CALLERS": ""}


@pytest.mark.parametrize(
    ("upstream", "options", "env", "text"),
    [
        ("http://api.sendgrid.com", [], {}, "http is for this machine alone"),
        ("ftp://127.0.0.1", [], {}, "the upstream is a URL such as"),
        ("https://", [], {}, "the upstream is a URL such as"),
        ("https://127.0.0.1:x", [], {}, "the upstream is no URL"),
        ("https://user:SG.a-secret-key@127.0.0.1", [], {}, "a name, a query or a fragment"),
        ("https://127.0.0.1/?key=SG.a-secret-key", [], {}, "a name, a query or a fragment"),
        ("https://127.0.0.1", ["--allow", "customer.ad"], {}, "no operation 'customer.ad'; there are customer.add"),
        ("https://127.0.0.1", ["--allow", "customer.profile got"], {}, "no operation 'customer.profile got'"),
        ("https://127.0.0.1", ["--ip", "here"], {}, "--ip here is no IPv4 address"),
        (
            "https://127.0.0.1",
            [],
            {"LEGACYGRID_BRIDGE_CALLERS": '[{"SG.a-secret-key'},
            "the callers are no JSON: line 1",
        ),
        ("https://127.0.0.1", [], {"LEGACYGRID_BRIDGE_CALLERS": "{}"}, "the callers are no JSON array"),
        ("https://127.0.0.1", [], {"LEGACYGRID_BRIDGE_CALLERS": '["SG.a-secret-key"]'}, "caller 1: an object with"),
        ("https://127.0.0.1", [], {"LEGACYGRID_BRIDGE_CALLERS": '[{"api_user": "a"}]'}, "need the first two"),
        (
            "https://127.0.0.1",
            [],
            {"LEGACYGRID_BRIDGE_CALLERS": CALLERS, "SENDGRID_API_KEY": ""},
            "caller 1: acme has no key, and there is none for all",
        ),
        (
            "https://127.0.0.1",
            [],
            {"LEGACYGRID_BRIDGE_CALLERS": CALLERS.replace("acme", "ApiKey")},
            "caller 1: apikey is for who sends a key",
        ),
        (
            "https://127.0.0.1",
            [],
            {"LEGACYGRID_BRIDGE_CALLERS": json.dumps(json.loads(CALLERS) * 2)},
            "the callers have 'acme' twice",
        ),
        ("http://localhost:8027", ["--port", "8027"], {}, "the upstream is the bridge itself"),
        ("https://127.0.0.1?", [], {}, "a name, a query or a fragment"),
        ("https://127.0.0.1/#", [], {}, "a name, a query or a fragment"),
        ("https://127.0.0.1:0", [], {}, "the upstream is a URL such as"),
        ("https://127.0.0.1/a b", [], {}, "the upstream is no URL"),
        ("https://127.0.0.1/\n", [], {}, "the upstream is no URL"),
        ("https://ex\u00e4mple.com", [], {}, "the upstream is no URL"),
        ("https://127.0.0.1", ["--relay", "smtp://u:SG.a-secret-key@mail.example.com"], {}, "the relay has a name"),
        ("https://127.0.0.1", ["--relay", "smtp://mail.example.com/?x=secret"], {}, "the relay has a name, a query"),
        ("https://127.0.0.1", ["--relay", "http://mail.example.com"], {}, "the relay is a URL such as smtp://"),
        ("https://127.0.0.1", ["--relay", "smtp://mail.example.com/in"], {}, "the relay is a URL such as smtp://"),
        ("https://127.0.0.1", ["--allow", ""], {}, "no operation ''"),
        ("https://127.0.0.1", ["--allow", "costumer.*"], {}, "no operation 'costumer.*'"),
        ("https://127.0.0.1", [], {"SENDGRID_API_KEY": "SG.a-secret\nkey"}, "the variable SENDGRID_API_KEY is no key"),
        ("https://127.0.0.1", [], {"SENDGRID_API_KEY": "Bearer SG.a-secret-key"}, "is no key: it has blanks"),
        (
            "https://127.0.0.1",
            [],
            {"LEGACYGRID_BRIDGE_CALLERS": CALLERS.replace("}", ', "key": "SG.a-secret\\nkey"}')},
            "caller 1: key is no key: it has blanks",
        ),
        (
            "https://127.0.0.1",
            [],
            {"LEGACYGRID_BRIDGE_CALLERS": CALLERS.replace("acme", "ac\\nme")},
            "caller 1: api_user is blank, or has letters that nobody sees",
        ),
        ("https://127.0.0.1", [], {"LEGACYGRID_BRIDGE_CALLERS": "[" * 99_999}, "the callers are no JSON"),
    ],
)
def test_it_does_not_begin(upstream: str, options: list[str], env: Mapping[str, str], text: str) -> None:
    command = ["migrate", "bridge", "--upstream", upstream, *options]
    found = CliRunner().invoke(main, command, env={**KEY, **env})
    assert text in found.output
    assert found.exit_code == 2
    assert "Traceback" not in found.output
    assert "secret" not in found.output


@pytest.mark.parametrize(
    ("option", "content", "text"),
    [
        ("--key-file", b"", "has no key: it is empty"),
        ("--key-file", b"\xef\xbb\xbf \r\n", "has no key: it is empty"),
        ("--key-file", b"SG.a-secret-1\nSG.a-secret-2\n", "is no key: it has blanks, line breaks"),
        ("--key-file", "SG.a-secret-\u017c".encode(), "letters beyond ASCII"),
        ("--key-file", b"SG.a-secret-\xff", "cannot be read: it is no UTF-8"),
        ("--callers", b"\n", "has no callers: it is empty"),
        ("--callers", b"\xef\xbb\xbf[{}]", "caller 1: api_user, api_key and key are texts, and need the first two"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, option: str, content: bytes, text: str) -> None:
    file = tmp_path / "given"
    file.write_bytes(content)
    command = ["migrate", "bridge", "--upstream", "https://127.0.0.1", option, str(file)]
    found = CliRunner().invoke(main, command, env=KEY)
    assert text in found.output
    assert found.exit_code == 2
    assert "secret" not in found.output


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://api.sendgrid.com", "https://api.sendgrid.com:443"),
        ("https://api.sendgrid.com/v3", "https://api.sendgrid.com:443"),
        ("https://api.sendgrid.com/v3/", "https://api.sendgrid.com:443"),
        ("https://gateway.example.com/mail/v3", "https://gateway.example.com:443/mail"),
        ("https://gateway.example.com/mail/", "https://gateway.example.com:443/mail"),
        ("http://[::1]:8026/v3", "http://[::1]:8026"),
    ],
)
def test_where_v3_is(url: str, text: str) -> None:
    assert str(UpstreamUrl.parse(url)) == text


@pytest.mark.waits
def test_a_process(legacygrid: World, tmp_path: Path) -> None:
    callers, key = tmp_path / "callers.json", tmp_path / "key"
    callers.write_text(CALLERS, "utf-8")
    key.write_text(f"{legacygrid.api_key}\r\n", "utf-8-sig")
    command = [sys.executable, "-c", "from legacygrid.cli import main; main()", "migrate", "bridge"]
    command += ["--upstream", legacygrid.url, "--callers", str(callers), "--key-file", str(key), "--port", "0"]
    command += ["--allow", "customer.profile get"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            head = "".join(iter(process.stdout.readline, "")) if process.poll() else ""
            while not (found := re.search(r"Listening on (\S+)", head)):
                head += process.stdout.readline()
            assert "Passes on: customer.profile get" in head
            auth = {"api_user": "acme", "api_key": "old-password-1"}
            legacygrid.add_subuser("ada")
            got = requests.post(f"{found[1]}/apiv2/customer.profile.json", data={**auth, "task": "get"}, timeout=10)
            assert [row["username"] for row in got.json()] == ["ada"]
            kept = requests.post(f"{found[1]}/apiv2/customer.delete.json", data={**auth, "user": "ada"}, timeout=10)
            assert "Dry run, nothing was sent: customer.delete is DELETE /v3/subusers/ada." in kept.json()["errors"][0]
            requests.get(f"{found[1]}/apiv2/customer.ad.json?api_key=hidden", timeout=10)
        finally:
            process.terminate()
            output = process.communicate(timeout=20)[0]
    assert process.returncode == 0, output
    assert "GET /apiv2/customer.ad.json: UnknownMethod: no such method under that prefix, but " in output
    assert "hidden" not in output
    assert "POST customer.profile get by acme -> GET /v3/subusers 200, GET /v3/user/profile 200: success" in output
    assert "Traceback" not in output
    assert len(legacygrid.subusers()) == 1
