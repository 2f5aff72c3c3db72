"""The seed format: what is taken, what is refused and where, and that a refused seed leaves nothing behind."""

import json
import re
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from emulator import Reply, Service, World, fresh, nothing_stored
from legacygrid.harness import seeds
from legacygrid.harness.seeder import SeedError
from legacygrid.models.secrets import Secrets, key_digest

SECRET = "operator's own 1"
PLAIN = bcrypt.hashpw(SECRET.encode(), bcrypt.gensalt(4)).decode()
PHP = "$2y" + PLAIN[3:]
OWN = Secrets(4).hash(SECRET)


def document(*accounts: Any, **more: Any) -> dict[str, Any]:
    return {"version": 1, "accounts": list(accounts)} | more


def account(**more: Any) -> dict[str, Any]:
    return {"username": fresh("seeded"), "password": SECRET} | more


def subuser(**more: Any) -> dict[str, Any]:
    return {"username": fresh("sub"), "password": SECRET} | more


def credential(**more: Any) -> dict[str, Any]:
    return {"name": fresh("cred"), "password": SECRET} | more


def without(entry: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != name}


def sow(service: Service, given: Any) -> tuple[int, int]:
    result = service.grid.seeding.add(given)
    return result.added, result.there


def refused(service: Service, given: Any) -> str:
    """What is said of a document that is refused; nothing of it is stored."""
    with nothing_stored(service), pytest.raises(SeedError) as error:
        service.grid.seeding.add(given)
    assert SECRET not in str(error.value)
    return str(error.value)


def profile_of(service: Service, name: str, secret: str = SECRET) -> Reply:
    return service.form("/api/profile.get.json", api_user=name, api_key=secret)


def is_let_in(service: Service, name: str, secret: str = SECRET) -> bool:
    return isinstance(profile_of(service, name, secret).json, list)


# What is refused, and where

NO_SECRET = "give either password or password_hash"
WRONG_DOCUMENTS: list[Any] = [
    ([], 'the document: must be an object with "version" and "accounts"'),
    ("text", 'the document: must be an object with "version" and "accounts"'),
    (None, 'the document: must be an object with "version" and "accounts"'),
    (5, 'the document: must be an object with "version" and "accounts"'),
    ({}, 'version: is missing; a seed begins with "version": 1'),
    ({"version": 0}, "version: Must be equal to 1."),
    ({"version": 2, "accounts": []}, "version: Must be equal to 1."),
    ({"version": "1"}, "version: Not a valid integer."),
    ({"version": 1.0}, "version: Not a valid integer."),
    ({"version": True}, "version: Not a valid integer."),
    ({"version": None}, "version: Field may not be null."),
    (document(colour="red"), "colour: Unknown field."),
    (document() | {"accounts": None}, 'accounts: must be a list of objects with "username" and "password"'),
    (document() | {"accounts": {}}, 'accounts: must be a list of objects with "username" and "password"'),
    (document(5), 'accounts[0]: must be an object with "username" and "password"'),
    (document([]), 'accounts[0]: must be an object with "username" and "password"'),
]

#: What is put into an account, and what is said of it, below the account's own place.
WRONG_ACCOUNTS: list[Any] = [
    ({"colour": "red"}, ".colour: Unknown field."),
    ({"Username": "x"}, ".Username: Unknown field."),
    ({"username": ""}, ".username: Username is required"),
    ({"username": None}, ".username: Field may not be null."),
    ({"username": 12345}, ".username: Username can only be a single text"),
    ({"username": ["abc"]}, ".username: Username can only be a single text"),
    ({"username": "ab"}, ".username: Username can only be between 3 and 64 characters."),
    ({"username": "x" * 65}, ".username: Username can only be between 3 and 64 characters."),
    ({"username": "12345"}, ".username: Username cannot be only numbers."),
    ({"username": "APIkey"}, ".username: Username cannot be apikey or contain sendgrid.com."),
    ({"username": "me@SendGrid.com"}, ".username: Username cannot be apikey or contain sendgrid.com."),
    ({"username": "a\nbcd"}, ".username: Username cannot contain control characters."),
    ({"username": "a\0bcd"}, ".username: contains characters that XML 1.0 forbids"),
    ({"username": "a\ud800bcd"}, ".username: contains characters that XML 1.0 forbids"),
    ({"password": ""}, ".password: must be 1 to 128 printable characters"),
    ({"password": "x" * 129}, ".password: must be 1 to 128 printable characters"),
    ({"password": "a\nb"}, ".password: must be 1 to 128 printable characters"),
    ({"password": 123456}, ".password: Password can only be a single text"),
    ({"password": None}, ".password: Field may not be null."),
    ({"password_hash": PLAIN}, f".password: {NO_SECRET}"),
    ({"email": "nobody"}, ".email: Email is not a valid email address"),
    ({"email": "a b@example.com"}, ".email: Email is not a valid email address"),
    ({"email": "@example.com"}, ".email: Email is not a valid email address"),
    ({"email": "a@" + "x" * 99}, ".email: Email can only be up to 100 characters."),
    ({"email": 5}, ".email: Email can only be a single text"),
    ({"first_name": "x" * 51}, ".first_name: First name can only be up to 50 characters."),
    ({"first_name": "a\x0bb"}, ".first_name: contains characters that XML 1.0 forbids"),
    ({"zip": 91234}, ".zip: Zip can only be a single text"),
    ({"website": "x" * 256}, ".website: Website can only be up to 255 characters."),
    ({"company": {"name": "x"}}, ".company: Company can only be a single text"),
    ({"active": "yes"}, ".active: Not a valid boolean."),
    ({"active": "true"}, ".active: Not a valid boolean."),
    ({"active": 2}, ".active: Not a valid boolean."),
    ({"active": []}, ".active: Not a valid boolean."),
    ({"website_access": None}, ".website_access: Field may not be null."),
    ({"credentials": {}}, '.credentials: must be a list of objects with "name" and "password"'),
    ({"credentials": ["name"]}, '.credentials[0]: must be an object with "name" and "password"'),
    ({"keys": "SG.key"}, '.keys: must be a list of objects with "key"'),
    ({"keys": ["SG.key"]}, '.keys[0]: must be an object with "key"'),
    ({"keys": [None]}, '.keys[0]: must be an object with "key"'),
    ({"keys": [{}]}, ".keys[0].key: give either key or key_hash"),
    ({"keys": [{"label": "x"}]}, ".keys[0].key: give either key or key_hash"),
    ({"keys": [{"key": "SG.some-key", "key_hash": "0" * 64}]}, ".keys[0].key: give either key or key_hash"),
    ({"keys": [{"key": "short"}]}, ".keys[0].key: must be 6 to 128 printable characters"),
    ({"keys": [{"key": "x" * 129}]}, ".keys[0].key: must be 6 to 128 printable characters"),
    ({"keys": [{"key": "tab\there"}]}, ".keys[0].key: must be 6 to 128 printable characters"),
    ({"keys": [{"key_hash": "0" * 63}]}, ".keys[0].key_hash: is no SHA-256 in hexadecimal digits"),
    ({"keys": [{"key_hash": "0" * 65}]}, ".keys[0].key_hash: is no SHA-256 in hexadecimal digits"),
    ({"keys": [{"key_hash": "0" * 64 + "\n"}]}, ".keys[0].key_hash: is no SHA-256 in hexadecimal digits"),
    ({"keys": [{"key_hash": "A" * 64}]}, ".keys[0].key_hash: is no SHA-256 in hexadecimal digits"),
    ({"keys": [{"key": "SG.some-key", "label": "x" * 101}]}, ".keys[0].label: Label can only be up to 100 characters."),
    ({"keys": [{"key": "SG.some-key", "name": "x"}]}, ".keys[0].name: Unknown field."),
    ({"keys": [{"key": "SG.some-key", "id": 1}]}, ".keys[0].id: Not a valid string."),
    ({"invitations": [{"email": "a@example.com"}]}, ".invitations[0].expires: Missing data for required field."),
    ({"region": "mars"}, ".region: Must be one of: , eu."),
    (
        {"keys": [{"key": "SG.some-key"}, {"key": "x"}]},
        ".keys[1].key: must be 6 to 128 printable characters",
    ),
]

#: Of a primary account alone, and of a subuser alone.
WRONG_PRIMARIES: list[Any] = [
    ({"mail_domain": "em.example.com"}, ".mail_domain: Unknown field."),
    ({"mail_domains": "em.example.com"}, ".mail_domains: must be a list of texts"),
    ({"mail_domains": ["a.example", 5]}, ".mail_domains[1]: Mail domains can only be a single text"),
    ({"mail_domains": [""]}, ".mail_domains[0]: Mail domains is required"),
    ({"mail_domains": ["x" * 256]}, ".mail_domains[0]: Mail domains can only be up to 255 characters."),
    ({"mail_domains": ["a\x01b"]}, ".mail_domains[0]: contains characters that XML 1.0 forbids"),
    ({"subusers": {}}, '.subusers: must be a list of objects with "username" and "password"'),
    ({"subusers": ["bob"]}, '.subusers[0]: must be an object with "username" and "password"'),
    ({"parent": "x"}, ".parent: Unknown field."),
]
WRONG_SUBUSERS: list[Any] = [
    ({"mail_domains": ["em.example.com"]}, ".mail_domains: Unknown field."),
    ({"subusers": []}, ".subusers: Unknown field."),
    ({"mail_domain": 5}, ".mail_domain: Mail domain can only be a single text"),
]
WRONG_CREDENTIALS: list[Any] = [
    ({"username": "x"}, ".username: Unknown field."),
    ({"name": "ab"}, ".name: Name can only be between 3 and 64 characters."),
    ({"name": "123"}, ".name: Name cannot be only numbers."),
    ({"password_hash": PLAIN}, f".password: {NO_SECRET}"),
    ({"password": ""}, ".password: must be 1 to 128 printable characters"),
    ({"permissions": 5}, ".permissions: Permissions can only be a single text"),
    ({"permissions": None}, ".permissions: Field may not be null."),
    ({"permissions": []}, ".permissions: Permissions can only be a single text"),
    ({"permissions": {"mail": 1}}, '.permissions: Permissions can only name email, api and web, not "mail".'),
    ({"permissions": {"email": 2}}, ".permissions: Permissions: email can only be 0 or 1."),
    ({"permissions": {"email": None}}, ".permissions: Permissions: email can only be 0 or 1."),
    ({"id": 0}, ".id: Must be greater than or equal to 1"),
    ({"id": -1}, ".id: Must be greater than or equal to 1"),
    ({"id": 2**53 + 1}, ".id: Must be greater than or equal to 1"),
    ({"id": "5"}, ".id: Not a valid integer."),
    ({"id": 1.5}, ".id: Not a valid integer."),
    ({"id": True}, ".id: Not a valid integer."),
    ({"id": None}, ".id: Field may not be null."),
    ({"created_at": 1234567890}, ".created_at: Not a valid"),
    ({"created_at": "yesterday"}, ".created_at: Not a valid"),
    ({"created_at": "2013-01-21T16:52:01"}, ".created_at: Not a valid"),
    ({"updated_at": "2013-13-21T16:52:01Z"}, ".updated_at: Not a valid"),
]
WRONG_HASHES: list[Any] = [
    pytest.param("", id="empty"),
    pytest.param("password", id="text"),
    pytest.param("5f4dcc3b5aa765d61d8327deb882cf99", id="md5"),
    pytest.param("$1$abcdefgh$abcdefghijklmnopqrstuv", id="crypt"),
    pytest.param("$argon2id$v=19$m=65536,t=4,p=1$c2FsdA$aGFzaA", id="argon2"),
    pytest.param(PLAIN[:-1], id="short"),
    pytest.param(PLAIN + "x", id="long"),
    pytest.param(PLAIN + "\n", id="newline"),
    pytest.param("$2z" + PLAIN[3:], id="2z"),
    pytest.param(PLAIN.replace("$04$", "$4$"), id="cost of one digit"),
    pytest.param(PLAIN.replace("$04$", "$03$"), id="cost 3"),
    pytest.param(PLAIN.replace("$04$", "$00$"), id="cost 0"),
    pytest.param(PLAIN.replace("$04$", "$32$"), id="cost 32"),
    pytest.param(PLAIN.replace("$04$", "$99$"), id="cost 99"),
    pytest.param(PLAIN[:28] + "9" + PLAIN[29:], id="last letter of the salt"),
    pytest.param("sha256$" + PLAIN, id="scheme"),
    pytest.param("bcrypt_sha256$" + "x" * 60, id="scheme alone"),
]


@pytest.mark.parametrize(("given", "said"), WRONG_DOCUMENTS)
def test_a_wrong_document(recorded: Service, given: Any, said: str) -> None:
    assert refused(recorded, given) == said


@pytest.mark.parametrize(("more", "said"), WRONG_ACCOUNTS + WRONG_PRIMARIES)
def test_a_wrong_account(recorded: Service, more: dict[str, Any], said: str) -> None:
    assert f"accounts[1]{said}" in refused(recorded, document(account(), account(**more)))


@pytest.mark.parametrize(("more", "said"), WRONG_ACCOUNTS + WRONG_SUBUSERS)
def test_a_wrong_subuser(recorded: Service, more: dict[str, Any], said: str) -> None:
    given = document(account(), account(subusers=[subuser(), subuser(), subuser(**more)]))
    assert f"accounts[1].subusers[2]{said}" in refused(recorded, given)


@pytest.mark.parametrize(("more", "said"), WRONG_CREDENTIALS)
def test_a_wrong_credential(recorded: Service, more: dict[str, Any], said: str) -> None:
    of_account = document(account(credentials=[credential(), credential(**more)]))
    assert f"accounts[0].credentials[1]{said}" in refused(recorded, of_account)
    of_subuser = document(account(subusers=[subuser(credentials=[credential(**more)])]))
    assert f"accounts[0].subusers[0].credentials[0]{said}" in refused(recorded, of_subuser)


@pytest.mark.parametrize("password_hash", WRONG_HASHES)
def test_a_wrong_hash(recorded: Service, password_hash: str) -> None:
    given = without(account(), "password") | {"password_hash": password_hash}
    assert refused(recorded, document(given)) == "accounts[0].password_hash: is no bcrypt hash"


@pytest.mark.parametrize("name", ["username", "password"])
def test_what_an_account_must_have(recorded: Service, name: str) -> None:
    said = {"username": "Username is required", "password": NO_SECRET}[name]
    assert refused(recorded, document(without(account(), name))) == f"accounts[0].{name}: {said}"


@pytest.mark.parametrize("name", ["name", "password"])
def test_what_a_credential_must_have(recorded: Service, name: str) -> None:
    said = {"name": "Name is required", "password": NO_SECRET}[name]
    given = document(account(credentials=[without(credential(), name)]))
    assert refused(recorded, given) == f"accounts[0].credentials[0].{name}: {said}"


def test_all_that_is_wrong_is_said_together(recorded: Service) -> None:
    said = refused(recorded, document(account(email="x"), account(zip="x" * 51, keys=[{"key": "x"}])))
    assert set(said.split("; ")) == {
        "accounts[0].email: Email is not a valid email address",
        "accounts[1].zip: Zip can only be up to 50 characters.",
        "accounts[1].keys[0].key: must be 6 to 128 printable characters",
    }


def test_ten_wrong_things_are_told(recorded: Service) -> None:
    said = refused(recorded, document(*(account(email="x") for _ in range(15))))
    assert said.count("is not a valid email address") == 10
    assert said.endswith("; the document: and 5 more")


@pytest.mark.parametrize("depth", [100, 900, 20_000])
@pytest.mark.parametrize("kind", ["list", "object"])
def test_a_deep_document(recorded: Service, depth: int, kind: str) -> None:
    deep: Any = "bottom"
    for _ in range(depth):
        deep = [deep] if kind == "list" else {"a": deep}
    assert refused(recorded, document() | {"accounts": [deep]})


# Files


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"version: 1", id="yaml"),
        pytest.param(b'{"version": 1', id="cut"),
        pytest.param(b'{"version": 1} {}', id="two"),
        pytest.param(b'{"version": 1, "accounts": [{"username": "caf\xe9"}]}', id="latin-1"),
        pytest.param(b'\xff\xfe{\0"\0', id="utf-16"),
        pytest.param(b"\0" * 100, id="nul"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"version": ' + b"1" * 10_000 + b"}", id="number"),
    ],
)
def test_a_file_that_is_no_json(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "seed.json"
    file.write_bytes(content)
    with pytest.raises(SeedError, match=re.escape(str(file))):
        seeds.read_file(file)


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(SeedError, match=re.escape(str(path))):
            seeds.read_file(path)


def test_a_file(recorded: Service, tmp_path: Path) -> None:
    given = account(first_name="Zoë 🙂", credentials=[credential()])
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(document(given), ensure_ascii=False), encoding="utf-8")
    assert sow(recorded, seeds.read_file(file)) == (2, 0)
    assert profile_of(recorded, given["username"]).json[0]["first_name"] == "Zoë 🙂"


def test_the_demonstration_fits_the_format(recorded: Service) -> None:
    shipped = json.dumps(seeds.demo())
    for name in set(re.findall(r'"(?:username|name)": "([^"]+)"', shipped)):
        shipped = shipped.replace(f'"{name}"', f'"{fresh(name)}"')
    shipped = shipped.replace('"SG.demo-key"', f'"{fresh("SG.demo-key")}"')
    assert sow(recorded, json.loads(shipped)) == (7, 0)


# What is taken


def test_an_empty_seed_does_nothing(recorded: Service) -> None:
    with nothing_stored(recorded):
        assert sow(recorded, {"version": 1}) == sow(recorded, document()) == (0, 0)


def test_all_of_an_account_is_told(recorded: Service) -> None:
    profile = {
        "email": "demo@example.com", "first_name": "A", "last_name": "B", "address": "C", "address2": "D", "city": "E",
        "state": "F", "zip": "G", "country": "Anywhere", "phone": "I", "website": "https://example.com", "company": "J",
    }  # fmt: skip
    given = account(**profile, active=False, website_access=False)
    assert sow(recorded, document(given)) == (1, 0)
    (row,) = profile_of(recorded, given["username"]).json
    switches = {"username": given["username"], "active": "false", "website_access": "false"}
    assert row == without(profile, "company") | switches


def test_an_account_of_which_no_more_is_known(recorded: Service) -> None:
    given = account()
    assert sow(recorded, document(given)) == (1, 0)
    (row,) = profile_of(recorded, given["username"]).json
    assert (row["active"], row["website_access"], row["email"], row["zip"]) == ("true", "true", "", "")


@pytest.mark.parametrize("password_hash", [PLAIN, PHP, "$2a" + PLAIN[3:], OWN], ids=["$2b$", "$2y$", "$2a$", "own"])
@pytest.mark.parametrize("kind", ["account", "subuser", "credential"])
def test_hashes_log_in(recorded: Service, password_hash: str, kind: str) -> None:
    make = {"account": account, "subuser": subuser, "credential": credential}[kind]
    given = without(make(), "password") | {"password_hash": password_hash}
    inside = {"account": {}, "subuser": {"subusers": [given]}, "credential": {"credentials": [given]}}[kind]
    sow(recorded, document(account(**inside) if inside else given))
    name = given.get("username") or given["name"]
    assert is_let_in(recorded, name)
    assert not is_let_in(recorded, name, SECRET + "x")
    assert not is_let_in(recorded, name, password_hash)


@pytest.mark.parametrize("password", ["x", "x" * 128, "päss wörd 🙂", "123456", "$2y$10$" + "x" * 53])
def test_a_password_is_the_operator_s_word(recorded: Service, password: str) -> None:
    given = account(password=password)
    sow(recorded, document(given))
    assert is_let_in(recorded, given["username"], password)


def test_keys_act_for_their_account(recorded: Service) -> None:
    bare, hashed = fresh("SG.bare-key"), fresh("old key, as the user has it: ")
    keys = [{"key": bare, "label": "bare"}, {"key_hash": key_digest(hashed)}]
    given, inner = account(keys=keys), subuser(keys=[{"key": fresh("SG.inner")}])
    assert sow(recorded, document(given | {"subusers": [inner]})) == (5, 0)
    for key, owner in ((bare, given), (hashed, given), (inner["keys"][0]["key"], inner)):
        (row,) = profile_of(recorded, "apikey", key).json
        assert row["username"] == owner["username"]
    assert not is_let_in(recorded, "apikey", key_digest(hashed))


@pytest.mark.parametrize(
    ("website", "as_recorded", "as_documented"),
    [
        ("example.com", "http://example.com", "example.com"),
        ("https://example.com", "https://example.com", "https://example.com"),
        ("HTTP://example.com", "HTTP://example.com", "HTTP://example.com"),
        ("", "", ""),
    ],
)
def test_a_website_gets_its_scheme_as_on_the_wire(
    recorded: Service, documented: Service, website: str, as_recorded: str, as_documented: str
) -> None:
    for service, stored in ((recorded, as_recorded), (documented, as_documented)):
        given = account(website=website)
        sow(service, document(given))
        assert profile_of(service, given["username"]).json[0]["website"] == stored


def test_a_country_is_a_code_in_the_last_manual(recorded: Service, documented: Service) -> None:
    assert sow(recorded, document(account(country="Great Britain"))) == (1, 0)
    said = refused(documented, document(account(country="Great Britain")))
    assert said == "accounts[0].country: Country can only be an ISO 3166-1 alpha-2 country code."


# Subusers and their mail domains


def test_subusers_are_their_parent_s(recorded: Service) -> None:
    first, second = subuser(first_name="Ada"), subuser(active=False, mail_domain="em.example.com")
    given = account(mail_domains=["em.example.com", "em.example.com"], subusers=[first, second])
    assert sow(recorded, document(given)) == (3, 0)
    call = {"api_user": given["username"], "api_key": SECRET, "task": "get"}
    rows = recorded.form("/apiv2/customer.profile.json", **call).json
    assert [(row["username"], row["first_name"], row["active"]) for row in rows] == [
        (first["username"], "Ada", "true"),
        (second["username"], "", "false"),
    ]


@pytest.mark.parametrize("domains", [[], ["other.example.com"], ["EM.example.com"]])
def test_a_mail_domain_is_one_of_the_parent_s(recorded: Service, domains: list[str]) -> None:
    inner = subuser(mail_domain="em.example.com")
    said = refused(recorded, document(account(), account(mail_domains=domains, subusers=[subuser(), inner])))
    assert inner["username"] in said
    assert "Whitelabel record not found" in said


def test_a_mail_domain_of_another_account_is_none(recorded: Service) -> None:
    other = account(mail_domains=["em.example.com"])
    inner = subuser(mail_domain="em.example.com")
    assert inner["username"] in refused(recorded, document(other, account(subusers=[inner])))


def test_no_mail_domain_is_none(recorded: Service) -> None:
    assert sow(recorded, document(account(subusers=[subuser(mail_domain="")]))) == (2, 0)


# Credentials


def credentials_of(service: Service, given: dict[str, Any]) -> Any:
    return service.form("/api/credentials/get.json", api_user=given["username"], api_key=SECRET).json


@pytest.mark.parametrize(
    ("permissions", "told"),
    [
        ({}, {}),
        ({"email": 0, "api": 1, "web": 0}, {"email": 0, "api": 1, "web": 0}),
        ({"email": "0", "web": "1"}, {"email": 0, "web": 1}),
        ({"api": True, "web": False}, {"api": 1, "web": 0}),
        ('{"email": 0}', {"email": 0}),
    ],
)
def test_permissions(recorded: Service, permissions: Any, told: dict[str, int]) -> None:
    inner = credential(permissions=permissions)
    given = account(credentials=[inner])
    sow(recorded, document(given))
    (row,) = credentials_of(recorded, given)
    assert (row["name"], row["permissions"]) == (inner["name"], told)


WRONG_KINDS: list[Any] = [
    ({"kind": "owner"}, ".kind: Must be one of: credential, teammate, cmc, dotmailer, smtp2go."),
    ({"kind": []}, ".kind: Not a valid string."),
    ({"kind": "cmc"}, ".name: The name must be in e-mail format."),
    ({"kind": "dotmailer", "name": "bob"}, ".name: The name must be in e-mail format."),
    ({"kind": "smtp2go", "name": "abcd"}, ".name: The name can only be between 5 and 100 characters."),
    ({"kind": "smtp2go", "name": "a b c"}, ".name: The name can only have letters, digits, and . _ - @."),
    ({"enabled": 2}, ".enabled: Not a valid boolean."),
    ({"description": "x" * 1001}, ".description: Longer than maximum length 1000."),
    ({"settings": []}, ".settings: must be an object of settings by their names"),
    ({"settings": {"reference": True}}, ".settings.reference: Unknown field."),
    ({"kind": "smtp2go", "settings": {"role": "admin"}}, ".settings.role: Unknown field."),
    ({"kind": "smtp2go", "settings": {"email_password": "x"}}, ".settings.email_password: Unknown field."),
    (
        {"kind": "smtp2go", "settings": {"bounce_notification": 1}},
        ".settings.bounce_notification: Unknown field. Did you mean 'bounce_notifications'?",
    ),
    ({"kind": "smtp2go", "settings": {"custom_ratelimit": 1}}, ".settings.custom_ratelimit: Not a valid boolean."),
    ({"kind": "smtp2go", "settings": {"custom_ratelimit": 1.0}}, ".settings.custom_ratelimit: Not a valid boolean."),
    ({"kind": "smtp2go", "settings": {"ip_pool": True}}, ".settings.ip_pool: Not a valid integer."),
    ({"enabled": 1}, ".enabled: Not a valid boolean."),
    (
        {"kind": "smtp2go", "settings": {"status": "off"}},
        ".settings.status: Must be one of: allowed, blocked, sandbox.",
    ),
    ({"kind": "cmc", "name": "a@b.jp", "settings": {"role": "root"}}, ".settings.role: Must be one of: admin, normal."),
    ({"kind": "cmc", "name": "a@b.jp", "settings": {"time_zone": "Mars"}}, ".settings.time_zone: is no time zone"),
    ({"kind": "dotmailer", "name": "a@b.uk", "settings": {"reference": True}}, ".settings.reference: Unknown field."),
]


@pytest.mark.parametrize(("more", "said"), WRONG_KINDS)
def test_a_wrong_login_of_a_system(recorded: Service, more: dict[str, Any], said: str) -> None:
    told = refused(recorded, document(account(credentials=[credential(**more)])))
    assert f"accounts[0].credentials[0]{said}" in told


def test_a_long_name_of_an_smtp_user(recorded: Service) -> None:
    name = fresh("smtp").ljust(100, "x")
    given = document(account(credentials=[credential(kind="smtp2go", name=name)]))
    assert (sow(recorded, given), sow(recorded, given)) == ((2, 0), (0, 2))


def test_the_gate_of_a_credential(recorded: Service) -> None:
    shut, opened = credential(permissions={"api": 0}), credential()
    sow(recorded, document(account(credentials=[shut, opened])))
    assert is_let_in(recorded, opened["name"])
    assert "not authorized" in profile_of(recorded, shut["name"]).text


def test_a_credential_of_a_subuser_acts_for_it(recorded: Service) -> None:
    inner = credential()
    owner = subuser(credentials=[inner], first_name="Ada")
    assert sow(recorded, document(account(subusers=[owner]))) == (3, 0)
    (row,) = profile_of(recorded, inner["name"]).json
    assert (row["username"], row["first_name"]) == (owner["username"], "Ada")


def test_a_credential_of_a_subuser_goes_with_it(recorded: Service) -> None:
    inner = credential()
    owner = subuser(credentials=[inner], keys=[{"key": fresh("SG.inner")}])
    parent = account(subusers=[owner])
    sow(recorded, document(parent))
    call = {"api_user": parent["username"], "api_key": SECRET, "user": owner["username"]}
    assert recorded.form("/apiv2/customer.delete.json", **call).json == {"message": "success"}
    assert not is_let_in(recorded, inner["name"])
    assert not is_let_in(recorded, "apikey", owner["keys"][0]["key"])


def free_id(world: World) -> int:
    """A number that no credential has, well above those that the suite gives."""
    name = world.credential()
    (row,) = [row for row in world.call("credentials/get.json").json if row["name"] == name]
    number: int = row["id"]
    return number + 1000


def test_ids_are_kept_and_the_next_goes_on(world: World) -> None:
    number = free_id(world)
    given = account(credentials=[credential(id=number + 5), credential(id=number), credential()])
    sow(world.service, document(given))
    assert [row["id"] for row in credentials_of(world.service, given)] == [number, number + 5, number + 6]
    assert free_id(world) == number + 7 + 1000


def test_an_id_is_given_once(world: World) -> None:
    number = free_id(world)
    inner = credential(id=number)
    said = refused(world.service, document(account(credentials=[credential(id=number), inner])))
    assert said == f"credential {inner['name']!r}: another credential has the id {number}"
    sow(world.service, document(account(credentials=[credential(id=number)])))
    said = refused(world.service, document(account(credentials=[inner])))
    assert said == f"credential {inner['name']!r}: another credential has the id {number}"


@pytest.mark.parametrize(
    ("created", "told"),
    [
        ("2013-01-22T00:52:01+00:00", "2013-01-21 16:52:01"),
        ("2013-07-21T23:52:01Z", "2013-07-21 16:52:01"),
        ("2013-01-21T16:52:01-08:00", "2013-01-21 16:52:01"),
        ("1970-01-02T00:00:00+00:00", "1970-01-01 16:00:00"),
        ("9999-12-29T23:59:59+00:00", "9999-12-29 15:59:59"),
    ],
)
def test_times_are_kept(recorded: Service, created: str, told: str) -> None:
    given = account(credentials=[credential(created_at=created, updated_at=created)])
    sow(recorded, document(given))
    reply = recorded.form("/api/credentials/get.xml", api_user=given["username"], api_key=SECRET)
    assert [reply.xml[0].findtext(name) for name in ("created_at", "updated_at")] == [told, told]


@pytest.mark.parametrize("created", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_no_answer_can_tell(recorded: Service, created: str) -> None:
    given = document(account(credentials=[credential(created_at=created)]))
    assert refused(recorded, given).startswith("accounts[0].credentials[0].created_at: ")


# Names that exist


def test_what_exists_is_left_as_it_is(recorded: Service) -> None:
    inner, outer, key = subuser(), credential(), {"key": fresh("SG.some-key")}
    given = account(first_name="Ada", subusers=[inner], credentials=[outer], keys=[key])
    assert sow(recorded, document(given)) == (4, 0)
    other = {"password": "another-password", "first_name": "Augusta"}
    again = given | other | {"subusers": [inner | other], "credentials": [outer | {"password": "another"}]}
    with nothing_stored(recorded):
        assert sow(recorded, document(given)) == (0, 4)
        assert sow(recorded, document(again)) == (0, 4)
    assert is_let_in(recorded, given["username"])


def test_what_is_missing_of_an_account_is_added(recorded: Service) -> None:
    given = account()
    sow(recorded, document(given))
    inner, outer, key = subuser(), credential(), {"key": fresh("SG.some-key")}
    more = given | {"subusers": [inner], "credentials": [outer], "keys": [key]}
    assert sow(recorded, document(more)) == (3, 1)
    assert all(is_let_in(recorded, name) for name in (inner["username"], outer["name"]))
    assert is_let_in(recorded, "apikey", key["key"])


def test_a_name_is_the_same_in_any_case(recorded: Service) -> None:
    given = account()
    assert sow(recorded, document(given, given | {"username": given["username"].upper()})) == (1, 1)


def test_an_account_of_the_wire_is_left_as_it_is(world: World) -> None:
    name = world.add()
    inner = {"username": name, "password": SECRET}
    assert sow(world.service, document({"username": world.name, "password": SECRET, "subusers": [inner]})) == (0, 2)
    assert not is_let_in(world.service, world.name)
    assert not is_let_in(world.service, name)


def test_a_name_of_somebody_else_is_refused(world: World) -> None:
    other = World(world.service)
    taken = {
        "subuser": (other.add(), "account {!r}: somebody else has that name already"),
        "primary": (other.name, "account {!r}: somebody else has that name already"),
        "credential": (other.credential(), "account {!r}: somebody else has that name already"),
    }
    for kind, (name, said) in taken.items():
        given = document(account(subusers=[subuser(), subuser(username=name)]))
        assert refused(world.service, given) == said.format(name), kind
    for kind in ("subuser", "credential"):
        name, said = taken[kind]
        assert refused(world.service, document(account(), account(username=name))) == said.format(name), kind


@pytest.mark.parametrize("kind", ["subuser", "primary", "credential", "its own account"])
def test_a_credential_s_name_of_somebody_else_is_refused(world: World, kind: str) -> None:
    other, owner = World(world.service), account()
    name = {
        "subuser": other.add,
        "primary": lambda: other.name,
        "credential": other.credential,
        "its own account": lambda: owner["username"],
    }[kind]()
    given = owner | {"credentials": [credential(name=name)]}
    assert repr(name) in refused(world.service, document(given))


def test_a_name_stands_once_in_a_document(recorded: Service) -> None:
    name = fresh("twice")
    given = document(account(subusers=[subuser(username=name)]), account(username=name))
    assert refused(recorded, given) == f"account {name!r}: somebody else has that name already"


@pytest.mark.parametrize("field", ["key", "key_hash"])
def test_a_key_of_somebody_else_is_refused(recorded: Service, field: str) -> None:
    key = fresh("SG.some-key")
    first, second = account(keys=[{"key": key}]), account(keys=[{field: key if field == "key" else key_digest(key)}])
    sow(recorded, document(first))
    said = refused(recorded, document(second))
    assert second["username"] in said
    assert key not in said


# Keys of the command line


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "tab\there!", "a\0bcdef", "a\udcffbcdef"])
def test_a_key_that_is_none(world: World, key: str) -> None:
    with pytest.raises(SeedError, match="must be 6 to 128 printable characters") as error:
        world.service.grid.seeding.register_key(world.name, key)
    assert not key or key not in str(error.value)


def test_a_key_of_nobody(world: World) -> None:
    for name in (fresh("nobody"), world.credential()):
        with pytest.raises(SeedError, match=f"there is no account '{name}'"):
            world.service.grid.seeding.register_key(name, "SG.some-key")


def test_a_key_is_registered_once(world: World) -> None:
    key = fresh("SG.some-key")
    world.service.grid.seeding.register_key(world.name, key)
    with nothing_stored(world.service):
        world.service.grid.seeding.register_key(world.name, key)
    assert is_let_in(world.service, "apikey", key)
