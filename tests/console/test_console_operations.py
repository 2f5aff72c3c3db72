"""The console's operations: each is described, and can be tried."""

import html
import json
import re
from typing import Any

import pytest

from browser import Visit
from calls import every_task, prepare, takes_forms
from emulator import NEW, PASSWORD, World, fresh
from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.claims import Proven
from legacygrid.auth.principal import Principal
from legacygrid.console.documented import draw
from legacygrid.models import subusers
from legacygrid.models.login import Login
from legacygrid.registry.operations import Operation, Task
from legacygrid.serializers.json_types import Literals, MapOf, to_schema
from legacygrid.serializers.profiles import profile
from legacygrid.wsgi.environ_keys import PROVEN
from sessions import Console, owner_at

_STATUS = re.compile(r"<h2 id=\"answer\">.*?<pre><code>(\d+)", re.DOTALL)
_BODY = re.compile(r"<h2 id=\"answer\">.*?</pre>\s*<pre><code>(.*?)</code></pre>", re.DOTALL)
_NUMBER = re.compile(r'/console/requests/(\d+)">call')


def at(name: str, task: str = "") -> str:
    return f"operations/{name}" + (f"?task={task}" if task else "")


def tried(visitor: Console, name: str, task: str = "", **form: Any) -> tuple[int, str, int]:
    """What a form answers: status, body, and the call's number."""
    reply = visitor.post(at(name, task), **{f"parameter-{key}": value for key, value in form.items()})
    assert reply.status_code == 200, reply.text
    status, body, number = (found.search(reply.text) for found in (_STATUS, _BODY, _NUMBER))
    assert status
    assert body
    assert number
    return int(status[1]), html.unescape(body[1]), int(number[1])


def given(world: World, operation: Operation, task: Task) -> dict[str, Any]:
    """The example, on a state that has what it names."""
    params = prepare(world, operation, task)
    params.pop("task" if takes_forms(operation) else "", None)
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}


#: What JSON looks like, and how a page draws it.
DRAWN: list[tuple[Any, str]] = [
    (str, "string"),
    ((int, None), "integer | null"),
    (Literals(("daily", "weekly")), '"daily" | "weekly"'),
    ([{"id": int, "name?": str}], '[{"id": integer, "name": string}]'),
    (MapOf(int), "{...: integer}"),
    (({"a": int}, [str]), '{"a": integer} | [string]'),
    (object, "any"),
    (
        {"a_long_name": str, "another_long_name": str, "a_third_one": int},
        '{\n  "a_long_name": string,\n  "another_long_name": string,\n  "a_third_one": integer\n}',
    ),
    (
        [{"a_long_name": str, "another_long_name": str, "of": [{"x": int}]}],
        '[\n  {\n    "a_long_name": string,\n    "another_long_name": string,\n    "of": [{"x": integer}]\n  }\n]',
    ),
]


@pytest.mark.parametrize(("looks", "drawn"), DRAWN, ids=[drawn[:20] for _, drawn in DRAWN])
def test_what_json_looks_like(looks: Any, drawn: str) -> None:
    assert draw(to_schema(looks)) == drawn


def test_an_operation_tells_what_it_answers(own_world: World) -> None:
    visitor = owner_at(own_world)
    page = html.unescape(visitor.page(at("customer.limit", "total")))
    assert '{"message": "success"}' in page
    assert "<code>integer</code>" in page
    linked = visitor.get("openapi/sendgrid.json")
    assert linked.json()["info"]["title"] == "SendGrid"
    assert visitor.get("openapi/nobody.json").status_code == 404


@every_task
def test_every_example_can_be_tried(own_world: World, operation: Operation, task: Task) -> None:
    visitor = owner_at(own_world)
    page = visitor.page(at(operation.name, task.name), example=1)
    assert task.summary in page
    assert task.contract.evidence.source in page
    assert all(f"<code>{name}</code>" in page for name in task.contract.params(profile()))
    token = visitor.token()
    nothing = visitor.post(at(operation.name, task.name), token, number="1", proof=PASSWORD)
    assert _STATUS.search(nothing.text), "whatever is missing, the system itself says so"
    form = {f"parameter-{name}": value for name, value in given(own_world, operation, task).items()}
    form |= {"number": str(own_world.account.id), "proof": PASSWORD}
    reply = visitor.post(at(operation.name, task.name), token, **form)
    found = _STATUS.search(reply.text)
    assert found, reply.text
    assert found[1] == str(task.contract.status), reply.text
    call = own_world.journal(operation=operation.name)[-1]
    assert (call["task"], call["outcome"], call["caller"]) == (task.name, "done", own_world.name)
    assert f"/console/requests/{call['id']}" in reply.text


def test_walk(visit: Visit, own_world: World) -> None:
    page = visit.enter(own_world.name)
    page.get_by_role("link", name="Operations", exact=True).click()
    visit.check()
    page.get_by_role("link", name="customer.add").click()
    assert page.get_by_role("heading", level=1).inner_text() == "customer.add"
    page.get_by_role("link", name="Fill in the example").click()
    assert page.get_by_label("first_name", exact=True).input_value() == "Ada"
    assert page.get_by_label("password", exact=True).input_value() == ""
    page.get_by_label("password", exact=True).fill("analytical1")
    page.get_by_label("confirm_password", exact=True).fill("analytical1")
    page.get_by_role("button", name="Make the call").click()
    assert page.get_by_role("heading", name="The answer").is_visible()
    assert '"message": "success"' in page.locator("pre").nth(1).inner_text()
    assert page.get_by_label("password", exact=True).input_value() == ""
    visit.check()
    assert [row["username"] for row in own_world.rows()] == ["ada"]
    page.get_by_role("link", name="among the requests").click()
    assert (
        page.get_by_role("heading", level=1).inner_text()
        == f"Call {own_world.journal(operation='customer.add')[0]['id']}"
    )
    page.get_by_role("link", name="customer.add", exact=True).click()
    assert page.get_by_role("heading", name="Try it").is_visible()


def test_tasks_formats_and_json(own_world: World) -> None:
    visitor = owner_at(own_world)
    name = own_world.add(first_name="<script>alert(1)</script>")
    status, body, _ = tried(visitor, "customer.profile", "get", username=name)
    assert (status, json.loads(body)[0]["username"]) == (200, name)
    reply = visitor.post(at("customer.profile", "get"), format="xml")
    assert "<script>alert" not in reply.text
    assert "&lt;username&gt;" in reply.text
    assert tried(visitor, "customer.profile", "set", user=name, city="Engines")[0] == 200
    assert own_world.row(name)["city"] == "Engines"
    answer = visitor.post(at("customer.profile", "set"), **{"parameter-user": name, "further": "city=\r\nzip=1=2"})
    assert _STATUS.search(answer.text)
    assert (own_world.row(name)["city"], own_world.row(name)["zip"]) == ("", "1=2")
    status, _, number = tried(
        visitor, "smtp2go/subaccounts/search", search_terms='["x"]', page_size="x", fuzzy_search="true"
    )
    assert status == 400
    assert own_world.journal()[-1]["id"] == number
    assert own_world.journal()[-1]["params"] == {"search_terms": ["x"], "page_size": "x", "fuzzy_search": True}
    assert tried(visitor, "smtp2go/users/smtp/edit", "PATCH", username="nobody")[0] == 400


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ({"further": "no equals sign"}, "Enter each line as NAME=VALUE."),
        ({"further": "=x"}, "Enter each line as NAME=VALUE."),
        ({"format": "yaml"}, "Not a valid choice."),
    ],
)
def test_wrong_forms_call_nothing(own_world: World, form: dict[str, str], text: str) -> None:
    reply = owner_at(own_world).post(at("profile.get"), **form)
    assert reply.status_code == 422
    assert text in html.unescape(reply.text)
    assert "The call was not made" in reply.text
    assert own_world.journal(operation="profile.get") == []


@pytest.mark.parametrize("number", ["", "x", "../../__admin/reset", "1/2", "\u0663", "9" * 30])
def test_a_number_in_a_path_is_one(own_world: World, number: str) -> None:
    reply = owner_at(own_world).post(at("dotmailer/accounts/*/api-users"), number=number)
    assert reply.status_code == 422
    assert own_world.journal() == []


@pytest.mark.parametrize(
    "value", ["\0", "\ud7ff\x1b", "x" * 100_000, "9" * 5000, "[" * 5000, "<script>alert(1)</script>"]
)
@pytest.mark.parametrize(
    "path", ["customer.add", "smtp2go/users/smtp/add", "emails/send", "dotmailer/accounts/*/api-users"]
)
def test_any_value_has_a_clear_page(own_world: World, path: str, value: str) -> None:
    (task,) = own_world.service.grid.operations[_place(own_world, path)].tasks.values()
    form = {f"parameter-{name}": value for name in task.schema.fields} | {"further": f"x={value}"}
    reply = owner_at(own_world).post(at(path), **form)
    assert reply.status_code in (200, 422), reply.text
    assert "<script>alert" not in reply.text


def _place(world: World, name: str) -> str:
    return next(path for path, route in world.service.grid.operations.items() if route.operation.name == name)


@pytest.mark.parametrize("path", ["operations/nothing", "operations/customer.profile?task=x", "operations/../x"])
def test_no_such_operation(own_world: World, path: str) -> None:
    assert owner_at(own_world).get(path).status_code == 404


def test_no_password_is_rendered(own_world: World) -> None:
    visitor = owner_at(own_world)
    form = {"parameter-username": "x", "parameter-password": "hush-hush-1", "parameter-confirm_password": "hush-hush-2"}
    reply = visitor.post(at("customer.add"), **form)
    assert "does not match" in html.unescape(reply.text)
    assert "hush-hush" not in reply.text
    assert "hush-hush" not in visitor.post(at("customer.add"), **form, further="wrong").text


def test_a_long_answer_is_cut(own_world: World) -> None:
    with own_world.service.grid.store.writing():
        for number in range(1000):
            subusers.add(own_world.account, f"sub{number}", "x", email="x@example.com", company="y" * 100)
    page = owner_at(own_world).post(at("customer.profile", "get"))
    assert "The answer is longer" in page.text
    body = _BODY.search(page.text)
    assert body
    assert len(html.unescape(body[1])) == 64_000
    # What was read is let go: others write.
    own_world.add()


def test_faults_strike_and_the_wire_is_told(own_world: World) -> None:
    visitor = owner_at(own_world)
    for effect, text in (
        ({"delay": 20.5}, "delayed this answer by 20.5 s"),
        ({"truncate": 7}, "cut this answer after 7 bytes"),
        ({"reset": "after"}, "reset the connection"),
    ):
        own_world.admin("POST", "faults", {"operation": "profile.get", "times": 1, **effect})
        reply = visitor.post(at("profile.get"))
        assert text in reply.text
        assert own_world.journal()[-1]["outcome"] == "fault"
    own_world.admin("POST", "faults", {"operation": "profile.get", "reason": "NotAuthorised"})
    assert own_world.account.username not in tried(visitor, "profile.get")[1]


def test_half_a_character_in_an_answer(own_world: World) -> None:
    own_world.admin(
        "POST", "faults", {"operation": "profile.get", "times": 1, "status": 200, "body": r'{"a": "\ud800"}'}
    )
    assert tried(owner_at(own_world), "profile.get")[0] == 200


# Who


def test_each_calls_as_they_may(own_world: World) -> None:
    credential = Console(own_world).enter(own_world.credential(permissions='{"email": 0}'), "password1")
    page = credential.page(at("customer.add"))
    assert "You may not call this operation: it is for primary." in page
    _, body, number = tried(credential, "customer.profile", "get")
    assert "Permission denied" in body or "not authorized" in body.lower(), body
    assert own_world.journal()[-1]["refusal"]["reason"] == "NotAuthorised"
    assert credential.get(f"requests/{number}").status_code == 200
    assert tried(credential, "profile.get")[0] == 200
    tried(credential, "mail.send", to="a@example.com", subject="x", text="x", **{"from": "b@example.com"})
    assert own_world.journal()[-1]["refusal"]["reason"] == "MailNotAllowed"
    tried(credential, "smtp2go/users/smtp/view")
    assert own_world.journal()[-1]["refusal"]["reason"] == "WrongCredentials"


def test_a_subuser_calls_as_itself(own_world: World) -> None:
    name = own_world.add()
    subuser = Console(own_world).enter(name, NEW["password"])
    status, body, _ = tried(subuser, "profile.get")
    assert (status, json.loads(body)[0]["username"]) == (200, name)
    tried(subuser, "customer.delete", user=name)
    assert own_world.journal()[-1]["refusal"]["reason"] == "NotAuthorised"


def test_the_call_is_in_the_visitors_world(own_world: World) -> None:
    tried(owner_at(own_world), "customer.add", **{**NEW, "username": "ada"})
    (call,) = own_world.journal(operation="customer.add")
    assert call["world"] == own_world.prefix.removeprefix("/~")
    other = World(own_world.service, prefix=f"/~{fresh('world')}")
    assert other.rows() == []
    assert [row["username"] for row in own_world.rows()] == ["ada"]


def test_the_audit_log_has_it(own_world: World) -> None:
    visitor = owner_at(own_world)
    prepare_list = {"server_composition": "te", "email": "x@example.com"}
    tried(visitor, "transaction/blocks/cancel", **prepare_list)
    entries = own_world.service.grid.audit.entries(own_world.account, "login")
    # The log-in of the visit, and that of the call.
    assert [entry.result for entry in entries] == ["success", "success"]


def test_a_password_that_is_set_ends_the_visit(own_world: World) -> None:
    visitor = owner_at(own_world)
    new = {"parameter-password": "difference2", "parameter-confirm_password": "difference2"}
    for proof in ({}, {"proof": "wrong"}):
        refused = visitor.post(at("password.set"), **new, **proof)
        assert (refused.status_code, "That is not your password." in refused.text) == (422, True)
        assert own_world.call("profile.get.json").json[0]["username"] == own_world.name
    assert _STATUS.search(visitor.post(at("password.set"), **new, proof=PASSWORD).text)[1] == "200"  # type: ignore[index]
    assert "/console/login" in visitor.get("operations").headers["Location"]


def test_nobody_calls_nothing(own_world: World) -> None:
    visitor = owner_at(own_world)
    forged = visitor.session.post(f"{visitor.root}{at('customer.delete')}", data={"parameter-user": "x"}, timeout=30)
    assert forged.status_code == 400
    visitor.session.cookies.clear()
    assert "/console/login" in visitor.get(at("customer.add")).headers["Location"]
    assert visitor.session.post(f"{visitor.root}{at('customer.add')}", timeout=30).status_code == 400
    assert own_world.journal() == []


# The proof


def proven(world: World) -> Proven:
    with world.service.grid.store.reading():
        return Proven(Principal(Login.owner_of(world.account), world.account))


@pytest.mark.parametrize("name", [PROVEN, PROVEN.title(), "Legacygrid-Proven", "Wsgi.Legacygrid.Proven"])
def test_no_client_brings_a_proof(own_world: World, name: str) -> None:
    for target in ("api/profile.get.json", "v2/account-info"):
        reply = own_world.service.send(
            "GET",
            f"{own_world.prefix}/{target}?{name}={own_world.name}",
            headers={name: own_world.name, "Cookie": f"{name}=1"},
        )
        assert own_world.name not in reply.text
        assert own_world.journal()[-1]["refusal"]["reason"] == "WrongCredentials"


def test_a_proof_is_looked_at_again(own_world: World) -> None:
    claim, grid = proven(own_world), own_world.service.grid
    attempt, elsewhere = grid.attempt(own_world.prefix.removeprefix("/~"), ""), grid.attempt("", "")
    with own_world.service.grid.store.reading():
        assert authentication.authenticate(claim, attempt).login.name == own_world.name
        with pytest.raises(reasons.WrongCredentials):
            authentication.authenticate(claim, elsewhere)
        assert authentication.find_claimed(claim, "") is None
    with own_world.service.grid.store.writing():
        Login.owner_of(own_world.account).change(enabled=False)
    with own_world.service.grid.store.reading(), pytest.raises(reasons.WrongCredentials):
        authentication.authenticate(claim, attempt)
    with own_world.service.grid.store.writing():
        Login.owner_of(own_world.account).change(enabled=True, secret=grid.secrets.hash("another-one-2"))
    with own_world.service.grid.store.reading(), pytest.raises(reasons.WrongCredentials):
        authentication.authenticate(claim, attempt)


def test_operations_are_searched(own_world: World) -> None:
    with owner_at(own_world) as owner:
        page = owner.page("operations", search="CUSTOMER.profile setusername")
        assert page.count("<tbody>") == 1
        assert "customer.<wbr>profile setUsername" in page
        assert "customer.<wbr>add" not in page
        everything = owner.page("operations")
        for system in re.findall(r'<li><a href="#([^"]+)">', everything):
            assert f'<h2 id="{system}">' in everything
        assert "No operation matches" in owner.page("operations", search="nothing-has-this")
