"""What IP addresses, monitors, whitelabel records and time zones do to mail, by HTTP and by SMTP."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from emulator import NEW, Service, World, fresh, parsed
from legacygrid.grid import grid_of
from legacygrid.models.account import Account
from legacygrid.models.database import Store
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.statistics import Statistic
from legacygrid.serializers import profiles
from legacygrid.server import listeners
from legacygrid.server.server import Server
from posting import Talk

SECRET = NEW["password"]
TEXT = b"From: Ada <ada@example.com>\r\nTo: to@example.com\r\nSubject: one\r\n\r\ntext\r\n.\r\n"
MAIL = {"to": "to@example.com", "from": "ada@example.com", "subject": "one"}


@pytest.fixture(scope="module")
def strict(store: Store) -> Iterator[tuple[Service, int]]:
    """An emulator at which a subuser needs an IP address, and the port at which it takes mail by SMTP."""
    ports: list[int] = []

    def open_doors(server: Server) -> None:
        ports.append(listeners.open_smtp(server, grid_of(server.bridge.app)))

    service = Service(store, profiles.profile("recorded", {"ip_required": "on"}), open_doors)
    yield service, ports[0]
    service.stop()


def by_http(world: World, port: int, user: str) -> str:
    """What a mail of a subuser's gets as its answer."""
    who = {"api_user": user, "api_key": SECRET}
    return world.service.form("/api/mail.send.json", **who, **MAIL, text="text").text


def by_smtp(world: World, port: int, user: str) -> str:
    """What it is told at last."""
    with Talk(port) as talk:
        try:
            return talk.enter(user, SECRET).post(TEXT)
        except AssertionError as error:
            return str(error).partition("\n")[0]


#: A way to send, what is said if it goes well, and if one may not.
WAYS: dict[str, tuple[Callable[[World, int, str], str], str, str]] = {
    "http": (
        by_http,
        '{"message":"success"}',
        '{"errors":["Authenticated user is not authorized to send mail"],"message":"error"}',
    ),
    "smtp": (by_smtp, "250 Ok: queued as ", "550 Authenticated user is not authorized to send mail"),
}


# IP addresses


@pytest.mark.parametrize("way", WAYS)
def test_a_subuser_without_an_address_cannot_send(strict: tuple[Service, int], way: str) -> None:
    service, port = strict
    world = World(service)
    ada = world.add()
    send, done, refused = WAYS[way]
    for given, said in (("", refused), ("all", done), ("none", refused), ("all", done)):
        if given:
            assert world.call("customer.sendip.json", task="append", user=ada, set=given).status == 200
        assert send(world, port, ada).startswith(said), given
    # The account that the addresses are of sends from them.
    assert world.mail().text == WAYS["http"][1]
    assert len(world.outbox(caller=ada, disposition="delivered")) == 2


def test_why_it_cannot_is_in_the_outbox_and_in_the_journal(strict: tuple[Service, int]) -> None:
    world = World(strict[0])
    ada = world.add()
    by_http(world, strict[1], ada)
    (message,) = world.outbox(caller=ada)
    assert (message["disposition"], message["reason"]) == ("refused", "NoSendingAddress")
    (call,) = world.journal(operation="mail.send", caller=ada)
    assert call["refusal"]["hint"] == f"'{ada}' has no IP address; customer.sendip assigns one"


@pytest.mark.parametrize("way", WAYS)
def test_by_default_it_can(posted: tuple[Service, int], sender: World, way: str) -> None:
    send, done, _ = WAYS[way]
    assert send(sender, posted[1], sender.add()).startswith(done)


# Monitors


def monitored(world: World, frequency: int) -> tuple[str, str]:
    """A subuser that a new monitor watches, and the address that gets copies."""
    ada, email = world.add(), f"{fresh('monitor')}@example.com"
    world.monitor(email, frequency, email)
    world.call("customer.monitor.json", task="append", name=email, user=ada)
    return ada, email


def copied(world: World, user: str) -> list[list[str]]:
    """Whom each message of a subuser's goes to that nobody named."""
    messages = sorted(world.outbox(caller=user), key=lambda message: int(message["id"]))
    return [[each["address"] for each in message["recipients"] if each["kind"] == "audit"] for message in messages]


@pytest.mark.parametrize("way", WAYS)
def test_a_monitor_gets_every_second_mail(posted: tuple[Service, int], sender: World, way: str) -> None:
    ada, email = monitored(sender, 2)
    send, done, refused = WAYS[way]
    for _ in range(4):
        assert send(sender, posted[1], ada).startswith(done)
    assert copied(sender, ada) == [[], [email], [], [email]]
    sender.call("customer.disable.json", user=ada)
    assert send(sender, posted[1], ada).startswith(refused)
    sender.call("customer.enable.json", user=ada)
    sender.call("customer.monitor.json", task="edit", name=email, new_frequency="1")
    assert send(sender, posted[1], ada).startswith(done)
    sender.call("customer.monitor.json", task="detach", user=ada)
    assert send(sender, posted[1], ada).startswith(done)
    # By SMTP, mail that may not be sent does not even come.
    refusals = [[]] if way == "http" else []
    assert copied(sender, ada)[4:] == [*refusals, [email], []]


def test_nobody_sees_the_copy_and_it_counts_nowhere(posted: tuple[Service, int], sender: World) -> None:
    ada, email = monitored(sender, 1)
    by_http(sender, posted[1], ada)
    assert email not in str(parsed(sender, caller=ada))
    (message,) = sender.outbox(caller=ada)
    assert [(each["address"], each["kind"], each["outcome"]) for each in message["recipients"]] == [
        ("to@example.com", "to", "delivered"),
        (email, "audit", "delivered"),
    ]
    (row,) = statistics(ada)
    assert (row.requests, row.delivered) == (1, 1)


def test_a_copy_takes_a_credit(posted: tuple[Service, int], sender: World) -> None:
    ada, _ = monitored(sender, 1)
    sender.call("customer.limit.json", task="total", user=ada, credits="3")
    # The second mail and its copy are one credit too many, so neither goes.
    assert by_http(sender, posted[1], ada) == WAYS["http"][1]
    assert "Maximum credits exceeded" in by_http(sender, posted[1], ada)
    (limit,) = sender.call("customer.limit.json", task="retrieve", user=ada).json
    assert limit["credit_remain"] == "1"
    assert len(sender.outbox(caller=ada, disposition="delivered")) == 1


def test_each_copy_of_a_mail_is_a_mail_to_a_monitor(posted: tuple[Service, int], sender: World) -> None:
    ada, email = monitored(sender, 3)
    addresses = [f"r{number}@example.com" for number in range(7)]
    who = {"api_user": ada, "api_key": SECRET, "x-smtpapi": json.dumps({"to": [*addresses, "nobody"]})}
    assert sender.service.form("/api/mail.send.json", **who, **MAIL, text="text").status == 200
    assert copied(sender, ada) == [[], [], [email], [], [], [email], [], []]


# Whitelabel records


def whitelabeled(world: World, domain: str, url_domain: str = "") -> str:
    """A subuser that uses a record of the account."""
    ada = world.add()
    with world.service.grid.store.writing():
        MailDomain.add(world.account, domain, url_domain)
    reply = world.call("customer.whitelabel.json", task="append", user=ada, mail_domain=domain)
    assert reply.text == '{"message":"success"}'
    return ada


@pytest.mark.parametrize("way", WAYS)
def test_a_whitelabel_names_the_return_path(posted: tuple[Service, int], sender: World, way: str) -> None:
    ada = whitelabeled(sender, "email.example.com")
    send, done, _ = WAYS[way]
    assert send(sender, posted[1], ada).startswith(done)
    message = sender.message(caller=ada)
    local, _, domain = message["mail_from"].partition("@")
    assert domain == "email.example.com"
    assert local.startswith("bounces+")
    assert parsed(sender, caller=ada)["Return-Path"] == f"<{message['mail_from']}>"
    assert message["from"].endswith("<ada@example.com>" if way == "smtp" else "ada@example.com")


def test_without_one_it_stays_the_senders(posted: tuple[Service, int], sender: World) -> None:
    ada = sender.add()
    by_smtp(sender, posted[1], ada)
    assert sender.message(caller=ada)["mail_from"] == "from@example.com"
    assert parsed(sender, caller=ada)["Return-Path"] is None


def tracked(world: World, user: str) -> list[str]:
    """The links of a mail of a subuser's that is tracked."""
    apps = {"clicktrack": {"settings": {"enable": 1}}, "opentrack": {"settings": {"enable": 1}}}
    who = {"api_user": user, "api_key": SECRET, "x-smtpapi": json.dumps({"filters": apps})}
    html = '<a href="http://example.com/there">there</a>'
    assert world.service.form("/api/mail.send.json", **who, **MAIL, html=html).status == 200
    message: dict[str, Any] = world.message(caller=user)
    return [*message["links"], message["html"].partition('src="')[2].partition('"')[0]]


#: The record, the domain of its links, and where the links of such mail lead.
LINKS = {
    "the same": ("email.example.com", "", "email.example.com"),
    "another": ("email.example.com", "links.example.com", "links.example.com"),
    "a port": ("email.example.com", "links.example.com:8026", "links.example.com:8026"),
    "no domain at all": ("a <b>@c", "", None),
    "no domain for links": ("email.example.com", "a/b?", None),
}


@pytest.mark.parametrize("case", LINKS)
def test_a_whitelabel_names_the_links(world: World, case: str) -> None:
    domain, url_domain, host = LINKS[case]
    own = urlsplit(world.service.url).netloc
    links = tracked(world, whitelabeled(world, domain, url_domain))
    assert [urlsplit(link).netloc for link in links] == [host or own] * 2
    # They lead there all the same.
    click = urlsplit(links[0])
    reply = world.service.send("GET", f"{click.path}?{click.query}", headers={"Host": click.netloc})
    assert (reply.status, reply.headers["Location"]) == (302, "http://example.com/there")


# Time zones


def statistics(user: str) -> list[Statistic]:
    """What is counted of an account, day by day."""
    of_all = (Statistic.category == "") & (Statistic.part == "")
    rows = Statistic.select().join(Account).where(Account.username == user, of_all)
    return list(rows.order_by(Statistic.day))


def test_days_of_statistics_are_those_of_the_time_zone(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2014-07-01T03:00:00Z"})
    for zone in ("", "America/New_York", "Asia/Tokyo"):
        if zone:
            assert own_world.call("timezone/edit.json", timezone=zone).status == 200
        assert own_world.mail().status == 200
    rows = [(row.day, row.requests) for row in statistics(own_world.name)]
    assert rows == [("2014-06-30", 2), ("2014-07-01", 1)]


#: The moment at which an address was listed, by the time zone of the account.
MOMENTS = {
    "America/Los_Angeles": "2014-06-30 20:00:00",
    "America/New_York": "2014-06-30 23:00:00",
    "Asia/Tokyo": "2014-07-01 12:00:00",
}


def test_moments_of_lists_are_those_of_the_time_zone(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2014-07-01T03:00:00Z"})
    assert own_world.call("unsubscribes.add.json", email="ada@example.com").status == 200
    for zone, created in [("", MOMENTS["America/Los_Angeles"]), *MOMENTS.items()]:
        if zone:
            assert own_world.call("timezone/edit.json", timezone=zone).status == 200
        (entry,) = own_world.call("unsubscribes.get.json", date="1").json
        assert entry["created"] == created
