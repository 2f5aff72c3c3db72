"""customer.ip, .sendip, .whitelabel, .monitor, .geturl and timezone/*: what is sent, and what comes back."""

import re
from collections.abc import Callable

import pytest

from emulator import NEW, World
from legacygrid.models import ip_addresses, mail_domain, monitors, subusers
from legacygrid.models.mail_domain import MailDomain
from legacygrid.reasons import UnknownSubuser

Params = dict[str, str]
#: A call, its parameters (`ADA` stands for a subuser), and what it answers as JSON and as XML.
Step = tuple[str, Params, str, str]
ADA = "ada"
DONE = ('{"message":"success"}', "<result><message>success</message></result>")


def errors(text: str) -> tuple[str, str]:
    return (
        f'{{"message":"error","errors":["{text}"]}}',
        f"<result><message>error</message><errors><error>{text}</error></errors></result>",
    )


def error(text: str) -> tuple[str, str]:
    return f'{{"error":{{"code":400,"message":"{text}"}}}}', f"<result><message>{text}</message></result>"


NO_USER, BAD_SET, BAD_IP = error("User does not exist"), error("Invalid set parameter"), error("Invalid ip parameter")
NO_TASK = ('{"error":{"code":404,"message":"Not found"}}', "<result><message>Not found</message></result>")
NO_RECORD, NO_MONITOR = errors("Whitelabel record not found"), errors("Monitor record not found")


# IP addresses

FIRST, SECOND = "192.0.2.33", "2001:db8::1"


def ips(*addresses: str) -> tuple[str, str]:
    rows = ",".join(f'{{"ip":"{each}"}}' for each in addresses)
    elements = "".join(f"<ip>{each}</ip>" for each in addresses)
    return f"[{rows}]", f"<ips>{elements}</ips>"


def sendips(*addresses: str) -> tuple[str, str]:
    rows, elements = ips(*addresses)
    return (
        f'{{"success":"success","outboundcluster":"SendGrid MTA","ips":{rows}}}',
        f"<sendips><ocluster>SendGrid MTA</ocluster>{elements}</sendips>",
    )


def listed(use: str, *addresses: str) -> Step:
    return ("customer.ip", {"list": use}, *ips(*addresses))


def assigned(*addresses: str) -> Step:
    return ("customer.sendip", {"task": "list", "user": ADA}, *sendips(*addresses))


def assign(answer: tuple[str, str] = DONE, **given: str) -> Step:
    return ("customer.sendip", {"task": "append", "user": ADA} | given, *answer)


ADDRESSES: list[Step] = [
    ("customer.ip", {"user": ADA, "list": "all"}, *ips(FIRST)),
    assigned(),
    *(listed(use, FIRST) for use in ("all", "free", "available", "")),
    listed("taken"),
    assign(set="specify", **{"ip[0]": FIRST}),
    assigned(FIRST),
    listed("taken", FIRST),
    listed("free"),
    listed("available"),
    ("customer.disable", {"user": ADA}, *DONE),
    listed("taken", FIRST),
    listed("available", FIRST),
    assign(set="none"),
    assigned(),
    listed("free", FIRST),
    assign(set="all"),
    assigned(FIRST),
    # What is refused changes nothing.
    assign(BAD_SET, set="some"),
    assign(BAD_SET, set=""),
    assign(BAD_SET),
    assign(BAD_IP, set="specify"),
    assign(BAD_IP, set="specify", **{"ip[]": "192.0.2.34"}),
    assign(BAD_IP, set="specify", **{"ip[]": "one"}),
    ("customer.sendip", {"task": "append", "user": "nobody", "set": "all"}, *NO_USER),
    ("customer.sendip", {"task": "list"}, *NO_USER),
    ("customer.sendip", {"task": "specify", "user": ADA}, *NO_TASK),
    ("customer.ip", {"list": "some"}, *errors("List can only be all, free, taken or available.")),
    assigned(FIRST),
]

#: Of an account with the two addresses.
TWO_ADDRESSES: list[Step] = [
    listed("all", FIRST, SECOND),
    assign(set="specify", **{"ip[0]": SECOND, "ip[1]": FIRST}),
    assigned(SECOND, FIRST),
    # What is assigned takes the place of what was.
    assign(set="specify", **{"ip[]": "2001:DB8:0::1"}),
    assigned(SECOND),
    listed("taken", SECOND),
    listed("free", FIRST),
    assign(set="all"),
    assigned(FIRST, SECOND),
    listed("free"),
]


# Monitors


#: Its name, the address, the frequency, and the subuser that is attached, if one is.
Row = tuple[str, str, str, str]


def told_monitors(*rows: Row) -> tuple[str, str]:
    json, xml = [], []
    for name, email, frequency, user in rows:
        quoted = f'"{user}"' if user else ""
        json.append(f'{{"name":"{name}","email":"{email}","frequency":"{frequency}","users":[{quoted}]}}')
        users = f"<users><user>{user}</user></users>" if user else "<users/>"
        told = f"<name>{name}</name><email>{email}</email><frequency>{frequency}</frequency>{users}"
        xml.append(f"<monitor>{told}</monitor>")
    return f"[{','.join(json)}]", f"<monitors>{''.join(xml)}</monitors>"


def monitor(task: str, answer: tuple[str, str] = DONE, **given: str) -> Step:
    return ("customer.monitor", {"task": task} | given, *answer)


def all_monitors(*rows: Row) -> Step:
    return monitor("list", told_monitors(*rows))


NAME, TO = "testmonitor", "test@test.com"
MONITORS: list[Step] = [
    # As recorded in June 2012.
    monitor("delete", NO_MONITOR, name=NAME),
    monitor("create", name=NAME, frequency="10000", email=TO),
    all_monitors((NAME, TO, "10000", "")),
    monitor("edit", name=NAME, new_frequency="10"),
    all_monitors((NAME, TO, "10", "")),
    monitor("append", user=ADA, name=NAME),
    all_monitors((NAME, TO, "10", ADA)),
    monitor("detach", user=ADA, name=NAME),
    all_monitors((NAME, TO, "10", "")),
    monitor("delete", name=NAME),
    all_monitors(),
    # The rest is documented, or inferred.
    monitor("create", name="a", email=TO, frequency="1"),
    monitor("create", name="b", email=TO, frequency="2"),
    monitor("edit", name="b", new_name="c", new_email="c@test.com", new_frequency=""),
    monitor("append", user=ADA, name="a"),
    monitor("append", user=ADA, name="c"),
    monitor("append", user=ADA, name="c"),
    all_monitors(("a", TO, "1", ADA), ("c", "c@test.com", "2", ADA)),
    monitor("create", errors("Monitor record already exists"), name="a", email=TO, frequency="1"),
    monitor("edit", errors("Monitor record already exists"), name="a", new_name="c"),
    monitor("edit", name="a", new_name="a"),
    monitor("edit", NO_MONITOR, name="b", new_frequency="1"),
    monitor("append", NO_MONITOR, user=ADA, name="b"),
    monitor("detach", NO_MONITOR, user=ADA, name="b"),
    monitor("delete", errors("Monitor record has users"), name="a"),
    monitor("append", NO_USER, user="nobody", name="a"),
    monitor("detach", NO_USER, name="a"),
    monitor("create", errors("Name is required"), name="", email=TO, frequency="1"),
    monitor("create", errors("Email is not a valid email address"), name="d", email="test", frequency="1"),
    monitor("delete", errors("Name is required")),
    monitor("copy", NO_TASK, name="a"),
    all_monitors(("a", TO, "1", ADA), ("c", "c@test.com", "2", ADA)),
    # Without a name, from all.
    monitor("detach", user=ADA),
    all_monitors(("a", TO, "1", ""), ("c", "c@test.com", "2", "")),
    *(
        monitor(
            "edit",
            errors("New frequency can only be a whole number from 1 to 1000000000."),
            name="a",
            new_frequency=frequency,
        )
        for frequency in ("0", "-1", "1.5", "many", "1000000001", "\u0661")
    ),
]


# Whitelabel records


def whitelabels(*rows: tuple[str, str]) -> tuple[str, str]:
    json = ",".join(f'{{"mail_domain":"{mail}","url_domain":"{url}"}}' for mail, url in rows)
    records = (f"<mail_domain>{mail}</mail_domain><url_domain>{url}</url_domain>" for mail, url in rows)
    return f"[{json}]", f"<whitelabels>{''.join(f'<whitelabel>{each}</whitelabel>' for each in records)}</whitelabels>"


def whitelabel(task: str, answer: tuple[str, str], **given: str) -> Step:
    return ("customer.whitelabel", {"task": task} | given, *answer)


DOMAIN = "email.example.com"
#: Of an account with three records.
WHITELABELS: list[Step] = [
    whitelabel("list", whitelabels((DOMAIN, DOMAIN), (DOMAIN, DOMAIN), ("em.example.com", "links.example.com")), user=ADA),
    whitelabel("append", NO_RECORD, user=ADA, mail_domain="test.sendgrid.com"),
    whitelabel("append", DONE, user=ADA, mail_domain=DOMAIN),
    whitelabel("append", errors("Mail domain is required"), user=ADA),
    whitelabel("append", NO_USER, user="nobody", mail_domain=DOMAIN),
    whitelabel("delete", NO_TASK, user=ADA),
]  # fmt: skip


# All of them

STORIES = {
    "addresses": ADDRESSES,
    "two addresses": TWO_ADDRESSES,
    "monitors": MONITORS,
    "whitelabels": WHITELABELS,
}


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("format", ["json", "xml"])
def test_answers_in_their_order(own_world: World, story: str, format: str) -> None:
    own_world.add(ADA)
    with own_world.service.grid.store.writing():
        if story == "two addresses":
            assert ip_addresses.add(own_world.account, FIRST)
            assert ip_addresses.add(own_world.account, SECOND)
        for domain, url_domain in ((DOMAIN, ""), (DOMAIN, ""), ("em.example.com", "links.example.com")):
            MailDomain.add(own_world.account, domain, url_domain)
    for name, params, json, xml in STORIES[story]:
        reply = own_world.call(f"{name}.{format}", "GET", **params)
        expected = json if format == "json" else xml
        kind = "application/json" if format == "json" else "text/xml"
        assert (reply.status, reply.text) == (200, expected), (name, params)
        assert reply.headers["Content-Type"] == kind


def test_addresses_that_go(own_world: World) -> None:
    ada, account = own_world.add(), own_world.account
    own_world.call("customer.sendip.json", task="append", user=ada, set="all")

    def assigned() -> list[dict[str, str]]:
        rows: list[dict[str, str]] = own_world.call("customer.sendip.json", task="list", user=ada).json["ips"]
        return rows

    assert assigned() == [{"ip": "192.0.2.33"}]
    with own_world.service.grid.store.writing():
        assert ip_addresses.add(account, "198.51.100.1")
        assert not ip_addresses.add(account, "198.51.100.1")
    # The first of its own takes the place of the default, also at subusers.
    assert assigned() == []
    own_world.call("customer.sendip.json", task="append", user=ada, set="all")
    assert assigned() == [{"ip": "198.51.100.1"}]
    with own_world.service.grid.store.writing():
        assert ip_addresses.remove(account, "198.51.100.1")
        assert not ip_addresses.remove(account, "198.51.100.1")
    assert assigned() == []
    assert own_world.call("customer.ip.json", list="all").text == '[{"ip":"192.0.2.33"}]'


def test_a_monitor_follows_the_names_of_its_subusers(own_world: World) -> None:
    own_world.monitor("all")
    for name in ("ada", "bob"):
        own_world.call("customer.monitor.json", task="append", name="all", user=own_world.add(name))
    own_world.call("customer.profile.json", task="setUsername", user="ada", username="augusta")
    own_world.call("customer.delete.json", user="bob")
    assert own_world.call("customer.monitor.json", task="list").json[0]["users"] == ["augusta"]


@pytest.mark.parametrize("what", ["ip addresses", "monitor", "whitelabel"])
def test_a_subuser_that_is_deleted_meanwhile(own_world: World, what: str) -> None:
    own_world.monitor("all")
    own_world.domain(DOMAIN)
    parent, ada = own_world.account, subusers.find(own_world.account, own_world.add())
    ada.remove()
    acts: dict[str, Callable[[], None]] = {
        "ip addresses": lambda: ip_addresses.assign(parent, ada, [FIRST]),
        "monitor": lambda: monitors.append(parent, "all", ada),
        "whitelabel": lambda: mail_domain.assign(parent, ada, DOMAIN),
    }
    with pytest.raises(UnknownSubuser), own_world.service.grid.store.writing():
        acts[what]()


# The way in


def test_geturl(own_world: World) -> None:
    own_world.add("ada & co")
    own_world.admin("PUT", "clock", {"frozen": "2012-06-27T16:08:39Z"})
    found = own_world.call("customer.geturl.json", user="ada & co").text
    names = f"al_username={own_world.name}&al_subuser_name=ada+%26+co"
    assert re.fullmatch(rf'{{"params":"{re.escape(names)}&al_hash=[0-9a-f]{{32}}-1340813319"}}', found)
    assert own_world.call("customer.geturl.json", user="ada & co", password=NEW["password"]).text == found
    wrong = own_world.call("customer.geturl.xml", user="ada & co", password="wrong-password")
    names = names.replace("&", "&amp;")
    assert wrong.text == f"<params><params>{names}&amp;al_hash=NULL</params></params>"
    assert own_world.call("customer.geturl.json").text == NO_USER[0]


# Time zones

PACIFIC = (
    '{"name": "Pacific Time, US & Canada", "offset": 28800, "timezone": "America/Los_Angeles", "display": "GMT-08:00"}'
)
EASTERN = (
    '{"name": "Eastern Time, US & Canada", "offset": 18000, "timezone": "America/New_York", "display": "GMT-05:00"}'
)
EASTERN_XML = (
    "<timezone><name>Eastern Time, US &amp; Canada</name><offset>18000</offset><timezone>America/New_York</timezone>"
    "<display>GMT-05:00</display></timezone>"
)
NEW_YORK = {"timezone": "America/New_York"}
#: The call, its parameters; status and body of the answer.
ZONES: list[tuple[str, Params, int, str]] = [
    ("get.json", {}, 200, PACIFIC),
    ("edit.json", {"timezone": "Mars/Olympus"}, 400, '{"error": "Timezone is not a known time zone"}'),
    ("edit.json", {"timezone": ""}, 400, '{"error": "Timezone is required"}'),
    ("edit.json", {"timezone": "../../etc/passwd"}, 400, '{"error": "Timezone is not a known time zone"}'),
    ("get.json", {}, 200, PACIFIC),
    ("edit.json", NEW_YORK, 200, '{"message": "success"}'),
    ("get.json", {}, 200, EASTERN),
    ("get.xml", {}, 200, EASTERN_XML),
    ("edit.xml", NEW_YORK, 200, DONE[1]),
    ("list.json", NEW_YORK, 200, f"[{EASTERN}]"),
    ("list.xml", NEW_YORK, 200, f"<timezones>{EASTERN_XML}</timezones>"),
    ("list.json", {"timezone": "Mars"}, 200, "[]"),
    ("get.json", {"api_key": "wrong"}, 403, '{"error": "Bad username / password"}'),
]


def test_time_zones(own_world: World) -> None:
    for name, params, status, body in ZONES:
        reply = own_world.call(f"timezone/{name}", "GET", **params)
        assert (reply.status, reply.text) == (status, body), (name, params)
        assert reply.headers["Content-Type"] == "text/html"


#: By the name of a zone: its seconds behind Greenwich, and the same for people.
OFFSETS = {
    "Asia/Kolkata": (-19800, "GMT+05:30"),
    "Europe/London": (0, "GMT+00:00"),
    "America/St_Johns": (12600, "GMT-03:30"),
    "Australia/Sydney": (-36000, "GMT+10:00"),
}


def test_all_time_zones_from_west_to_east(own_world: World) -> None:
    rows = own_world.call("timezone/list.json").json
    assert [row["offset"] for row in rows] == sorted((row["offset"] for row in rows), reverse=True)
    found = {row["timezone"]: (row["offset"], row["display"]) for row in rows}
    assert OFFSETS.items() <= found.items()
    assert len(found) == len(rows) > 300


def test_a_subuser_has_a_time_zone_of_its_own(own_world: World) -> None:
    who = {"api_user": own_world.add(), "api_key": NEW["password"]}
    assert own_world.call("timezone/edit.json", **who, **NEW_YORK).status == 200
    assert own_world.call("timezone/get.json", **who).text == EASTERN
    assert own_world.call("timezone/get.json").text == PACIFIC
