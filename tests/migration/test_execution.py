"""A row is carried out: what is asked in which order, what is read of answers, what is taken back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from legacygrid.migration import table
from legacygrid.migration.evaluation import MissingNeed
from legacygrid.migration.execution import MigrationError, NoAnswer, NoTarget, RefusedInV3, UnknownInV3, execute
from legacygrid.migration.inputs import MissingParameter
from legacygrid.migration.requests import V3Answer, V3Request

NOW = datetime(2013, 7, 2, 12, tzinfo=UTC)


class Desk:
    """Answers requests by a table, and remembers them."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.bodies: list[Any] = []

    def send(self, request: V3Request) -> V3Answer:
        on_behalf = f" [{request.on_behalf_of}]" if request.on_behalf_of else ""
        self.asked.append(f"{request.verb} {request.target.removeprefix('/v3/')}{on_behalf}")
        self.bodies.append(request.body)
        answer = self.answers.get(f"{request.verb} {request.path.removeprefix('/v3/')}", V3Answer(200, {}))
        found = answer(request) if isinstance(answer, Callable) else answer
        return found if isinstance(found, V3Answer) else V3Answer(200, found)


def run(desk: Desk, operation: str, task: str = "", needs: Any = None, **params: Any) -> Any:
    row = table.find(operation, task, params)
    assert row
    return execute(row, params, desk.send, needs, NOW)


ADA = {"username": "ada", "email": "ada@example.com", "password": "analytical1", "city": "London"}
DOMAINS = [
    {"id": 7, "subdomain": "em", "domain": "example.org"},
    {"id": 8, "subdomain": "em", "domain": "example.com"},
]


def test_a_subuser_is_made_in_steps() -> None:
    desk = Desk(**{"GET whitelabel/domains": DOMAINS})
    assert run(desk, "customer.add", **ADA, mail_domain="em.example.com", needs={"ips": ["192.0.2.1"]}) is None
    assert desk.asked == [
        "GET whitelabel/domains?limit=500&offset=0",
        "POST subusers",
        "PATCH user/profile [ada]",
        "POST whitelabel/domains/8/subuser",
    ]
    assert desk.bodies[1] == {
        "username": "ada",
        "email": "ada@example.com",
        "password": "analytical1",
        "ips": ["192.0.2.1"],
    }
    assert desk.bodies[2:] == [{"city": "London"}, {"username": "ada"}]


def test_what_was_half_done_is_taken_back() -> None:
    desk = Desk(**{"PATCH user/profile": V3Answer(500)})
    with pytest.raises(RefusedInV3) as caught:
        run(desk, "customer.add", **ADA)
    assert desk.asked == ["POST subusers", "PATCH user/profile [ada]", "DELETE subusers/ada"]
    assert [each.verb for each in caught.value.undone] == ["DELETE"]
    assert (caught.value.left, caught.value.answer.status) == ([], 500)


def test_what_cannot_be_taken_back_is_told() -> None:
    desk = Desk(**{"PATCH user/profile": V3Answer(500), "DELETE subusers/ada": V3Answer(503)})
    with pytest.raises(RefusedInV3) as caught:
        run(desk, "customer.add", **ADA)
    assert caught.value.undone == []
    assert [each.template for each in caught.value.left] == ["/v3/subusers/{username}"]


def test_a_request_without_an_answer_is_named_and_not_taken_back_itself() -> None:
    def fail(request: V3Request) -> V3Answer:
        raise ConnectionResetError

    desk = Desk(**{"POST subusers": fail})
    with pytest.raises(NoAnswer) as caught:
        run(desk, "customer.add", **ADA)
    assert desk.asked == ["POST subusers"]
    assert caught.value.request.template == "/v3/subusers"
    assert "analytical1" not in repr(caught.value.request)


def test_what_the_call_lacks_shows_before_anything_is_asked() -> None:
    desk = Desk()
    with pytest.raises(MissingParameter, match="email"):
        run(desk, "customer.add", username="ada", password="analytical1")
    with pytest.raises(MissingNeed, match="old_password"):
        run(desk, "password.set", password="analytical2")
    with pytest.raises(MissingParameter, match="credits"):
        run(desk, "customer.limit", "recurring", user="ada", credits="many", period="daily")
    with pytest.raises(NoTarget, match="old one"):
        run(desk, "customer.password", user="ada", password="analytical2")
    with pytest.raises(NoTarget, match="Marketing"):
        run(desk, "newsletter/add")
    assert desk.asked == []


def list_pages(count: int) -> Callable[[V3Request], Any]:
    """A list of so many subusers, page by page."""
    people = [{"username": f"u{n}", "email": f"u{n}@example.com", "disabled": n % 2 == 0} for n in range(count)]

    def answer(request: V3Request) -> Any:
        query = dict(request.query)
        first = int(query["offset"])
        return people[first : first + min(500, int(query["limit"]))]

    return answer


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (499, 1), (500, 2), (1001, 3)])
def test_lists_are_read_to_their_end(count: int, pages: int) -> None:
    desk = Desk(**{"GET subusers": list_pages(count), "GET user/profile": {"city": "Paris"}})
    found = run(desk, "customer.profile", "get")
    assert len(found) == count
    assert len(desk.asked) == pages + count
    assert all(each["city"] == "Paris" for each in found)


def test_filters_of_a_list_come_before_what_is_asked_for_each() -> None:
    desk = Desk(**{"GET subusers": list_pages(30), "GET user/profile": {"city": "Paris"}})
    assert [each["username"] for each in run(desk, "customer.profile", "get", username="U1", active="1", city="")] == [
        "u1", "u11", "u13", "u15", "u17", "u19",
    ]  # fmt: skip
    assert len(desk.asked) == 7
    assert run(desk, "customer.profile", "get", email="u1@", city="rome") == []


KEYS = {"result": [{"name": "sender", "api_key_id": "k1"}, {"name": "other", "api_key_id": "k2"}]}


def test_scopes_that_are_not_named_stay() -> None:
    for details in ({"result": [{"scopes": ["mail.send", "ips.read"]}]}, {"scopes": ["mail.send", "ips.read"]}):
        desk = Desk(**{"GET api_keys": KEYS, "GET api_keys/k1": details})
        run(desk, "credentials/edit", username="sender", permissions='{"email": 0, "api": 1}')
        assert desk.asked[2:] == ["PUT api_keys/k1"]
        scopes = ["ips.read", "user.profile.read", "user.profile.update"]
        assert desk.bodies[2] == {"name": "sender", "scopes": scopes}


def test_no_key_is_left_without_scopes_as_it_might_do_everything() -> None:
    details = {"result": [{"scopes": ["mail.send"]}]}
    desk = Desk(**{"GET api_keys": KEYS, "GET api_keys/k1": details})
    for operation, password in (("credentials/edit", {}), ("credentials/edit", {"password": "sending2"})):
        with pytest.raises(MissingParameter, match="permissions"):
            run(desk, operation, username="sender", permissions='{"email": 0}', **password)
    with pytest.raises(MissingParameter, match="permissions"):
        run(desk, "credentials/add", username="sender", permissions='{"email": 0, "api": 0}')
    assert {each.partition(" ")[0] for each in desk.asked} == {"GET"}


def test_a_new_key_goes_if_the_old_one_cannot() -> None:
    answers = {
        "GET api_keys": KEYS,
        "GET api_keys/k1": {"result": [{"scopes": ["mail.send"]}]},
        "POST api_keys": V3Answer(201, {"api_key": "SG.a.b", "api_key_id": "k3"}),
        "DELETE api_keys/k1": V3Answer(500),
    }
    desk = Desk(**answers)
    with pytest.raises(MigrationError):
        run(desk, "credentials/edit", username="sender", password="sending2")
    assert desk.asked[-2:] == ["DELETE api_keys/k1", "DELETE api_keys/k3"]
    with pytest.raises(UnknownInV3, match="key"):
        run(desk, "credentials/remove", username="nobody")


@pytest.mark.parametrize(
    ("hooks", "asked"),
    [
        ([], "POST user/webhooks/event/settings [ada]"),
        ([{"id": "h1", "url": "https://example.com"}], "PATCH user/webhooks/event/settings/h1 [ada]"),
    ],
)
def test_the_url_of_events_makes_no_second_webhook(hooks: list[Any], asked: str) -> None:
    desk = Desk(**{"GET user/webhooks/event/settings/all": {"webhooks": hooks}})
    run(desk, "customer.eventposturl", "set", user="ada", url="example.com/events")
    assert desk.asked[1:] == [asked]
    assert desk.bodies[1]["url"] == "http://example.com/events"
    run(desk, "customer.eventposturl", "delete", user="ada")
    assert len(desk.asked) == 3 + len(hooks)


@pytest.mark.parametrize(("use", "found"), [("all", "abcd"), ("free", "a"), ("taken", "bcd"), ("available", "ac")])
def test_addresses_by_their_use(use: str, found: str) -> None:
    ips = [{"ip": "a", "subusers": []}, {"ip": "b", "subusers": ["x", "y"]}]
    ips += [{"ip": "c", "subusers": ["x"]}, {"ip": "d", "subusers": ["y"]}]
    people = [{"username": "x", "disabled": True}, {"username": "y", "disabled": False}]
    desk = Desk(**{"GET ips": ips, "GET subusers": people})
    assert [each["ip"] for each in run(desk, "customer.ip", list=use)] == list(found)
    run(desk, "customer.sendip", "append", user="ada", set="all")
    assert desk.bodies[-1] == list("abcd")


def test_the_sign_of_credits_and_the_end_of_recurring() -> None:
    for type, asked in (("recurring", 3), ("nonrecurring", 2)):
        desk = Desk(**{"GET subusers/ada/credits": {"type": type, "remain": 7}})
        run(desk, "customer.limit", "decrement", user="ada", credits="5")
        assert len(desk.asked) == asked
        assert desk.bodies[-1] == {"allocation_update": -5}
        assert asked == 2 or desk.bodies[1] == {"type": "nonrecurring", "total": 7}


ENTRIES = [
    {"email": "a@example.com", "status": "5.1.1"},
    {"email": "b@example.com", "status": "4.0.0"},
]


def test_entries_by_day_and_type() -> None:
    desk = Desk(**{"GET suppression/bounces": ENTRIES})
    assert run(desk, "bounces.count", type="soft") == 1
    found = run(desk, "bounces.get", days="2", end_date="2013-07-01", email="a@example.com")
    assert found == ENTRIES[:1]
    # Midnight in California, where it was July 2 at the time.
    assert desk.asked[1] == "GET suppression/bounces?start_time=1372662000&end_time=1372748399&limit=500&offset=0"
    run(desk, "bounces.delete", type="hard")
    assert desk.bodies[-1] == {"emails": ["a@example.com"]}
    desk.asked.clear()
    run(desk, "bounces.get", "", limit="9000", offset="1")
    assert desk.asked == ["GET suppression/bounces?limit=500&offset=1"]


def test_deleting_all_unsubscribes_is_a_request_each() -> None:
    desk = Desk(**{"GET suppression/unsubscribes": ENTRIES})
    run(desk, "unsubscribes.delete", delete_all="1")
    assert desk.asked[1:] == [f"DELETE asm/suppressions/global/{each['email']}" for each in ENTRIES]
