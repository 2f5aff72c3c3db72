"""/transaction/v2/ and /api/v2/emails/ of Customers Mail Cloud: who is let in to what, how it is refused, what is sent."""

import email
import email.policy
import inspect
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from CustomersMailCloud import CustomersMailCloud
from hypothesis import given
from hypothesis import strategies as st

from cmc import JSON, KEY, ApiUsers, api_user, befall, freeze, listed, path_of
from emulator import PASSWORD, Reply, World, fresh
from generated import budget
from legacygrid.endpoints.cmc import SYSTEM
from legacygrid.models import credentials
from legacygrid.models.login import Login
from legacygrid.registry.operations import Operation, Task
from legacygrid.testing import intercept

TASKS = [
    pytest.param(operation, task, id=operation.name)
    for family in SYSTEM.families
    for operation in family.operations.values()
    for task in operation.tasks.values()
]
every_task = pytest.mark.parametrize(("operation", "task"), TASKS)
every_format = pytest.mark.parametrize("format", ["json", "xml"])

LISTS = ["bounces/list", "deliveries/list", "blocks/list", "unsubscribes/list", "statistics/list"]
DOWNLOADS = ["blocks/download", "unsubscribes/download"]
CHANGES = ["blocks/cancel", "unsubscribes/cancel"]
AUDIT = ["auditlogs/list", "auditlogs/download"]
SENDS = ["emails/send", "emails/bulk"]
EVERYTHING = [*LISTS, *DOWNLOADS, *CHANGES, *AUDIT, *SENDS]
#: Parameters with which every one of them gets past its own checks.
ANY = {
    "server_composition": "te", "date": "2014-01-31", "year": 2014, "month": 1, "email": "blocked@example.com",
    "type": "login", "to": "ada@example.com", "from": "babbage@example.com", "subject": "s", "text": "t",
}  # fmt: skip
#: What any of them looks like that is not refused on the way to its deed.
PASSED = (200, "11-001")


def outcome(reply: Reply) -> int | str:
    """200, or the code of the refusal."""
    code: str = "" if reply.status == 200 else reply.json["errors"][0]["code"]
    return code or reply.status


def example(task: Task, world: World) -> dict[str, Any]:
    """The documented example, on a state that has what it names."""
    for kind, address in (("block", "blocked@example.com"), ("unsubscribe", "unsubscribed@example.com")):
        listed(world, kind, address)
    return dict(task.contract.example)


# Every operation


@every_task
@every_format
@pytest.mark.parametrize("body", ["form", "json"])
def test_example_succeeds(world: World, operation: Operation, task: Task, format: str, body: str) -> None:
    user = api_user(world, role="admin")
    path = operation.name.removeprefix("transaction/")
    reply = getattr(user, "form" if body == "form" else "call")(f"{path}.{format}", **example(task, world))
    assert reply.status == 200, reply.text
    if format == "json":
        assert reply.headers["Content-Type"] == "application/json"
        assert len(reply.json) == 1
    else:
        assert reply.headers["Content-Type"] == "application/xml"
        assert reply.text.startswith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?><')


@every_task
@every_format
def test_wrong_credentials_are_refused(world: World, operation: Operation, task: Task, format: str) -> None:
    user = api_user(world, role="admin")
    for wrong in ({"api_key": "wrong"}, {"api_key": ""}, {"api_user": fresh("nobody")}):
        reply = user.call(f"{operation.name.removeprefix('transaction/')}.{format}", **example(task, world) | wrong)
        assert reply.status == 401
        assert "<code>01-001</code>" in reply.text or '"code":"01-001","field":""' in reply.text


@every_task
def test_is_documented_and_sourced(world: World, operation: Operation, task: Task) -> None:
    assert inspect.getdoc(task.handler)
    assert task.summary.endswith(".")
    assert len(task.contract.evidence.source) > 5
    dialect = world.service.grid.operations[operation.paths[0]].dialect
    for reason in task.contract.refuses:
        for tongue in (dialect, *dialect.translations.values()):
            assert tongue.has_words(reason)
            assert tongue.saying(reason).text


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


@every_task
@budget(30)
@given(data=st.data())
def test_anything_gets_a_clear_answer(own_world: World, operation: Operation, task: Task, data: st.DataObject) -> None:
    if not credentials.of(own_world.account, "cmc").exists():
        api_user(own_world, name=f"{own_world.name}@example.com", role="admin")
    names = st.sampled_from([*task.contract.params(own_world.service.grid.profile), "unknown"])
    sent = data.draw(st.dictionaries(names, _VALUES | _VALUES.map(json.dumps), max_size=6))
    known = {name: value for name, value in ANY.items() if data.draw(st.booleans())}
    user = ApiUsers(own_world, f"{own_world.name}@example.com")
    reply = user.call(f"{operation.name.removeprefix('transaction/')}.json", **known | sent)
    assert reply.status in (200, 400, 413), reply.text
    assert reply.status == 200 or {"code", "field", "message"} == set(reply.json["errors"][0])


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_post(world: World, method: str) -> None:
    reply = world.service.send(method, path_of("blocks/list.json"))
    assert (reply.status, reply.headers["Allow"]) == (405, "POST, OPTIONS")
    assert method == "HEAD" or reply.json["errors"][0]["code"] == "02-003"


# Who may


@pytest.mark.parametrize(
    ("chosen", "refused"),
    [
        ({"role": "admin"}, {}),
        ({"role": "normal"}, dict.fromkeys([*CHANGES, *AUDIT], "01-002")),
        ({"role": "admin", "reference": False}, dict.fromkeys(LISTS, "01-003")),
        ({"role": "admin", "download": False}, dict.fromkeys([*DOWNLOADS, "auditlogs/download"], "01-003")),
        ({"role": "admin", "api": False}, dict.fromkeys(EVERYTHING, "01-002") | dict.fromkeys(SENDS, "01-004")),
        ({"role": "admin", "email": False}, {}),
        ({"role": "admin", "enabled": False}, dict.fromkeys(EVERYTHING, "01-001")),
        # The gate is looked at before the role, the role before the permission.
        ({"role": "normal", "download": False, "reference": False},
         dict.fromkeys([*LISTS, *DOWNLOADS], "01-003") | dict.fromkeys([*CHANGES, *AUDIT], "01-002")),
    ],
)  # fmt: skip
def test_settings_decide_what_is_open(world: World, chosen: dict[str, Any], refused: dict[str, str]) -> None:
    user = api_user(world, **chosen)
    found = {path: outcome(user.call(f"{path}.json", **ANY)) for path in EVERYTHING}
    assert {path: code for path, code in found.items() if code not in PASSED} == refused


def test_the_owner_passes_everything(world: World) -> None:
    owner = ApiUsers(world, world.name, PASSWORD)
    assert {outcome(owner.call(f"{path}.json", **ANY)) for path in EVERYTHING} == set(PASSED)


def test_a_login_of_another_system_is_nobody(world: World) -> None:
    user = ApiUsers(world, world.credential(), "password1")
    assert {outcome(user.call(f"{path}.json", **ANY)) for path in EVERYTHING} == {"01-001"}


def test_a_changed_user_is_known_at_once(world: World) -> None:
    user = api_user(world)
    login = credentials.find(world.account, user.name, kind="cmc")
    for change, code in (
        ({"enabled": False}, "01-001"),
        ({"enabled": True}, 200),
        ({"api": False}, "01-002"),
        ({"api": True}, 200),
        ({"secret": world.service.grid.secrets.hash("another-key1")}, "01-001"),
    ):
        with world.service.grid.store.writing():
            login.change(**change)
        assert outcome(user.call("blocks/list.json", **ANY)) == code
    assert outcome(ApiUsers(world, user.name, "another-key1").call("blocks/list.json", **ANY)) == 200
    with world.service.grid.store.writing():
        Login.delete().where(Login.key == login.key).execute()
    assert outcome(ApiUsers(world, user.name, "another-key1").call("blocks/list.json", **ANY)) == "01-001"


# Refusals


@pytest.mark.parametrize(
    ("path", "changes", "field", "code"),
    [
        ("blocks/list", {"server_composition": ""}, "server_composition", "10-001"),
        ("blocks/list", {"server_composition": None}, "server_composition", "10-001"),
        ("blocks/list", {"server_composition": ["te"]}, "server_composition", "10-002"),
        ("blocks/list", {"r": 101}, "r", "10-003"),
        ("blocks/list", {"r": 0}, "r", "10-003"),
        ("blocks/list", {"p": -1}, "p", "10-002"),
        ("blocks/list", {"p": 1.5}, "p", "10-002"),
        ("blocks/list", {"p": True}, "p", "10-002"),
        ("blocks/list", {"p": "9" * 5000}, "p", "10-003"),
        ("blocks/list", {"removed": "maybe"}, "removed", "10-002"),
        ("blocks/list", {"start_date": "2014-02-30"}, "start_date", "10-002"),
        ("blocks/list", {"start_date": "20140201"}, "start_date", "10-002"),
        ("blocks/list", {"start_date": "0001-01-01"}, "start_date", "10-003"),
        ("blocks/list", {"end_date": "9999-12-31"}, "end_date", "10-003"),
        ("blocks/list", {"start_date": "2014-02-02", "end_date": "2014-02-01"}, "end_date", "10-006"),
        ("blocks/cancel", {"id": 1}, "email", "10-012"),
        ("blocks/cancel", {"email": ""}, "email", "10-012"),
        ("bounces/list", {"status": 12}, "status", "10-003"),
        ("bounces/list", {"status": 0}, "status", "10-003"),
        ("bounces/list", {"date": "", "hour": 3}, "hour", "10-007"),
        ("bounces/list", {"minute": 3}, "minute", "10-008"),
        ("bounces/list", {"search_option": "regex"}, "search_option", "10-003"),
        ("deliveries/list", {"date": ""}, "date", "10-001"),
        ("deliveries/list", {"date": "9998-01-01"}, "date", "10-004"),
        ("deliveries/list", {"status": "bounced"}, "status", "10-003"),
        ("deliveries/list", {"hour": 24}, "hour", "10-003"),
        ("statistics/list", {"month": 13}, "month", "10-003"),
        ("statistics/list", {"year": "two"}, "year", "10-002"),
        ("auditlogs/list", {"type": "both"}, "type", "10-003"),
        ("auditlogs/list", {"start_date": "2014-01-01", "end_date": "2014-02-01"}, "end_date", "10-005"),
        ("emails/send", {"to": "nobody"}, "to", "10-002"),
        ("emails/send", {"to": [{"name": "Ada"}]}, "to", "10-002"),
        ("emails/send", {"to": "[{"}, "to", "10-002"),
        ("emails/send", {"to": []}, "to", "10-001"),
        ("emails/send", {"to": ["a@example.com"] * 11}, "to", "10-009"),
        ("emails/send", {"cc": ["a@example.com"] * 11}, "cc", "10-009"),
        ("emails/send", {"from": ["a@example.com", "b@example.com"]}, "from", "10-009"),
        ("emails/send", {"from": "a@example.com\r\nBcc: b@example.com"}, "from", "10-002"),
        ("emails/send", {"subject": "a\r\nBcc: b@example.com"}, "subject", "10-002"),
        ("emails/send", {"envfrom": "nobody"}, "envfrom", "10-002"),
        ("emails/send", {"replyto": "nobody"}, "replyto", "10-002"),
        ("emails/send", {"text": ""}, "text", "10-011"),
        ("emails/send", {"charset": "klingon"}, "charset", "10-002"),
        ("emails/send", {"headers": {"X-A": "b"}}, "headers", "10-002"),
        ("emails/send", {"headers": [{"name": "To", "value": "b@example.com"}]}, "headers", "10-002"),
        ("emails/send", {"attachments": 1}, "attachments", "10-010"),
        ("emails/send", {"attachments": 11}, "attachments", "10-003"),
        ("emails/send", {"attachment1": "no file"}, "attachment1", "10-002"),
        ("emails/bulk", {"to": ["a@example.com"] * 1001}, "to", "10-009"),
        ("emails/bulk", {"cc": "b@example.com"}, "cc", "10-009"),
    ],
)  # fmt: skip
def test_wrong_parameters(world: World, path: str, changes: dict[str, Any], field: str, code: str) -> None:
    reply = api_user(world, role="admin").call(f"{path}.json", **ANY | changes)
    assert reply.status == 400, reply.text
    assert [(error["field"], error["code"]) for error in reply.json["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "The same header is given more than once: x-a"), ("ja", "同じヘッダーが複数指定されています: x-a")],
)
def test_a_header_that_is_given_twice_is_named(world: World, lang: str, said: str) -> None:
    twice = [{"name": "X-A", "value": "1"}, {"name": "x-a", "value": "2"}]
    for headers in (twice, json.dumps(twice)):
        reply = api_user(world).call("emails/send.json", lang, **ANY | {"headers": headers})
        assert reply.status == 400
        assert reply.json["errors"] == [{"code": "10-013", "field": "headers", "message": said}]


def test_all_that_is_wrong_is_said_together(world: World) -> None:
    reply = api_user(world).call("blocks/list.json", p="x", r=1000)
    assert [error["field"] for error in reply.json["errors"]] == ["server_composition", "p", "r"]


@pytest.mark.parametrize(
    ("language", "is_japanese"),
    [
        ("ja", True), ("ja-JP", True), ("ja,en;q=0.8", True), ("de,ja;q=0.5", True),
        ("en", False), ("en-US,ja;q=0.9", False), ("de", False), ("", False), ("*;q=x,,", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("path", "english"),
    [
        ("blocks/list.json", "This parameter is required."),
        ("auditlogs/list.json", "You are not authorized to use this API."),
        ("no/such.json", "This API does not exist."),
    ],
)
def test_messages_in_two_languages(world: World, path: str, english: str, language: str, is_japanese: bool) -> None:
    (error,) = api_user(world).call(path, lang=language).json["errors"]
    if is_japanese:
        assert error["message"].endswith("。")
    else:
        assert error["message"] == english


def test_errors_in_xml(world: World) -> None:
    reply = api_user(world).call("blocks/list.xml")
    assert reply.text.endswith(
        "?><errors><error><code>10-001</code><field>server_composition</field>"
        "<message>This parameter is required.</message></error></errors>"
    )


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        ("{", JSON, "02-005"),
        ("[]", JSON, "02-005"),
        ("<xml/>", "text/xml", "02-005"),
        ("", JSON, "01-001"),
        ("--x", "multipart/form-data; boundary=y", "02-006"),
    ],
)
def test_bodies_that_are_nothing(world: World, body: str, content_type: str, code: str) -> None:
    reply = world.service.send("POST", path_of("blocks/list.json"), body, {"Content-Type": content_type})
    assert reply.json["errors"][0]["code"] == code


# Mail


def source(world: World, number: int) -> EmailMessage:
    """The mail of that number as it would leave."""
    reply = world.admin("GET", f"messages/{number}/raw")
    assert reply.status == 200, reply.text
    found = email.message_from_bytes(reply.body, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def envelope(world: World, number: int) -> tuple[str, list[tuple[str, str]]]:
    """The sender and the recipients of the mail of that number, with their kinds."""
    told = world.admin("GET", f"messages/{number}").json
    return told["mail_from"], [(each["address"], each["kind"]) for each in told["recipients"]]


ADA = {"name": "Ada Lovelace", "address": "ada@example.com"}
BOB = {"name": "", "address": "bob@example.com"}


@pytest.mark.parametrize(
    ("to", "header"),
    [
        ("ada@example.com", "ada@example.com"),
        (ADA, "Ada Lovelace <ada@example.com>"),
        (json.dumps(ADA), "Ada Lovelace <ada@example.com>"),
        ([ADA, BOB], "Ada Lovelace <ada@example.com>, bob@example.com"),
        (json.dumps([ADA, BOB]), "Ada Lovelace <ada@example.com>, bob@example.com"),
        ([json.dumps(ADA), "bob@example.com"], "Ada Lovelace <ada@example.com>, bob@example.com"),
        ({"name": "エイダ", "address": "ada@example.com"}, "エイダ <ada@example.com>"),
    ],
)
def test_addresses_in_every_spelling(world: World, to: Any, header: str) -> None:
    user = api_user(world)
    assert str(source(world, user.sent(to=to))["To"]) == header
    if isinstance(to, str):
        assert user.form("emails/send.json", **ANY | {"to": to}).status == 200


def test_a_mail_with_everything(world: World) -> None:
    number = api_user(world).sent(
        to=[ADA], cc="cc@example.com", bcc=[BOB], replyto={"name": "R", "address": "reply@example.com"},
        subject="機関", text="計算する", html="<p>計算する</p>", charset="ISO-2022-JP", envfrom="bounce@example.com",
        headers=[{"name": "X-Engine", "value": "analytical"}], api_data="campaign-7",
    )  # fmt: skip
    mail = source(world, number)
    assert (mail["Subject"], mail["X-Engine"], mail["Reply-To"]) == ("機関", "analytical", "reply@example.com")
    assert "bob@example.com" not in mail.as_string()
    assert [part.get_content().strip() for part in mail.iter_parts()] == ["計算する", "<p>計算する</p>"]  # type: ignore[union-attr]
    recipients = [("ada@example.com", "to"), ("cc@example.com", "cc"), ("bob@example.com", "bcc")]
    assert envelope(world, number) == ("bounce@example.com", recipients)
    assert world.admin("GET", f"messages/{number}").json["labels"] == {"api_data": "campaign-7"}


def test_each_of_a_bulk_mail_gets_their_own(world: World) -> None:
    to = [f"reader-{number}@example.com" for number in range(1000)]
    reply = api_user(world).call("emails/bulk.json", **ANY | {"to": to})
    first = int(reply.json["id"])
    assert [str(source(world, number)["To"]) for number in (first, first + 999)] == [to[0], to[-1]]
    assert envelope(world, first)[1] == [(to[0], "to")]
    assert len(world.admin("GET", f"messages?account={world.name}").json["messages"]) == 1000


def test_a_bulk_mail_that_is_too_large_is_refused(world: World) -> None:
    to = [f"reader-{number}@example.com" for number in range(1000)]
    reply = api_user(world).call("emails/bulk.json", **ANY | {"to": to, "text": "x" * 100_000})
    assert (reply.status, outcome(reply)) == (413, "02-008")
    assert world.admin("GET", f"messages?account={world.name}").json["messages"] == []


def test_an_account_with_domains_sends_from_these(world: World) -> None:
    user = api_user(world)
    world.domain("Engine.Example")
    assert outcome(user.send(**{"from": "babbage@example.com"})) == "13-006"
    assert user.send(**{"from": "babbage@example.com"}).json == {
        "errors": [
            {
                "code": "13-006",
                "field": "",
                "message": "Can not send email with specified from address. Please set up DKIM.",
            }
        ]
    }
    assert outcome(user.send(**{"from": "babbage@engine.example"})) == 200


def test_a_disabled_account_sends_nothing(world: World) -> None:
    user = api_user(world)
    world.account.active = False
    with world.service.grid.store.writing():
        world.account.change(active=False)
    reply = user.send()
    assert (reply.status, outcome(reply)) == (403, "01-004")
    assert user.call("blocks/list.json", **ANY).status == 200


# A client of the time, as it is


@pytest.fixture
def client(world: World) -> CustomersMailCloud:
    user = api_user(world)
    client = CustomersMailCloud(user.name, KEY)
    client.trial()
    client.url = client.url.replace("https://sandbox.smtps.jp", world.service.url)
    client.addTo("エイダ", "ada@example.com")
    client.setFrom("Babbage", "babbage@example.com")
    client.setReplyTo("Office", "office@example.com")
    client.subject = "機関"
    client.text = "計算する"
    return client


def test_the_python_client(world: World, client: CustomersMailCloud) -> None:
    client.html = "<p>計算する</p>"
    client.env_from = "bounce@example.com"
    answered = client.send()
    assert list(answered) == ["id"]
    mail = source(world, int(answered["id"]))
    assert (mail["To"], mail["From"], mail["Reply-To"]) == (
        "エイダ <ada@example.com>",
        "Babbage <babbage@example.com>",
        "office@example.com",
    )
    assert envelope(world, int(answered["id"]))[0] == "bounce@example.com"


# It leaves the files open that it sends.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_python_client_with_files(world: World, client: CustomersMailCloud, tmp_path: Path) -> None:
    for name, content in (("notes.txt", b"Note G"), ("engine.bin", bytes(range(256)))):
        (tmp_path / name).write_bytes(content)
        client.addFile(str(tmp_path / name))
    mail = source(world, int(client.send()["id"]))
    assert str(mail["To"]) == "エイダ <ada@example.com>"
    files = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert files == {"notes.txt": b"Note G", "engine.bin": bytes(range(256))}


def test_the_python_client_is_refused(client: CustomersMailCloud) -> None:
    client.api_key = "wrong"
    with pytest.raises(Exception, match="01-001"):
        client.send()


@pytest.mark.parametrize("plan", ["trial", "standard", "pro"])
def test_the_python_client_with_its_own_hosts(client: CustomersMailCloud, plan: str) -> None:
    getattr(client, plan)(*(["analytical-engines"] if plan == "pro" else []))
    assert client.url.startswith("https://")
    with intercept() as emulator:
        client.api_user, client.api_key = emulator.account, emulator.key
        assert list(client.send()) == ["id"]


# Worlds, and what is told of calls


def test_worlds_are_apart(own_world: World, world: World) -> None:
    inside = api_user(own_world)
    assert inside.sent()
    assert outcome(inside.call("blocks/list.json", **ANY)) == 200
    assert outcome(ApiUsers(world, inside.name).call("blocks/list.json", **ANY)) == "01-001"


def test_the_journal_has_no_key(world: World) -> None:
    user = api_user(world)
    user.sent(subject="journalled")
    (call,) = world.journal(operation="emails/send", caller=user.name)
    assert call["params"]["subject"] == "journalled"
    assert KEY not in world.admin("GET", "requests").text


def test_faults_are_worded_by_the_dialect(own_world: World) -> None:
    user = api_user(own_world)
    own_world.admin("POST", "faults", {"operation": "emails/send", "reason": "UnverifiedSender", "times": 1})
    assert outcome(user.send()) == "13-006"
    assert outcome(user.send()) == 200


def test_a_bounced_address_gets_no_more(own_world: World) -> None:
    freeze(own_world, "2014-01-31 12:00:00")
    user = api_user(own_world, role="admin")
    befall(own_world, user.sent(), "bounce", code=2, reason="550 no such user")
    user.sent()
    assert [row["status"] for row in user.rows("bounces/list")] == ["10", "2"]
    assert outcome(user.call("blocks/cancel.json", **ANY | {"email": "ADA@example.com"})) == 200
    user.sent()
    assert len(user.rows("bounces/list")) == 2
