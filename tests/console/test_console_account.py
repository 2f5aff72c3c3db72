"""The account's own settings in the console: for its owner, by the rules of the calls that change the same."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from browser import Visit
from emulator import PASSWORD, World, fresh, guess
from legacygrid.models.lookup import find_login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.settings import ADMIN
from sessions import Console, text_of

NEW = "another-password2"
PATHS = ("account", "account/profile", "account/email", "account/name", "account/password", "account/apps/footer")
OF_PRIMARIES = ("account/mail-domains/add",)


@pytest.fixture
def console(own_world: World) -> Iterator[Console]:
    """The owner, at the console of the test's own world."""
    with Console(own_world) as found:
        yield found.enter(own_world.name)


def account(world: World) -> Any:
    """The account as it is now."""
    return type(world.account).get_by_id(world.account.id)


def password(old: str = PASSWORD, new: str = NEW, again: str | None = None) -> dict[str, str]:
    """What the form of a password has."""
    return {"old_password": old, "password": new, "confirm_password": new if again is None else again}


def is_let_in(world: World, name: str, secret: str) -> bool:
    # A refusal is HTTP 200 with an object, too.
    return isinstance(world.call("profile.get.json", api_user=name, api_key=secret).json, list)


# As people see it


def save(visit: Visit, link: str, **fields: str) -> str:
    """Change something of the account; what is told of it."""
    visit.page.get_by_role("link", name=link).click()
    for label, value in fields.items():
        visit.page.get_by_label(label.replace("_", " "), exact=True).fill(value)
    visit.page.get_by_role("button", name=re.compile("Save|Add|Delete")).click()
    return visit.told()


@pytest.mark.takes(5)
def test_all_that_can_be_changed(visit: Visit, own_world: World) -> None:
    page, name = visit.enter(own_world.name), fresh("renamed")
    page.get_by_role("link", name="Account").click()
    assert "No mail domains yet" in page.content()
    assert save(visit, "Change the profile", First_name="Ada", City="Łódź") == "The profile was changed."
    assert (
        save(visit, "Change the e-mail address", **{"E-mail": "ada@example.com"}) == "The e-mail address was changed."
    )
    assert save(visit, "Change the user name", User_name=name) == "The user name was changed."
    page.get_by_role("button", name="Turn on Open Tracking").click()
    assert visit.told() == "Open Tracking is on."
    assert save(visit, "Add a mail domain", Mail_domain="em.example.com") == "The mail domain em.example.com was added."
    visit.check()
    assert save(visit, "Delete em.example.com") == "The mail domain em.example.com was deleted."
    fields = {"Old_password": PASSWORD, "New_password": NEW, "Confirm_new_password": NEW}
    assert save(visit, "Change the password", **fields).startswith("The password was changed.")
    assert is_let_in(own_world, name, NEW)
    told = page.locator("main").inner_text()
    for part in ("Ada", "Łódź", "ada@example.com", name):
        assert part in told


def test_what_is_wrong_as_people_see_it(visit: Visit, own_world: World) -> None:
    page = visit.enter(own_world.name)
    visit.go("account/password")
    page.get_by_label("Old password").fill("wrong")
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("Confirm new password").fill(NEW)
    page.get_by_role("button", name="Save").click()
    visit.check()
    assert "That is not your password." in page.content()
    assert page.get_by_label("Old password").get_attribute("aria-invalid") == "true"
    # The browser says so of the form.
    assert [each for each in visit.complaints if "422" not in each] == []
    visit.complaints.clear()


# What is asked


BAD: list[tuple[str, dict[str, str], str, str]] = [
    ("profile", {"first_name": "x" * 51}, "first_name", "First name can only be up to 50 characters."),
    ("profile", {"company": "a\x00b"}, "company", "Company contains characters that XML 1.0 forbids"),
    ("profile", {"address2": "x" * 100_000}, "address2", "Address2 can only be up to 100 characters."),
    ("email", {"email": ""}, "email", "Email is required"),
    ("email", {"email": "ada"}, "email", "Email is not a valid email address"),
    ("email", {"email": "a@" + "b" * 99}, "email", "Email can only be up to 100 characters."),
    ("email", {"email": "a\x0b@b.c"}, "email", "XML 1.0 forbids"),
    ("name", {"username": ""}, "username", "Username is required"),
    ("name", {"username": "ab"}, "username", "between 3 and 64 characters"),
    ("name", {"username": "12345"}, "username", "cannot be only numbers"),
    ("name", {"username": "apikey"}, "username", "cannot be apikey"),
    ("name", {"username": "a\x00bc"}, "username", "XML 1.0 forbids"),
    ("password", password(new="short"), "password", "Password can only be between 6 and 128 characters."),
    ("password", password(new="", again="whatever1"), "password", "Password is required"),
    ("password", password(new="x" * 129), "password", "Password can only be between 6 and 128 characters."),
    ("password", password(again="something-else1"), "confirm_password", "does not match password"),
    ("password", password(old="wrong"), "old_password", "That is not your password."),
    ("password", password(old=""), "old_password", "That is not your password."),
    ("password", password(old="\x00"), "old_password", "That is not your password."),
    ("mail-domains/add", {"domain": ""}, "domain", "a mail domain is 1 to 255 printable characters"),
    ("mail-domains/add", {"domain": "x" * 256}, "domain", "a mail domain is 1 to 255 printable characters"),
    ("mail-domains/add", {"domain": "a\x00b"}, "domain", "a mail domain is 1 to 255 printable characters"),
]


@pytest.mark.parametrize(("path", "sent", "field", "text"), BAD)
def test_what_is_wrong_is_said_at_its_field(
    own_world: World, console: Console, path: str, sent: dict[str, str], field: str, text: str
) -> None:
    reply = console.post(f"account/{path}", **sent)
    assert reply.status_code == 422
    (said,) = re.findall(rf'<ul id="{field}-wrong">(.*?)</ul>', reply.text, re.DOTALL)
    assert text in said
    assert reply.text.count('-wrong">') == 1, "nothing else is wrong"
    assert account(own_world).__data__ == own_world.account.__data__
    assert MailDomain.all_of(own_world.account) == []
    assert is_let_in(own_world, own_world.name, PASSWORD)
    assert path != "password" or not any(secret and secret in reply.text for secret in sent.values() if len(secret) > 5)


def test_a_profile_is_what_the_api_tells(own_world: World, console: Console) -> None:
    sent = {"first_name": "<script>alert(1)</script>", "last_name": "Lovelace", "website": "example.com", "zip": "9"}
    assert console.post("account/profile", **sent).status_code == 303
    (told,) = own_world.call("profile.get.json").json
    assert {name: told[name] for name in sent} == sent | {"website": "http://example.com"}
    page = console.get("account").text
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)
    assert 'value="Lovelace"' in console.get("account/profile").text
    assert console.post("account/profile", last_name="").status_code == 303
    (told,) = own_world.call("profile.get.json").json
    assert (told["last_name"], told["zip"]) == ("", "9"), "what is emptied is cleared, what is not sent stays"


def test_the_rules_are_those_of_the_profile(manual_world: World) -> None:
    with Console(manual_world) as console:
        console.enter(manual_world.name)
        reply = console.post("account/profile", country="Elbonia")
        assert (reply.status_code, "ISO 3166-1 alpha-2" in text_of(reply)) == (422, True)
        assert console.post("account/profile", country="DE").status_code == 303
        reply = console.post("account/password", **password(new="onlyletters"))
        assert (reply.status_code, "Password" in text_of(reply)) == (422, True)


# Who they are from then on


def test_a_new_password_ends_all_other_sessions(own_world: World, console: Console) -> None:
    with Console(own_world) as other, Console(own_world) as credential:
        other.enter(own_world.name)
        credential.enter(own_world.credential(), "password1")
        assert is_let_in(own_world, own_world.name, PASSWORD)
        assert console.post("account/password", **password()).status_code == 303
        assert (console.is_in(), other.is_in(), credential.is_in()) == (True, False, True)
    assert not is_let_in(own_world, own_world.name, PASSWORD), "the old one is dead at once"
    assert is_let_in(own_world, own_world.name, NEW)
    assert console.post("account/password", **password(old=PASSWORD)).status_code == 422
    with Console(own_world) as again:
        assert again.post("login", name=own_world.name, password=PASSWORD).status_code == 403
        assert again.enter(own_world.name, NEW).is_in()


def test_nobody_guesses_the_old_password(own_world: World, console: Console) -> None:
    assert "not your password" in text_of(console.post("account/password", **password(old="guess-0")))
    guess(own_world)
    reply = console.post("account/password", **password(old="guess-1"))
    assert (reply.status_code, "Too many wrong passwords" in text_of(reply)) == (422, True)
    assert is_let_in(own_world, own_world.name, PASSWORD)


def test_a_new_name_is_theirs_at_once(own_world: World, console: Console) -> None:
    name = fresh("renamed")
    with Console(own_world) as other:
        other.enter(own_world.name)
        assert console.post("account/name", username=name).status_code == 303
        assert (console.is_in(), other.is_in()) == (True, False)
    assert (is_let_in(own_world, own_world.name, PASSWORD), is_let_in(own_world, name, PASSWORD)) == (False, True)
    assert name in text_of(console.get("account"))
    assert console.post("account/name", username=name.upper()).status_code == 303, "the case alone may change"
    assert name.upper() in text_of(console.get("account"))


def test_a_name_is_one_person_s(own_world: World, console: Console) -> None:
    for taken in (own_world.add(), own_world.credential()):
        reply = console.post("account/name", username=taken.upper())
        assert (reply.status_code, "That user name is already taken." in text_of(reply)) == (422, True)
    assert console.is_in()
    assert account(own_world).username == own_world.name


def test_switches_are_shown(own_world: World, console: Console) -> None:
    name = own_world.add(fresh("sub"))
    with Console(own_world) as sub:
        sub.enter(name, "somepass1")
        assert "Sending mail on Website on" in text_of(sub.get("account"))
        assert f"subuser of {own_world.name}" in text_of(sub.get("account"))
        own_world.call("customer.disable.json", user=name)
        assert "Sending mail off Website on" in text_of(sub.get("account"))


# Mail domains


def test_mail_domains(own_world: World, console: Console) -> None:
    for domain in ("em.example.com", "<script>alert(1)</script>"):
        assert console.post("account/mail-domains/add", domain=domain).status_code == 303
    sub = own_world.add(mail_domain="em.example.com")
    page = console.get("account").text
    assert "<script>alert" not in page
    first, second = MailDomain.all_of(own_world.account)
    reply = console.get(f"account/mail-domains/{second.id}/remove")
    assert ("<script>alert" in reply.text, "Subusers that use it" in reply.text) == (False, True)
    assert console.post(f"account/mail-domains/{first.id}/remove").status_code == 303
    found = find_login(sub, own_world.account.world)
    assert found is not None
    assert type(found[1]).get_by_id(found[1].id).mail_domain == ""
    assert console.post(f"account/mail-domains/{first.id}/remove").status_code == 404


def test_mail_domains_are_the_primary_account_s(own_world: World) -> None:
    name = own_world.add(fresh("sub"))
    own_world.domain("em.example.com")
    (domain,) = MailDomain.all_of(own_world.account)
    path = f"account/mail-domains/{domain.id}/remove"
    with Console(own_world) as sub:
        sub.enter(name, "somepass1")
        assert "Mail domains" not in sub.get("account").text
        assert [sub.get(each).status_code for each in (*OF_PRIMARIES, path)] == [403, 403]
        assert [sub.post(each, domain="x").status_code for each in (*OF_PRIMARIES, path)] == [403, 403]
    other = World(own_world.service, prefix=f"/~{fresh('world')}")
    with Console(other) as stranger:
        stranger.enter(other.name)
        assert (stranger.get(path).status_code, stranger.post(path).status_code) == (404, 404)
    assert len(MailDomain.all_of(own_world.account)) == 1


# Whose they are


@pytest.mark.parametrize("role", ["normal", ADMIN])
def test_a_credential_sees_no_account_settings(own_world: World, role: str) -> None:
    told = {"name": "cred-login", "password": PASSWORD, "settings": {"role": role}}
    seed = {"version": 1, "accounts": [{"username": "house", "password": PASSWORD, "credentials": [told]}]}
    assert own_world.admin("POST", "seed", seed).status == 200
    with Console(own_world) as console:
        console.enter("cred-login")
        assert "Account" not in text_of(console.get("requests"))
        for path in (*PATHS, *OF_PRIMARIES):
            assert console.get(path).status_code == 403
        for path in (*PATHS[1:], *OF_PRIMARIES):
            assert console.post(path, email="a@b.c", username="other", domain="x", **password()).status_code == 403
    assert is_let_in(own_world, "house", PASSWORD)


def test_the_audit_log_has_what_lets_somebody_in(own_world: World, console: Console) -> None:
    name = fresh("renamed")
    console.post("account/password", **password())
    console.post("account/name", username=name)
    entries = own_world.service.grid.audit.entries(own_world.account, "operation")
    assert [each.reason for each in entries] == [
        "console: user name of the account changed",
        "console: password of the account changed",
    ]
