"""What the bridge may be given: an SMTP server for mail, and a vault for passwords."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridging import RunningBridge, bridging
from emulator import PASSWORD
from emulator import World as SuiteWorld
from legacygrid.harness import NONE
from legacygrid.migration.bridge.callers import BridgeCaller
from legacygrid.migration.bridge.mail_relay import MailRelay
from legacygrid.migration.bridge.password_vault import PasswordVault
from legacygrid.reasons import SetupError
from legacygrid.testing import World

MAIL = {
    "to[]": ["ada@example.com", "bob@example.org"], "toname[]": ["Ada", "Bob"], "bcc": "eve@example.com",
    "from": "Zoë <zoe@example.net>", "subject": "Żółte notatki", "text": "Plain", "html": "<p>Rich</p>",
    "files[a.txt]": "attached", "headers": '{"X-Run": "7"}',
}  # fmt: skip
PASSWORDS = {"password": "analytical2", "confirm_password": "analytical2"}


@pytest.fixture
def relayed(sender: SuiteWorld, posted: Any) -> Iterator[RunningBridge]:
    """A bridge whose mail goes to a server of SMTP; v3 is out of reach, and a caller has no key of its own."""
    relay = MailRelay("127.0.0.1", posted[1], NONE, sender.name, PASSWORD)
    ada = BridgeCaller("ada", "of-ada", "", subuser="ada", has_own_key=False)
    with bridging("http://127.0.0.1:9", "", callers=[ada], relay=relay) as bridge:
        yield bridge


def test_mail_goes_by_a_relay(relayed: RunningBridge, sender: SuiteWorld) -> None:
    assert relayed.does("mail.send", **MAIL) == {"message": "success"}
    assert relayed.send("mail.send", "xml", api_user="ada", api_key="of-ada", **MAIL).text.endswith(
        "success</message></result>"
    )
    first, second = sender.outbox(account=sender.name)
    assert first["from"] == second["from"] == "Zoë <zoe@example.net>"
    message = sender.admin("GET", f"messages/{first['id']}").json
    assert sorted(each["address"] for each in message["recipients"]) == [
        "ada@example.com",
        "bob@example.org",
        "eve@example.com",
    ]
    assert (message["subject"], message["text"].strip(), message["html"].strip()) == (
        "Żółte notatki",
        "Plain",
        "<p>Rich</p>",
    )
    assert [each["name"] for each in message["files"]] == ["a.txt"]
    assert relayed.log[0].startswith("POST mail.send by acme -> SMTP 127.0.0.1:")


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"text": "", "html": ""}, "Missing email body"),
        ({"to[]": ["nobody"]}, "To is not a valid email address"),
        ({"x-smtpapi": '{"to": ["a@example.com"], "sub": {"-x-": ["1"]}}'}, "by a relay there is no to, sub"),
        ({"x-smtpapi": '{"filters": {"footer": {"settings": {"enable": 1}}}}'}, "by a relay there is no footer"),
        ({"x-smtpapi": "{"}, "x-smtpapi: "),
    ],
)
def test_mail_that_no_relay_takes(
    relayed: RunningBridge, sender: SuiteWorld, params: dict[str, Any], text: str
) -> None:
    answer = relayed.send("mail.send", **{**MAIL, **params})
    assert answer.status_code == 400
    assert text in answer.json()["errors"][0]
    assert sender.outbox(account=sender.name) == []


def test_a_relay_that_does_not_answer() -> None:
    relay = MailRelay("127.0.0.1", 9, NONE)
    with bridging("http://127.0.0.1:9", "", relay=relay, allow=["mail.send"]) as bridge:
        answer = bridge.send("mail.send", **MAIL)
        assert answer.status_code == 502
        assert answer.json()["errors"][0].startswith("The mail was not sent: 127.0.0.1:9: ")
    with bridging("http://127.0.0.1:9", "", relay=relay, allow=["bounces.get"]) as bridge:
        told = "Dry run, nothing was sent: mail.send is a mail by 127.0.0.1:9. --allow 'mail.send' sends it."
        assert bridge.does("mail.send", **MAIL)["errors"] == [told]
        assert "no key of v3 for this caller" in bridge.does("bounces.get")["error"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("smtp://mail.example.com", "mail.example.com:587"),
        ("smtps://mail.example.com", "mail.example.com:465"),
        ("smtp://[::1]:2525", "[::1]:2525"),
        ("http://mail.example.com", None),
        ("smtp://u:p@mail.example.com", None),
        ("smtp://mail.example.com:x", None),
        ("smtp://", None),
    ],
)
def test_where_a_relay_is(url: str, shown: str | None) -> None:
    if shown:
        assert str(MailRelay.parse(url, "user", "secret-1")) == shown
        return
    with pytest.raises(SetupError, match=r"^the relay"):
        MailRelay.parse(url)


ADA = {
    "username": "ada", "email": "ada@example.com", "password": "analytical1", "confirm_password": "analytical1",
    "first_name": "Ada", "last_name": "Lovelace", "address": "1 Engine Street", "city": "London", "state": "London",
    "zip": "SW1Y 4JH", "country": "GB", "phone": "555-0100", "website": "example.com", "company": "Engines",
}  # fmt: skip


def test_a_vault_changes_passwords(legacygrid: World, tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    with bridging(legacygrid.url, legacygrid.api_key, vault=PasswordVault(path)) as bridge:
        legacygrid.add_subuser("bob")
        bridge.does("customer.add", **ADA)
        assert json.loads(path.read_text()) == {"ada": "analytical1"}
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert bridge.does("customer.password", user="ada", **PASSWORDS) == {"message": "success"}
        (text,) = bridge.does("customer.password", user="bob", **PASSWORDS)["errors"]
        assert text == (
            "v3 changes a password only for who says the old one, and the vault vault.json does not know that of bob:"
            ' write "bob": "PASSWORD" into it while the bridge does not run.'
        )
        assert bridge.log[-1] == f"POST customer.password by acme: NoWay: {text}"
        unknown = bridge.does("customer.password", user="eve", **PASSWORDS)
        assert "does not know that of eve" in str(unknown)
        bridge.does("customer.profile", task="setUsername", user="ada", username="countess")
        assert json.loads(path.read_text()) == {"countess": "analytical2"}
    with bridging(legacygrid.url, legacygrid.api_key, vault=PasswordVault(path)) as bridge:
        again = {"password": "analytical3", "confirm_password": "analytical3"}
        assert bridge.does("customer.password", user="countess", **again) == {"message": "success"}
        bridge.does("customer.delete", user="countess")
        assert json.loads(path.read_text()) == {}
        assert not [line for line in bridge.log if "analytical" in line]


def test_the_way_to_a_vault_is_told(legacygrid: World) -> None:
    with bridging(legacygrid.url, legacygrid.api_key) as bridge:
        (text,) = bridge.does("password.set", **PASSWORDS)["errors"]
        assert "--vault FILE lets the bridge keep passwords" in text


def test_a_vault_that_is_outdated(legacygrid: World, tmp_path: Path) -> None:
    legacygrid.add_subuser("ada", password="analytical1")
    path = tmp_path / "vault.json"
    path.write_text('{"ada": "another-one1"}', "utf-8")
    path.chmod(0o600)
    with bridging(legacygrid.url, legacygrid.api_key, vault=PasswordVault(path)) as bridge:
        (text,) = bridge.does("customer.password", user="ada", **PASSWORDS)["errors"]
        assert "old password is incorrect" in text
        assert "another-one1" not in text
    assert json.loads(path.read_text()) == {"ada": "another-one1"}


@pytest.mark.parametrize(
    ("content", "mode", "text"),
    [
        ("{}", 0o644, "can be read by others"),
        ("[", 0o600, "is no JSON object"),
        ("[" * 99_999, 0o600, "is no JSON object"),
        ('{"ada": 1}', 0o600, "is no JSON object"),
    ],
)
def test_a_vault_that_is_none(tmp_path: Path, content: str, mode: int, text: str) -> None:
    path = tmp_path / "vault.json"
    path.write_text(content, "utf-8")
    path.chmod(mode)
    with pytest.raises(SetupError, match=text):
        PasswordVault(path)
    with pytest.raises(SetupError, match="cannot be written"):
        PasswordVault(tmp_path / "nowhere" / "vault.json")
