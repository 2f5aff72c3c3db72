"""What the apps do to mail, each as a test of somebody's would see it: set up by a call, seen in the outbox."""

import json
import smtplib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app_mail import ADA, BOB, by_recipient, set_up
from emulator import PASSWORD, Service, World, parsed
from legacygrid.mail.mime.campaigns import tag
from legacygrid.mail.mime.spam import GTUBE
from receiver import flush, posts, receiving

DONE = '{"message":"success"}'
HTML = '<body><a href="http://example.com/page">x</a></body>'


def filters(**apps: Any) -> dict[str, str]:
    """The parameter that switches apps for one mail."""
    return {"x-smtpapi": json.dumps({"filters": {name: {"settings": each} for name, each in apps.items()}})}


def test_nothing_is_done_without_apps(own_world: World) -> None:
    own_world.mail(html=HTML)
    found = own_world.message()
    assert (found["text"].strip(), found["html"].strip()) == ("hello", HTML)


def test_clicktrack(own_world: World) -> None:
    set_up(own_world, "clicktrack")
    own_world.mail(html=HTML, text="see http://example.com/page")
    found = own_world.message()
    assert "/wf/click?upn=" in found["html"]
    assert found["text"].strip() == "see http://example.com/page"


def test_clicktrack_in_texts(own_world: World) -> None:
    set_up(own_world, "clicktrack", enable_text="1")
    own_world.mail(text="see http://example.com/page")
    assert "/wf/click?upn=" in own_world.message()["text"]


def test_opentrack(own_world: World) -> None:
    set_up(own_world, "opentrack")
    own_world.mail(html=HTML)
    assert "/wf/open?upn=" in own_world.message()["html"]


def test_footer(own_world: World) -> None:
    set_up(own_world, "footer", **{"text/html": "<p>foot</p>", "text/plain": "foot"})
    own_world.mail(html="<body>x</body>")
    found = own_world.message()
    assert found["html"].strip() == "<body>x<p>foot</p></body>"
    assert found["text"].split() == ["hello", "foot"]


def test_template(own_world: World) -> None:
    set_up(own_world, "template", **{"text/html": "<html><body><h1>Acme</h1><% body %></body></html>"})
    own_world.mail(html=r"<p>x \1</p>")
    found = own_world.message()
    assert found["html"].split() == r"<html><body><h1>Acme</h1><p>x \1</p> </body></html>".split()
    assert found["text"].strip() == "hello"


@pytest.mark.parametrize("template", ["<h1>Acme</h1>", ""])
def test_a_template_without_a_place_for_the_mail_is_none(own_world: World, template: str) -> None:
    set_up(own_world, "template", **{"text/html": template})
    own_world.mail(html="<p>x</p>")
    assert own_world.message()["html"].strip() == "<p>x</p>"


def test_ganalytics(own_world: World) -> None:
    set_up(own_world, "ganalytics", utm_source="news letter", utm_medium="email", utm_term="")
    own_world.mail(html='<a href="http://example.com/?a=1#top">x</a>', text="http://example.com/b")
    assert own_world.message()["links"] == [
        "http://example.com/?a=1&utm_source=news+letter&utm_medium=email#top",
        "http://example.com/b?utm_source=news+letter&utm_medium=email",
    ]


@pytest.mark.parametrize(
    ("target", "tagged"),
    [
        ("http://e.com", "http://e.com?utm_source=s&utm_term=%C3%A9"),
        ("http://e.com/?", "http://e.com/?utm_source=s&utm_term=%C3%A9"),
        ("http://e.com/?utm_source=own", "http://e.com/?utm_source=own&utm_term=%C3%A9"),
        ("http://e.com/?utm_source=own&utm_term=#x", "http://e.com/?utm_source=own&utm_term=#x"),
        ("http://e.com/#a?b", "http://e.com/?utm_source=s&utm_term=%C3%A9#a?b"),
    ],
)
def test_what_a_link_has_already_stays(target: str, tagged: str) -> None:
    assert tag(target, {"utm_source": "s", "utm_term": "é"}) == tagged
    assert tag(target, {}) == target


def test_a_tracked_link_leads_to_the_tagged_target(own_world: World) -> None:
    set_up(own_world, "ganalytics", utm_source="s")
    set_up(own_world, "clicktrack")
    own_world.mail(html=HTML)
    (link,) = own_world.message()["links"]
    reply = own_world.service.send("GET", link.removeprefix(own_world.service.url))
    assert reply.headers["Location"] == "http://example.com/page?utm_source=s"


def test_bcc(own_world: World) -> None:
    set_up(own_world, "bcc", email="copy@example.com")
    own_world.mail()
    found = [(each["address"], each["kind"], each["outcome"]) for each in own_world.message()["recipients"]]
    assert found == [(ADA, "to", "delivered"), ("copy@example.com", "bcc", "delivered")]
    assert parsed(own_world)["Bcc"] is None


@pytest.mark.parametrize(
    ("settings", "html", "text"),
    [
        ({}, "emails <a href", "emails click here: http"),
        ({"text/html": "<i><% Leave %></i>", "text/plain": "Leave: <% %>"}, "<i><a href", "Leave: http"),
        ({"replace": "[away]"}, '<a href="http', "hello http"),
    ],
    ids=["never set up", "texts", "a tag"],
)
def test_subscriptiontrack(own_world: World, settings: dict[str, str], html: str, text: str) -> None:
    set_up(own_world, "subscriptiontrack", **settings)
    own_world.mail(html='<body>x <a href="[away]">y</a></body>', text="hello [away]", bcc=BOB)
    found = by_recipient(own_world)
    assert found.keys() == {ADA, BOB}
    for message in found.values():
        assert html in message["html"]
        assert text in message["text"].replace("\n", " ").replace("  ", " ")
        assert "/wf/unsubscribe?upn=" in message["text"]
        assert ("[away]" in message["text"]) == ("replace" not in settings)


def spam(world: World, text: str = f"Buy now\n{GTUBE}\n", **more: Any) -> tuple[str, str]:
    """Send that; the outcome and why."""
    assert world.mail(text=text, **more).text == DONE
    last = max(world.outbox(), key=lambda each: int(each["id"]))
    return last["disposition"], last["reason"]


def test_spamcheck_knows_the_test_text(own_world: World) -> None:
    assert spam(own_world) == ("delivered", "")
    set_up(own_world, "spamcheck")
    assert spam(own_world) == ("dropped", "Spam Content")
    assert spam(own_world, "Hello") == ("delivered", "")
    assert spam(own_world, **filters(spamcheck={"enable": 0})) == ("delivered", "")
    own_world.call("filter.deactivate.json", name="spamcheck")
    assert spam(own_world) == ("delivered", "")
    assert spam(own_world, **filters(spamcheck={"enable": 1, "max_score": 2})) == ("dropped", "Spam Content")


def order(world: World, score: float, operation: str = "mail.send", **more: Any) -> None:
    reply = world.admin("POST", "faults", {"operation": operation, "spam_score": score, "times": 1, **more})
    assert (reply.status, reply.json["spam_score"]) == (201, score)


@pytest.mark.parametrize(
    ("settings", "score", "found"),
    [
        ({}, 5.0, "delivered"),
        ({}, 5.1, "dropped"),
        ({"max_score": "7.5"}, 7.5, "delivered"),
        ({"max_score": "7.5"}, 7.6, "dropped"),
        ({"max_score": ""}, 5.1, "dropped"),
        ({"max_score": "0"}, -1, "delivered"),
    ],
)
def test_spamcheck_by_a_score_that_a_test_orders(
    own_world: World, settings: dict[str, str], score: float, found: str
) -> None:
    set_up(own_world, "spamcheck", **settings)
    order(own_world, score)
    assert spam(own_world, "Hello")[0] == found
    assert spam(own_world, "Hello")[0] == "delivered"
    assert [each["outcome"] for each in own_world.journal(operation="mail.send")] == ["fault", "done"]


def test_a_report_about_spam_is_posted(own_world: World) -> None:
    with receiving() as receiver:
        set_up(own_world, "spamcheck", url=f"{receiver.url}/200")
        spam(own_world, "Hello")
        order(own_world, 9.5)
        spam(own_world, "Buy now")
        flush(own_world)
        (taken,) = receiver.requests
    body = taken.body.decode()
    assert taken.headers["Content-Type"].startswith("multipart/form-data")
    for field, value in (("spam_score", "9.5"), ("text", "Buy now"), ("from", "acme@example.com")):
        assert f'name="{field}"\r\n\r\n{value}' in body
    assert [each["kind"] for each in posts(own_world)] == ["parse"]


def test_spam_goes_to_none_of_the_recipients_in_the_header(own_world: World) -> None:
    set_up(own_world, "spamcheck")
    own_world.mail(text=GTUBE, **{"x-smtpapi": json.dumps({"to": [ADA, BOB], "category": "news"})})
    found = own_world.message()
    assert [(each["address"], each["outcome"]) for each in found["recipients"]] == [(ADA, "dropped"), (BOB, "dropped")]
    assert found["labels"] == {"category": ["news"]}


def test_spam_by_smtp(posted: tuple[Service, int], sender: World) -> None:
    set_up(sender, "spamcheck")
    order(sender, 9.5, "smtp", account=sender.name)
    with smtplib.SMTP("127.0.0.1", posted[1]) as client:
        client.login(sender.name, PASSWORD)
        for text in ("Hello", "Hello", GTUBE):
            client.sendmail("me@example.com", [ADA], f"Subject: s\r\n\r\n{text}\r\n")
    found = sorted(sender.outbox(caller=sender.name), key=lambda each: int(each["id"]))
    assert [each["reason"] for each in found] == ["Spam Content", "", "Spam Content"]


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"operation": "customer.add", "spam_score": 1}, "spam_score"),
        ({"spam_score": 1}, "spam_score"),
        ({"operation": "mail.send", "spam_score": "high"}, "spam_score"),
        ({"operation": "mail.send", "spam_score": 1, "status": 500}, "spam_score"),
        ({"operation": "smtp", "task": "RCPT", "spam_score": 1}, "task"),
    ],
)
def test_which_scores_cannot_be_ordered(own_world: World, fault: dict[str, Any], field: str) -> None:
    reply = own_world.admin("POST", "faults", fault)
    assert reply.status == 400
    assert field in reply.text


def test_forwardspam(own_world: World) -> None:
    own_world.mail(subject="Offer")
    number = own_world.message()["id"]
    report = {"event": "spamreport"}
    own_world.admin("POST", f"messages/{number}/events", report)
    assert len(own_world.outbox()) == 1
    set_up(own_world, "forwardspam", email="abuse@example.com")
    own_world.admin("POST", f"messages/{number}/events", report)
    found = own_world.message(to="abuse@example.com")
    assert (found["subject"], found["via"], found["operation"]) == ("Spam report: Offer", "bounce", "spamreport")
    assert ADA in found["text"]
    assert [each["type"] for each in found["files"]] == ["text/rfc822-headers"]


# The mail overrules the account


def test_a_mail_switches_an_app_off(own_world: World) -> None:
    set_up(own_world, "footer", **{"text/plain": "the account's"})
    set_up(own_world, "opentrack")
    set_up(own_world, "subscriptiontrack")
    off = {"enable": 0}
    own_world.mail(html=HTML, **filters(footer=off, opentrack=off, subscriptiontrack=off))
    found = own_world.message()
    assert (found["text"].strip(), found["html"].strip()) == ("hello", HTML)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"enable": 1, "text/plain": "the mail's"}, "hello the mail's"),
        # The settings of the account are not taken.
        ({"enable": 1, "text/html": "<p>the mail's</p>"}, "hello"),
        ({"enable": 1}, "hello"),
        # Not mentioned, or without a switch.
        ({}, "hello the account's"),
    ],
)
def test_an_app_that_a_mail_switches_on_needs_all_its_settings(
    own_world: World, settings: dict[str, Any], text: str
) -> None:
    set_up(own_world, "footer", **{"text/plain": "the account's"})
    own_world.mail(**filters(footer=settings))
    assert " ".join(own_world.message()["text"].split()) == text


def test_what_is_set_up_and_off_does_nothing(own_world: World) -> None:
    own_world.call("filter.setup.json", name="footer", **{"text/plain": "foot"})
    own_world.mail()
    assert own_world.message()["text"].strip() == "hello"


def test_the_apps_of_a_subuser_are_for_its_own_mail(own_world: World) -> None:
    sub = own_world.add(password="somepass1", confirm_password="somepass1")
    own_world.call("customer.apps.json", user=sub, task="setup", name="footer", **{"text/plain": "foot"})
    own_world.call("customer.apps.json", user=sub, task="activate", name="footer")
    own_world.mail()
    own_world.mail(api_user=sub, api_key="somepass1")
    assert [own_world.message(caller=name)["text"].split() for name in (own_world.name, sub)] == [
        ["hello"],
        ["hello", "foot"],
    ]


def test_apps_by_smtp(posted: tuple[Service, int], sender: World) -> None:
    set_up(sender, "footer", **{"text/plain": "foot"})
    set_up(sender, "clicktrack", enable_text="1")
    with smtplib.SMTP("127.0.0.1", posted[1]) as client:
        client.login(sender.name, PASSWORD)
        client.sendmail("me@example.com", [ADA, BOB], "Subject: s\r\n\r\nhttp://example.com/x\r\n")
    found = {who: sender.message(to=who, caller=sender.name) for who in (ADA, BOB)}
    assert all(each["text"].split()[1] == "foot" for each in found.values())
    assert len({each["text"].split()[0] for each in found.values()}) == 2


def upn(link: str) -> str:
    return parse_qs(urlsplit(link).query)["upn"][0]


def test_each_recipient_has_links_of_their_own(own_world: World) -> None:
    set_up(own_world, "clicktrack")
    own_world.mail(html=HTML, bcc=BOB)
    (ada,), (bob,) = (each["links"] for each in by_recipient(own_world).values())
    assert upn(ada) != upn(bob)
