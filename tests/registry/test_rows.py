"""What each setting does, row by row, as a test of somebody's would see it: over HTTP, SMTP, the command line, the outbox.

One server runs for all; each test has accounts of its own on it. The rows are those of docs/settings.md.
"""

import email
import itertools
import json
import smtplib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from sessions import Console
from wire import Process, run_legacygrid

# Processes and deadlines: not for the inner loop.
pytestmark = pytest.mark.waits

KEY = "row-secret-1A!x9"
OTHER_KEY = "row-secret-2B!y8"
DONE = {"message": "success"}
NOT_ALLOWED = {"errors": ["Authenticated user is not authorized to send mail"], "message": "error"}
NOT_AUTHORISED = {"error": {"code": 401, "message": "Permission denied, not authorized"}}
WRONG = {"error": {"code": 401, "message": "Permission denied, wrong credentials"}}
#: What a login gets that calls, sends and logs in to the console, or once it does so no more.
ALIVE, DEAD = (DONE, 250, 303), (WRONG, 535, 403)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class House:
    """One account on a running server."""

    server: Process
    database: str
    name: str
    key: str
    api_key: str

    # By HTTP

    def form(self, path: str, name: str = "", key: str = "", **params: Any) -> Any:
        """A call of v2, as the owner unless told otherwise."""
        who = {"api_user": name or self.name, "api_key": key or self.key}
        return requests.post(f"{self.server.url}{path}", data={**who, **params}, timeout=30).json()

    def mail(self, name: str = "", key: str = "", **params: Any) -> Any:
        """mail.send."""
        given = {"to": "ada@example.com", "from": "shop@example.com", "subject": "s", "text": "t"}
        return self.form("/api/mail.send.json", name, key, **given | params)

    def cmc(self, path: str, name: str, key: str = KEY, **params: Any) -> Any:
        """A call of Customers Mail Cloud; its status and JSON."""
        body = {"api_user": name, "api_key": key, **params}
        reply = requests.post(f"{self.server.url}{path}.json", json=body, timeout=30)
        return reply.status_code, reply.json() if "json" in reply.headers["Content-Type"] else reply.text

    def cmc_mail(self, name: str, key: str = KEY, **params: Any) -> int:
        """Its emails/send; the status."""
        given = {"to": "ada@example.com", "from": "shop@example.com", "subject": "s", "text": "t"}
        status: int = self.cmc("/api/v2/emails/send", name, key, **given | params)[0]
        return status

    def dotmailer(self, name: str, key: str = KEY) -> tuple[int, bytes]:
        """GET /v2/account-info; status and body."""
        reply = requests.get(f"{self.server.url}/v2/account-info", auth=(name, key), timeout=30)
        return reply.status_code, reply.content

    def smtp2go(self, path: str, method: str = "POST", **params: Any) -> Any:
        """A call of SMTP2GO's; its JSON."""
        headers = {"X-Smtp2go-Api-Key": self.api_key}
        return requests.request(method, f"{self.server.url}/v3/{path}", json=params, headers=headers, timeout=30).json()

    # In a browser

    def console(self, name: str = "", key: str = "") -> int:
        """Log in to the console; the status, 303 for who is in."""
        with Console(self.server.url) as console:
            return console.post("login", name=name or self.name, password=key or self.key).status_code

    # By SMTP

    def smtp(
        self, name: str = "", key: str = "", to: tuple[str, ...] = ("ada@example.com",), text: str = "t", html: str = ""
    ) -> int:
        """A message by SMTP; the code of the last reply."""
        address = urlsplit(self.server.url).hostname or ""
        body = f"Content-Type: text/html\r\n\r\n{html}" if html else f"\r\n{text}"
        with smtplib.SMTP(address, self.server.smtp_port, timeout=30) as client:
            try:
                client.login(name or self.name, key or self.key)
                client.sendmail(
                    "shop@example.com", to, f"From: shop@example.com\r\nTo: {to[0]}\r\nSubject: s\r\n{body}\r\n"
                )
            except smtplib.SMTPResponseException as error:
                return error.smtp_code
            except smtplib.SMTPRecipientsRefused as error:
                return next(iter(error.recipients.values()))[0]
        return 250

    # As the operator

    def run(self, *args: str, stdin: str = "") -> str:
        """A command, which succeeds; what it prints."""
        return run_legacygrid(*args, "--database", self.database, stdin=stdin)

    def login(self, kind: str, *options: str, key: str = KEY, name: str = "") -> str:
        """A further login; its name."""
        name = name or f"u{next(_numbers)}-{self.name}@example.com"
        self.run("login", "add", self.name, name, "--kind", kind, "--password-stdin", *options, stdin=key)
        return name

    # As the test

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """The control API."""
        return requests.request(method, f"{self.server.url}/__admin/{path}", json=body, timeout=30).json()

    def outbox(self, **sought: Any) -> list[dict[str, Any]]:
        """The account's messages that fit, with what is in them."""
        found: list[dict[str, Any]] = self.admin(
            "POST", "messages/find", {"account": self.name, "whole": True, **sought}
        )["messages"]
        return found

    def raw(self, number: int) -> bytes:
        """A message as it would leave."""
        return requests.get(f"{self.server.url}/__admin/messages/{number}/raw", timeout=30).content

    def message(self, **sought: Any) -> dict[str, Any]:
        """The only one that fits."""
        (found,) = self.outbox(**sought)
        return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, str]]:
    folder = tmp_path_factory.mktemp("rows")
    database = f"sqlite:///{folder / 'rows.db'}"
    with Process(folder, database, "--smtp-port", "0") as server:
        yield server, database


@pytest.fixture
def house(running: tuple[Process, str]) -> House:
    number = next(_numbers)
    name, key, api_key = f"house-{number}", f"owner-secret-{number}", f"api-{number:032d}"
    subuser = {"username": f"sub-{name}", "password": KEY}
    account = {"username": name, "password": key, "keys": [{"key": api_key}], "subusers": [subuser]}
    made = House(*running, name, key, api_key)
    made.admin("POST", "seed", {"version": 1, "accounts": [account]})
    return made


@pytest.fixture
def sub(house: House) -> str:
    return f"sub-{house.name}"


# 003: subusers


def test_003_disable_and_enable(house: House, sub: str) -> None:
    def seen() -> tuple[Any, int, str]:
        return house.mail(sub, KEY), house.smtp(sub, KEY), house.form("/api/profile.get.json", sub, KEY)[0]["active"]

    assert seen() == (DONE, 250, "true")
    assert house.form("/apiv2/customer.disable.json", user=sub) == DONE
    assert seen() == (NOT_ALLOWED, 550, "false")
    assert house.form("/apiv2/customer.enable.json", user=sub) == DONE
    assert seen() == (DONE, 250, "true")


def test_003_a_disabled_subuser_still_logs_in(house: House, sub: str) -> None:
    assert house.form("/apiv2/customer.disable.json", user=sub) == DONE
    assert house.console(sub, KEY) == 303


def test_003_website_disable_and_enable(house: House, sub: str) -> None:
    with Console(house.server.url) as session:
        session.enter(sub, KEY)
        assert session.is_in()
        assert house.form("/apiv2/customer.website_disable.json", user=sub) == DONE
        assert (session.is_in(), house.console(sub, KEY)) == (False, 403)
        assert (house.mail(sub, KEY), house.smtp(sub, KEY)) == (DONE, 250)
        assert house.form("/apiv2/customer.website_enable.json", user=sub) == DONE
        assert (session.is_in(), house.console(sub, KEY)) == (False, 303)


def test_003_password(house: House, sub: str) -> None:
    new = {"password": OTHER_KEY, "confirm_password": OTHER_KEY}
    assert house.form("/apiv2/customer.password.json", user=sub, **new) == DONE
    assert (house.form("/api/profile.get.json", sub, KEY), house.smtp(sub, KEY), house.console(sub, KEY)) == DEAD
    assert (house.mail(sub, OTHER_KEY), house.smtp(sub, OTHER_KEY), house.console(sub, OTHER_KEY)) == ALIVE


def test_003_set_username(house: House, sub: str) -> None:
    new = f"new-{sub}"
    given = {"task": "setUsername", "user": sub, "username": new}
    assert house.form("/apiv2/customer.profile.json", **given) == DONE
    assert (house.form("/api/profile.get.json", sub, KEY), house.smtp(sub, KEY), house.console(sub, KEY)) == DEAD
    assert (house.mail(new, KEY), house.smtp(new, KEY), house.console(new, KEY)) == ALIVE


def test_003_delete(house: House, sub: str) -> None:
    clicks = '{"filters": {"clicktrack": {"settings": {"enable": 1}}}}'
    html = '<a href="http://example.com/page">x</a>'
    assert house.mail(sub, KEY, html=html, **{"x-smtpapi": clicks}) == DONE
    (link,) = house.message()["links"]
    assert requests.get(link, allow_redirects=False, timeout=30).headers["Location"] == "http://example.com/page"
    assert house.form("/apiv2/customer.delete.json", user=sub) == DONE
    assert (house.form("/api/profile.get.json", sub, KEY), house.smtp(sub, KEY), house.console(sub, KEY)) == DEAD
    assert requests.get(link, allow_redirects=False, timeout=30).status_code == 404


# 002: credentials


@pytest.mark.parametrize(
    ("row", "bits", "sends", "reads", "looks"),
    [
        ("api=0", {"api": 0}, True, False, True),
        ("email=0", {"email": 0, "api": 1}, False, True, True),
        ("web=0", {"web": 0}, True, True, False),
        ("all by default", {}, True, True, True),
        ("web alone", {"email": 0, "web": 1, "api": 0}, False, False, True),
    ],
)
def test_002_permissions(house: House, row: str, bits: dict[str, int], sends: bool, reads: bool, looks: bool) -> None:
    name = f"cred-{house.name}"
    added = house.form("/api/credentials/add.json", username=name, password=KEY, permissions=json.dumps(bits))
    assert added == DONE
    assert house.mail(name, KEY) == (DONE if sends else NOT_ALLOWED)
    assert house.smtp(name, KEY) == (250 if sends else 535)
    answer = house.form("/api/profile.get.json", name, KEY)
    assert (answer[0]["username"] == house.name) if reads else (answer == NOT_AUTHORISED)
    assert house.console(name, KEY) == (303 if looks else 403)


def test_002_no_credential_sees_account_settings(house: House) -> None:
    name = f"cred-{house.name}"
    house.form("/api/credentials/add.json", username=name, password=KEY)
    with Console(house.server.url) as session:
        session.enter(name, KEY)
        assert session.get("account").status_code == 403
        assert "/console/account" not in session.get("requests").text
    with Console(house.server.url) as session:
        session.enter(house.name, house.key)
        assert session.get("account").status_code == 200


def test_002_no_credential_calls_customer_or_credentials(house: House) -> None:
    name = f"cred-{house.name}"
    house.form("/api/credentials/add.json", username=name, password=KEY)
    assert house.form("/apiv2/customer.profile.json", name, KEY, task="get") == NOT_AUTHORISED
    refused = house.form("/api/credentials/get.json", name, KEY)
    assert refused == {"error": "Permission denied, not authorized"}


def test_002_a_credential_that_manages_the_account_is_no_owner(house: House) -> None:
    name = house.login("credential", "--can-manage-account", name=f"cred-{house.name}")
    assert house.form("/apiv2/customer.profile.json", name, KEY, task="get") == NOT_AUTHORISED
    assert house.form("/api/profile.get.json", name, KEY)[0]["username"] == house.name


def test_002_edit_changes_what_is_given(house: House) -> None:
    name = f"cred-{house.name}"
    house.form("/api/credentials/add.json", username=name, password=KEY, permissions='{"email": 0}')
    house.form("/api/credentials/edit.json", username=name, password=OTHER_KEY)
    assert (house.smtp(name, KEY), house.mail(name, OTHER_KEY)) == (535, NOT_ALLOWED)
    house.form("/api/credentials/edit.json", username=name, permissions='{"email": 1}')
    assert (house.smtp(name, OTHER_KEY), house.mail(name, OTHER_KEY)) == (250, DONE)


# 000 and 001: API users


CMC = ("--time-zone", "UTC", "--role", "admin")


def test_000_lock(house: House) -> None:
    name = house.login("cmc", *CMC)
    reads = {"type": "operation", "start_date": "2014-01-01", "end_date": "2014-01-31"}

    def seen() -> tuple[int, int, int]:
        status, _ = house.cmc("/transaction/v2/auditlogs/list", name, **reads)
        return status, house.cmc_mail(name), house.smtp(name, KEY)

    assert seen() == (200, 200, 250)
    house.run("login", "lock", name)
    assert seen() == (401, 401, 535)
    house.run("login", "unlock", name)
    assert seen() == (200, 200, 250)


@pytest.mark.parametrize(("options", "there"), [((), (200, 535)), (("--transactional",), (401, 250))])
def test_001_enabled(house: House, options: tuple[str, ...], there: tuple[int, int]) -> None:
    name = house.login("dotmailer", *options, name=f"apiuser-{int(house.name[6:]):012x}@apiconnector.com")
    assert (house.dotmailer(name)[0], house.smtp(name, KEY)) == there
    house.run("login", "disable", name)
    assert house.dotmailer(name) == house.dotmailer("nobody") == house.dotmailer(name, OTHER_KEY)
    assert (house.dotmailer(name)[0], house.smtp(name, KEY)) == (401, 535)
    house.run("login", "enable", name)
    assert (house.dotmailer(name)[0], house.smtp(name, KEY)) == there


def test_000_http_api_and_smtp_are_two_gates(house: House) -> None:
    name = house.login("cmc", *CMC)
    reads = {"server_composition": "sandbox", "year": "2014", "month": "1"}

    def seen() -> tuple[int, int, int]:
        return (
            house.cmc("/transaction/v2/statistics/list", name, **reads)[0],
            house.cmc_mail(name),
            house.smtp(name, KEY),
        )

    house.run("login", "edit", name, "--no-http-api")
    assert seen() == (403, 403, 250)
    house.run("login", "edit", name, "--http-api", "--no-smtp")
    assert seen() == (200, 200, 535)


def test_000_admin_and_normal(house: House) -> None:
    admin, normal = house.login("cmc", *CMC), house.login("cmc", "--time-zone", "UTC", "--role", "normal")
    reads = {"type": "operation", "start_date": "2014-01-01", "end_date": "2014-01-31"}
    for name, status in ((admin, 200), (normal, 403)):
        assert house.cmc("/transaction/v2/auditlogs/list", name, **reads)[0] == status
        house.cmc_mail(admin)
        number = house.outbox()[-1]["id"]
        house.admin("POST", f"messages/{number}/events", {"event": "block"})
        (blocked,) = house.cmc("/transaction/v2/blocks/list", admin, server_composition="sandbox")[1]["blocks"][:1]
        given = {"server_composition": "sandbox", "email": blocked["email"]}
        assert house.cmc("/transaction/v2/blocks/cancel", name, **given)[0] == status


def test_000_view_and_download(house: House) -> None:
    lists = {"server_composition": "sandbox", "date": "2014-01-31"}
    for options, viewed, downloaded in (
        (("--reference", "--download"), 200, 200),
        (("--no-reference", "--download"), 403, 200),
        (("--reference", "--no-download"), 200, 403),
    ):
        name = house.login("cmc", *CMC, *options)
        assert house.cmc("/transaction/v2/deliveries/list", name, **lists)[0] == viewed
        statistics = {"server_composition": "sandbox", "year": "2014", "month": "1"}
        assert house.cmc("/transaction/v2/statistics/list", name, **statistics)[0] == viewed
        status, _ = house.cmc("/transaction/v2/unsubscribes/download", name, server_composition="sandbox")
        assert status == downloaded


def today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())


def test_000_own_data_only(house: House) -> None:
    own, all_of_it = house.login("cmc", *CMC, "--own-data-only"), house.login("cmc", *CMC)
    assert house.cmc_mail(own, to="own@example.com") == house.cmc_mail(all_of_it, to="other@example.com") == 200
    for message in house.outbox():
        house.admin("POST", f"messages/{message['id']}/events", {"event": "bounce"})
    sandbox = {"server_composition": "sandbox"}

    def seen(name: str) -> tuple[set[str], int, set[str]]:
        bounces = house.cmc("/transaction/v2/bounces/list", name, **sandbox)[1]["bounces"]
        year, month, _ = today().split("-")
        month_of = {"year": year, "month": str(int(month)), "total": True}
        (total,) = house.cmc("/transaction/v2/statistics/list", name, **sandbox, **month_of)[1]["statistics"]
        blocks = house.cmc("/transaction/v2/blocks/list", name, **sandbox)[1]["blocks"]
        return {row["to"] for row in bounces}, int(total["failed"]), {row["email"] for row in blocks}

    everybody = {"own@example.com", "other@example.com"}
    assert seen(own) == ({"own@example.com"}, 1, everybody)
    assert seen(all_of_it) == (everybody, 2, everybody)


def test_000_time_zone(house: House) -> None:
    # What happens at midnight in Tokyo is of two days, by who asks.
    tokyo = house.login("cmc", "--time-zone", "Asia/Tokyo", "--role", "admin")
    london = house.login("cmc", "--time-zone", "Europe/London", "--role", "admin")
    house.admin("PUT", "clock", {"frozen": "2014-01-31T15:30:00Z"})
    try:
        assert house.cmc_mail(tokyo) == 200

        def seen(name: str, date: str) -> list[str]:
            given = {"server_composition": "sandbox", "date": date}
            return [
                row["created"] for row in house.cmc("/transaction/v2/deliveries/list", name, **given)[1]["deliveries"]
            ]

        assert seen(london, "2014-01-31")[0].startswith("2014-01-31 15:30:00")
        assert seen(tokyo, "2014-02-01")[0].startswith("2014-02-01 00:30:00")
        assert seen(tokyo, "2014-01-31") == []
    finally:
        house.admin("PUT", "clock", {})


#: Kinds with what they want at least, and the status of a call and of SMTP for who is let in.
API_USERS = [
    pytest.param("cmc", CMC, (200, 250), id="cmc"),
    pytest.param("dotmailer", (), (200, 535), id="dotmailer"),
    pytest.param("dotmailer", ("--transactional",), (401, 250), id="transactional"),
]
api_users = pytest.mark.parametrize(("kind", "options", "there"), API_USERS)


@api_users
def test_000_001_delete(house: House, kind: str, options: tuple[str, ...], there: tuple[int, int]) -> None:
    name = house.login(kind, *options, **_name(kind, house))
    assert _doors(house, kind, name, KEY) == there
    house.run("login", "remove", name)
    assert _doors(house, kind, name, KEY) == (401, 535)


def _name(kind: str, house: House) -> dict[str, str]:
    number = next(_numbers)
    return {"name": f"apiuser-{number:012x}@apiconnector.com"} if kind == "dotmailer" else {}


def _doors(house: House, kind: str, name: str, key: str) -> tuple[int, int]:
    status = house.cmc_mail(name, key) if kind == "cmc" else house.dotmailer(name, key)[0]
    return status, house.smtp(name, key)


@api_users
def test_000_001_key_change(house: House, kind: str, options: tuple[str, ...], there: tuple[int, int]) -> None:
    name = house.login(kind, *options, **_name(kind, house))
    house.run("login", "rekey", name, "--password-stdin", stdin=OTHER_KEY)
    assert _doors(house, kind, name, KEY) == (401, 535)
    assert _doors(house, kind, name, OTHER_KEY) == there


@pytest.mark.parametrize("kind", ["cmc", "dotmailer", "smtp2go"])
def test_001_004_description(house: House, kind: str) -> None:
    name = house.login(kind, *(CMC if kind == "cmc" else ()), "--description", "for the shop", **_name(kind, house))
    listed = json.loads(house.run("login", "list", house.name, "--json"))
    assert [(row["login"], row["description"]) for row in listed] == [(name, "for the shop")]
    if kind == "smtp2go":
        (viewed,) = house.smtp2go("users/smtp/view", username=name)["data"]["results"]
        assert viewed["description"] == "for the shop"


# 004: SMTP users


@pytest.fixture
def smtp_user(house: House) -> str:
    name = f"smtp-{house.name}"
    added = house.smtp2go("users/smtp/add", username=name, email_password=KEY)
    assert added["data"]["results"][0]["email_password"] == KEY
    return name


def patch(house: House, name: str, **given: Any) -> dict[str, Any]:
    (user,) = house.smtp2go("users/smtp/edit", "PATCH", username=name, **given)["data"]
    return dict(user)


def test_004_status(house: House, smtp_user: str) -> None:
    assert patch(house, smtp_user, status="blocked")["sending_allowed"] is False
    assert house.smtp(smtp_user, KEY) == 550
    limit = {"custom_ratelimit": True, "custom_ratelimit_value": 1, "custom_ratelimit_period": "1 day"}
    audit = {"audit_email": "audit@example.com"}
    assert patch(house, smtp_user, status="sandbox", **audit, **limit)["sending_allowed"] is True
    assert house.smtp(smtp_user, KEY) == 250
    message = house.message(disposition="sandboxed")
    outcomes = {each["address"]: each["outcome"] for each in message["recipients"]}
    assert outcomes == {"ada@example.com": "sandboxed", "audit@example.com": "delivered"}
    assert house.smtp(smtp_user, KEY) == 450, "what is sandboxed counts"
    assert patch(house, smtp_user, status="allowed", custom_ratelimit=False)["status"] == "allowed"
    assert house.smtp(smtp_user, KEY) == 250
    assert house.outbox()[-1]["disposition"] == "delivered"


def test_004_ratelimit(house: House, smtp_user: str) -> None:
    house.admin("PUT", "clock", {"frozen": "2014-01-31T12:00:00Z"})
    try:
        patch(house, smtp_user, custom_ratelimit=True, custom_ratelimit_value=2, custom_ratelimit_period="1 month")
        assert [house.smtp(smtp_user, KEY) for _ in range(3)] == [250, 250, 450]
        house.admin("DELETE", "messages")
        house.admin("PUT", "clock", {"frozen": "2014-02-28T11:59:59Z"})
        assert house.smtp(smtp_user, KEY) == 450
        house.admin("PUT", "clock", {"frozen": "2014-02-28T12:00:01Z"})
        assert house.smtp(smtp_user, KEY) == 450, "a month before is the 28th of January"
        house.admin("PUT", "clock", {"frozen": "2014-03-01T12:00:01Z"})
        assert house.smtp(smtp_user, KEY) == 250
    finally:
        house.admin("PUT", "clock", {})


def test_004_ip_pool_archive_and_audit(house: House, smtp_user: str) -> None:
    patch(house, smtp_user, ip_pool=7, archive_enabled=True, audit_email="audit@example.com")
    assert house.smtp(smtp_user, KEY) == 250
    message = house.message(archived=True)
    assert message["ip_pool"] == 7
    assert [(each["address"], each["kind"]) for each in message["recipients"]] == [
        ("ada@example.com", "to"),
        ("audit@example.com", "audit"),
    ]
    patch(house, smtp_user, archive_enabled=False, audit_email=None)
    assert house.smtp(smtp_user, KEY) == 250
    assert (len(house.outbox()), len(house.outbox(archived=True))) == (2, 1)


def test_004_feedback(house: House, smtp_user: str) -> None:
    html = '<p>Not for %%EMAIL%%? <a href="%%UNSUBSCRIBE%%">Away</a></p>'
    text = "Not for %%EMAIL%%? %%UNSUBSCRIBE%%"
    patch(house, smtp_user, feedback_enabled=True, feedback_html=html, feedback_text=text)
    assert house.smtp(smtp_user, KEY, ("ada@example.com", "bob@example.com"), html="<body>hello</body>") == 250
    ada, bob = house.message(to="ada@example.com"), house.message(to="bob@example.com")
    assert "Not for ada@example.com?" in ada["html"]
    assert "Not for bob@example.com?" in bob["html"]
    assert requests.get(ada["links"][0], timeout=30).text == "ada@example.com is unsubscribed.\n"
    assert house.smtp(smtp_user, KEY, ("bob@example.com",), text="plain") == 250
    assert "Not for bob@example.com? http" in house.outbox(to="bob@example.com")[-1]["text"]
    patch(house, smtp_user, feedback_domain="feedback.example.com")
    assert house.smtp(smtp_user, KEY, ("bob@example.com",), text="plain") == 250
    assert "http://feedback.example.com/wf/unsubscribe?" in house.outbox()[-1]["text"]


def test_004_open_and_click_tracking(house: House, smtp_user: str) -> None:
    html = '<body><a href="http://example.com/page">x</a></body>'
    assert house.smtp(smtp_user, KEY, html=html) == 250
    assert html in house.outbox()[-1]["html"]
    patch(house, smtp_user, open_tracking_enabled=True)
    assert house.smtp(smtp_user, KEY, html=html) == 250
    opened = house.outbox()[-1]
    assert "/wf/open?upn=" in opened["html"]
    assert opened["links"] == ["http://example.com/page"]
    patch(house, smtp_user, open_tracking_enabled=False, click_tracking_enabled=True)
    assert house.smtp(smtp_user, KEY, html=html) == 250
    clicked = house.outbox()[-1]
    assert "/wf/open?" not in clicked["html"]
    answer = requests.get(clicked["links"][0], allow_redirects=False, timeout=30)
    assert answer.headers["Location"] == "http://example.com/page"


@pytest.mark.parametrize(
    ("setting", "to"), [("from", "shop@example.com"), ("drop", None), ("bounces@example.com", "bounces@example.com")]
)
def test_004_bounce_notifications(house: House, smtp_user: str, setting: str, to: str | None) -> None:
    patch(house, smtp_user, bounce_notifications=setting)
    assert house.smtp(smtp_user, KEY) == 250
    number = house.message()["id"]
    bounced = house.admin("POST", f"messages/{number}/events", {"event": "bounce", "reason": "no such user"})
    assert bounced["recipients"][0]["outcome"] == "bounced"
    notices = house.outbox(via="bounce")
    assert [notice["recipients"][0]["address"] for notice in notices] == ([to] if to else [])
    assert all("ada@example.com could not be delivered: no such user" in notice["text"] for notice in notices)


def test_004_a_notice_of_a_bounce_has_the_headers_alone(house: House, smtp_user: str) -> None:
    patch(house, smtp_user, bounce_notifications="from", audit_email="audit@example.com")
    assert house.smtp(smtp_user, KEY) == 250
    number = house.message()["id"]
    house.admin("POST", f"messages/{number}/events", {"event": "bounce"})
    outcomes = {each["address"]: each["outcome"] for each in house.admin("GET", f"messages/{number}")["recipients"]}
    assert outcomes == {"ada@example.com": "bounced", "audit@example.com": "delivered"}
    (notice,) = house.outbox(via="bounce")
    raw = house.raw(notice["id"])
    (file,) = email.message_from_bytes(raw, policy=policy.default).iter_attachments()
    assert file.get_content_type() == "text/rfc822-headers"
    original = house.raw(number)
    assert file.get_payload(decode=True) == original[: original.index(b"\r\n\r\n") + 4]
    house.admin("POST", f"messages/{number}/events", {"event": "defer", "recipient": "audit@example.com"})
    assert house.admin("GET", f"messages/{number}")["recipients"][1]["outcome"] == "deferred"


def test_004_subaccount_id(house: House, sub: str) -> None:
    (found,) = house.smtp2go("subaccounts/search")["data"]["subaccounts"]
    name = f"theirs-{house.name}"
    added = house.smtp2go("users/smtp/add", username=name, email_password=KEY, subaccount_id=found["id"])
    assert added["data"]["results"][0]["username"] == name
    assert house.smtp2go("users/smtp/view")["data"]["results"] == []
    (viewed,) = house.smtp2go("users/smtp/view", subaccount_id=found["id"])["data"]["results"]
    assert viewed["username"] == name
    assert house.smtp(name, KEY) == 250
    assert house.message(caller=name)["subuser"] == sub
    refused = house.smtp2go("users/smtp/view", subaccount_id="999999999")
    assert "error_code" in refused["data"]
    house.form("/apiv2/customer.disable.json", user=sub)
    assert house.smtp(name, KEY) == 550, "an SMTP user sends no more than its account may"


def test_004_post_resets_what_patch_leaves(house: House, smtp_user: str) -> None:
    patch(house, smtp_user, open_tracking_enabled=True, description="kept", audit_email="audit@example.com")
    assert patch(house, smtp_user)["open_tracking_enabled"] is True
    (reset,) = house.smtp2go("users/smtp/edit", username=smtp_user)["data"]["results"]
    assert (reset["open_tracking_enabled"], reset["description"], reset["audit_email"]) == (False, "", None)
    assert house.smtp(smtp_user, KEY) == 250, "the password stays"
