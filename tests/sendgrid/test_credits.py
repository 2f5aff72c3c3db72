"""What credits do to mail: each recipient takes one, and mail without enough of them goes to nobody."""

import json
import smtplib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from emulator import Reply, Service, World, fresh
from legacygrid.models.api_key import ApiKey
from legacygrid.models.names import within
from legacygrid.models.secrets import key_digest
from posting import Talk
from smtp_logins import MAIL, SENDER, TEXT

SECRET = "somepass1"
DONE = '{"message":"success"}'
SPENT = '{"errors":["Maximum credits exceeded"],"message":"error"}'
SPENT_BY_SMTP = "451 Authentication failed: Maximum credits exceeded"
NOON, BEFORE_MIDNIGHT, MIDNIGHT = "2012-06-27T19:00:00Z", "2012-06-28T06:59:59Z", "2012-06-28T07:00:00Z"


@pytest.fixture
def own(posted: tuple[Service, int]) -> World:
    """A world of the test's own, which takes mail by SMTP, too."""
    world = World(posted[0], prefix=f"/~{fresh('world')}")
    freeze(world, NOON)
    return world


def freeze(world: World, at: str) -> None:
    assert world.admin("PUT", "clock", {"frozen": at}).status == 200


def limited(world: World, credits: int, task: str = "total", **params: str) -> str:
    """A subuser with a limit."""
    user = world.add()
    reply = world.call("customer.limit.json", task=task, user=user, credits=credits, **params)
    assert reply.text == DONE
    return user


def left(world: World, user: str) -> int:
    (row,) = world.call("customer.limit.json", task="retrieve", user=user).json
    return int(row["credit_remain"])


def mail(world: World, user: str, *to: str, **params: Any) -> Reply:
    return world.mail(
        **{"api_user": user, "api_key": SECRET, "to[]": list(to or ("ada@example.com",)), "to": []} | params
    )


def names(count: int) -> list[str]:
    return [f"{number}@example.com" for number in range(count)]


# By mail.send


def test_a_credit_that_runs_out_and_comes_back_at_midnight(own: World) -> None:
    user = limited(own, 2, "recurring", period="daily")
    assert mail(own, user, "one@example.com").text == DONE
    assert mail(own, user, "two@example.com").text == DONE
    refused = mail(own, user, "three@example.com")
    assert (refused.status, refused.text) == (400, SPENT)
    message = own.message(to="three@example.com")
    assert (message["disposition"], message["reason"]) == ("refused", "CreditsExceeded")
    (call,) = own.journal(operation="mail.send", outcome="refused")
    assert call["refusal"]["reason"] == "CreditsExceeded"
    freeze(own, BEFORE_MIDNIGHT)
    assert mail(own, user).status == 400
    freeze(own, MIDNIGHT)
    assert (mail(own, user).text, left(own, user)) == (DONE, 1)


def test_credits_come_back_after_a_clock_was_set_back(own: World) -> None:
    """A test sets a limit up, and then the clock to a day that it knows."""
    freeze(own, "2026-11-30T20:00:00Z")
    users = [limited(own, 2, "recurring", period="daily", **more) for more in ({}, {"startdate": "2030-01-01"})]
    freeze(own, "2012-06-27T20:00:00Z")
    for user in users:
        assert [mail(own, user).text, mail(own, user).text, mail(own, user).status] == [DONE, DONE, 400]
    freeze(own, "2012-06-28T20:00:00Z")
    assert [mail(own, user).text == DONE for user in users] == [True, False], "one begins later"
    freeze(own, "2030-01-01T20:00:00Z")
    assert [(mail(own, user).text, left(own, user)) for user in users] == [(DONE, 1)] * 2


def test_credits_that_ran_out_come_back_after_a_clock_was_set_back(own: World, talk: Talk) -> None:
    """As a real period would: not at once, and by the next one."""
    users = [limited(own, 1, "recurring", period="daily") for _ in range(2)]
    assert [mail(own, user).text for user in users] == [DONE, DONE]
    freeze(own, "2011-03-01T20:00:00Z")
    assert mail(own, users[0]).status == 400
    with pytest.raises(AssertionError, match=SPENT_BY_SMTP):
        enter(talk, own, users[1])
    assert [left(own, user) for user in users] == [0, 0]
    freeze(own, "2011-03-02T20:00:00Z")
    assert [(left(own, user), mail(own, user).text) for user in users] == [(1, DONE)] * 2


def test_a_refusal_as_xml(own: World) -> None:
    reply = own.call(
        "mail.send.xml",
        api_user=limited(own, 0),
        api_key=SECRET,
        to="a@b.example",
        subject="s",
        text="t",
        **{"from": "c@d.example"},
    )
    assert (reply.status, reply.text) == (
        400, "<result><message>error</message><errors><error>Maximum credits exceeded</error></errors></result>",
    )  # fmt: skip


def test_all_recipients_or_none(own: World) -> None:
    user = limited(own, 2)
    assert mail(own, user, *names(3)).text == SPENT
    assert left(own, user) == 2
    assert {each["outcome"] for each in own.message()["recipients"]} == {"refused"}
    assert mail(own, user, *names(2)).text == DONE
    assert left(own, user) == 0


#: What 10 credits are after a mail: by its parameters.
PRICES: list[tuple[dict[str, Any], int]] = [
    ({}, 9),
    ({"to[]": names(2), "cc": "c@example.com", "bcc": "b@example.com"}, 6),
    # The same address twice is one recipient; what is no address is none.
    ({"to[]": ["a@example.com", "a@example.com", "nonsense"]}, 9),
    ({"x-smtpapi": json.dumps({"to": names(4)})}, 6),
    ({"x-smtpapi": json.dumps({"to": names(11)})}, 10),
    ({"x-smtpapi": json.dumps({"filters": {"bcc": {"settings": {"enable": 1, "email": "b@example.com"}}}})}, 8),
    ({"x-smtpapi": "{broken"}, 10),
    # Refused for another reason.
    ({"from": ""}, 10),
]


@pytest.mark.parametrize(("params", "remain"), PRICES)
def test_what_a_mail_costs(own: World, params: dict[str, Any], remain: int) -> None:
    user = limited(own, 10)
    mail(own, user, **params)
    assert left(own, user) == remain


def test_the_copy_of_a_monitor_costs_one_more(own: World) -> None:
    user = limited(own, 3)
    monitor = {"name": "watch", "email": "watch@example.com", "frequency": "1"}
    assert own.call("customer.monitor.json", task="create", **monitor).text == DONE
    assert own.call("customer.monitor.json", task="append", name="watch", user=user).text == DONE
    mail(own, user)
    assert left(own, user) == 1
    assert mail(own, user).text == SPENT
    assert left(own, user) == 1


def test_a_recipient_who_gets_nothing_is_paid_for(own: World) -> None:
    user = limited(own, 10)
    mail(own, user)
    number = own.message()["id"]
    assert own.admin("POST", f"messages/{number}/events", {"event": "bounce"}).status == 200
    mail(own, user)
    assert [each["recipients"][0]["outcome"] for each in own.outbox()] == ["bounced", "dropped"]
    assert left(own, user) == 8


def test_only_the_subuser_is_limited(own: World) -> None:
    user, other = limited(own, 0), own.add()
    assert mail(own, user).status == 400
    assert (own.mail().text, mail(own, other).text) == (DONE, DONE)
    own.call("customer.limit.json", task="none", user=user)
    assert mail(own, user).text == DONE


def test_mail_of_another_system_costs_nothing(own: World) -> None:
    """Credits are SendGrid's."""
    user, key = limited(own, 1), fresh("api-key")
    account = type(own.account)
    with own.service.grid.store.writing():
        subuser = account.get(account.username == user)
        ApiKey.create(account=subuser, digest=within(own.account.world, key_digest(key)))
    body = {"api_key": key, "sender": "a@example.com", "to": ["b@example.com"], "subject": "s", "text_body": "t"}
    sent = [
        own.service.send("POST", f"{own.prefix}/v3/email/send", json.dumps(body), {"Content-Type": "application/json"})
        for _ in range(2)
    ]
    assert [each.status for each in sent] == [200, 200], sent[0].body
    assert left(own, user) == 1


def test_mails_at_once_never_take_more_than_there_is(own: World) -> None:
    user = limited(own, 5)
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda number: mail(own, user, f"{number}@example.com"), range(12)))
    assert sorted(each.text for each in replies) == sorted([SPENT] * 7 + [DONE] * 5)
    assert left(own, user) == 0


# By SMTP


def enter(talk: Talk, world: World, user: str) -> None:
    talk.enter(f"{world.prefix[1:]}/{user}", SECRET)


def test_smtp_lets_nobody_in_without_credits(own: World, posted: tuple[Service, int]) -> None:
    user = limited(own, 1, "recurring", period="daily")
    mail(own, user)
    with smtplib.SMTP("127.0.0.1", posted[1]) as client, pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        client.login(f"{own.prefix[1:]}/{user}", SECRET)
    assert (refused.value.smtp_code, refused.value.smtp_error) == (451, SPENT_BY_SMTP[4:].encode())
    calls = own.journal(operation="smtp", outcome="refused")
    assert {(each["task"], each["status"], each["refusal"]["reason"]) for each in calls} == {
        ("AUTH", 451, "CreditsExceeded")
    }
    freeze(own, MIDNIGHT)
    with Talk(posted[1]) as talk:
        enter(talk, own, user)
        assert talk.say(MAIL) == SENDER


def test_a_wrong_password_is_said_first(own: World, talk: Talk) -> None:
    user = limited(own, 0)
    with pytest.raises(AssertionError, match="535 Authentication failed: Bad username / password"):
        talk.enter(f"{own.prefix[1:]}/{user}", "wrong")


def test_smtp_takes_no_mail_that_cannot_be_paid_for(own: World, talk: Talk) -> None:
    user = limited(own, 2)
    enter(talk, own, user)
    split = b'X-SMTPAPI: {"to": ["1@example.com", "2@example.com", "3@example.com"]}\r\n' + TEXT
    assert talk.post(split) == SPENT_BY_SMTP
    assert left(own, user) == 2
    assert {each["reason"] for each in own.outbox()} == {"CreditsExceeded"}
    assert talk.post(TEXT).startswith("250 ")
    assert talk.post(TEXT).startswith("250 ")
    assert talk.say(MAIL) == SPENT_BY_SMTP
    assert left(own, user) == 0
    assert own.call("customer.limit.json", task="increment", user=user, credits="1").text == DONE
    assert talk.post(TEXT).startswith("250 ")
