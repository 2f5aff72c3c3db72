"""What a seed says of an account beside its profile and its logins: what is taken, and where it is refused."""

from typing import Any

import pytest

from emulator import Service, World, fresh, nothing_stored
from legacygrid.harness.seeder import SeedError

SECRET = "operator's own 1"
BLOCK = {"kind": "block", "email": "a@example.com"}
MONITOR = {"name": "watch", "email": "watch@example.com", "frequency": 10}
HOST = {"hostname": "in.example.com", "url": "http://127.0.0.1/"}
HOOKS = [{"url": f"http://{number}.example.com/"} for number in range(6)]
DAY = {"day": "2015-03-01"}


def document(*subusers: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A seed of one account."""
    account = {"username": fresh("seeded"), "password": SECRET, "subusers": list(subusers)}
    return {"version": 1, "accounts": [account | members]}


def subuser(**members: Any) -> dict[str, Any]:
    return {"username": fresh("sub"), "password": SECRET} | members


def refused(service: Service, given: Any) -> str:
    """What is said of a document that is refused; nothing of it is stored."""
    with nothing_stored(service), pytest.raises(SeedError) as error:
        service.grid.seeding.add(given)
    return str(error.value)


#: Of every account: what is put into it, and what is said of it, below the account's own place.
WRONG: list[Any] = [
    ({"time_zone": "Mars"}, ".time_zone: is no time zone; write as in Europe/London"),
    ({"time_zone": 5}, ".time_zone: Not a valid string."),
    ({"ips": "192.0.2.1"}, ".ips: must be a list of texts"),
    ({"ips": ["192.0.2.1", "192.0.2.256"]}, ".ips[1]: is no IP address"),
    ({"ips": ["192.0.2.1", "192.0.2.1"]}, ".ips[1]: stands twice"),
    ({"ips": [5]}, ".ips[0]: Not a valid string."),
    ({"apps": []}, '.apps: must be an object of apps by their names, each with "active"'),
    ({"apps": {"Not an app": {}}}, ".apps.Not an app: is no name of an app"),
    ({"apps": {"footer": True}}, '.apps.footer: must be an object with "active" and "settings"'),
    ({"apps": {"footer": {"active": 1}}}, ".apps.footer.active: Not a valid boolean."),
    ({"apps": {"footer": {"activ": True}}}, ".apps.footer.activ: Unknown field. Did you mean 'active'?"),
    ({"apps": {"footer": {"settings": []}}}, ".apps.footer.settings: must be an object of texts by their names"),
    ({"apps": {"footer": {"settings": {"url": 5}}}}, ".apps.footer.settings.url: is no text and no list of texts"),
    ({"apps": {"footer": {"settings": {"list": [5]}}}}, ".apps.footer.settings.list: is no text and no list of texts"),
    ({"apps": {"opentrack": {"active": True}}}, ".apps.opentrack.active: is what open_tracking of the account says"),
    ({"credits": []}, '.credits: must be an object with "mode", and "remain" or'),
    ({"credits": {}}, ".credits.mode: Missing data for required field."),
    ({"credits": {"mode": "daily"}}, ".credits.mode: Must be one of: total, recurring."),
    ({"credits": {"mode": "total"}}, ".credits.remain: Missing data for required field."),
    ({"credits": {"mode": "recurring", "credit": 1}}, ".credits.period: Missing data for required field."),
    ({"credits": {"mode": "total", "remain": -1}}, ".credits.remain: Must be greater than or equal to 0"),
    ({"credits": {"mode": "total", "remain": "1"}}, ".credits.remain: Not a valid integer."),
    ({"credits": {"mode": "total", "remain": 1, "period": "yearly"}}, ".credits.period: Must be one of: daily"),
    ({"credits": {"mode": "total", "remain": 1, "end_date": "1.3.2015"}}, ".credits.end_date: is no day; write as in 2015-03-01"),
    ({"credits": {"mode": "total", "remain": 1, "end_date": "20150301"}}, ".credits.end_date: is no day"),
    ({"parse": [{}]}, ".parse[0].hostname: Hostname is required"),
    ({"parse": [{"hostname": "x" * 256, "url": "y"}]}, ".parse[0].hostname: Hostname can only be up to 255 characters."),
    ({"parse": [HOST | {"spam_check": 1}]}, ".parse[0].spam_check: Not a valid boolean."),
    ({"parse": [HOST, HOST | {"hostname": "IN.example.com"}]}, ".parse[1]: stands twice"),
    ({"event_webhooks": [{"events": []}]}, ".event_webhooks[0].url: Url is required"),
    ({"event_webhooks": [{"url": "http://a.example", "events": ["opened"]}]}, ".event_webhooks[0].events[0]: Must be one of: "),
    ({"event_webhooks": [{"url": "http://a.example"}] * 2}, ".event_webhooks[1]: stands twice"),
    ({"suppressions": {}}, '.suppressions: must be a list of objects with "kind" and "email"'),
    ({"suppressions": [BLOCK | {"kind": "blocks"}]}, ".suppressions[0].kind: Must be one of: block, unsubscribe, bounce, invalid, spamreport."),
    ({"suppressions": [{"kind": "block"}]}, ".suppressions[0].email: Email is required"),
    ({"suppressions": [BLOCK, BLOCK | {"email": "A@example.com"}]}, ".suppressions[1]: stands twice"),
    ({"suppressions": [BLOCK | {"created": "2015-03-01"}]}, ".suppressions[0].created: Not a valid"),
    ({"suppressions": [BLOCK | {"reason": "a\x01b"}]}, ".suppressions[0].reason: contains characters that XML 1.0 forbids"),
    ({"statistics": [{}]}, ".statistics[0].day: Missing data for required field."),
    ({"statistics": [DAY | {"sent": 1}]}, ".statistics[0].sent: Unknown field."),
    ({"statistics": [DAY | {"opens": -1}]}, ".statistics[0].opens: Must be greater than or equal to 0"),
    ({"statistics": [DAY, DAY | {"category": ""}]}, ".statistics[1]: stands twice"),
]  # fmt: skip
WRONG_PRIMARIES: list[Any] = [
    ({"monitors": ["watch"]}, '.monitors[0]: must be an object with "name" and "email" and "frequency"'),
    ({"monitors": [{"name": "watch"}]}, ".monitors[0].email: Email is required"),
    ({"monitors": [MONITOR | {"frequency": 0}]}, ".monitors[0].frequency: Must be greater than or equal to 1"),
    ({"monitors": [MONITOR, MONITOR]}, ".monitors[1]: stands twice"),
    ({"mail_domains": [{"url_domain": "a.example"}]}, ".mail_domains[0].domain: Domain is required"),
    ({"mail_domains": [{"domain": "a.example", "url": ""}]}, ".mail_domains[0].url: Unknown field."),
]
WRONG_SUBUSERS: list[Any] = [
    ({"monitors": [5]}, ".monitors[0]: Monitors can only be a single text"),
    ({"monitors": [MONITOR]}, ".monitors[0].email: Unknown field."),
    ({"monitors": ["watch", {"name": "watch"}]}, ".monitors[1]: stands twice"),
    ({"monitors": [{"name": "watch", "mails": -1}]}, ".monitors[0].mails: Must be greater than or equal to 0"),
]


@pytest.mark.parametrize(("members", "said"), WRONG + WRONG_PRIMARIES)
def test_a_wrong_account(recorded: Service, members: dict[str, Any], said: str) -> None:
    assert f"accounts[0]{said}" in refused(recorded, document(**members))


@pytest.mark.parametrize(("members", "said"), WRONG + WRONG_SUBUSERS)
def test_a_wrong_subuser(recorded: Service, members: dict[str, Any], said: str) -> None:
    assert f"accounts[0].subusers[1]{said}" in refused(recorded, document(subuser(), subuser(**members)))


#: What the store refuses: of a primary account, of its second subuser, and what is said of whom.
CONFLICTS: list[Any] = [
    ({}, {"monitors": ["watch"]}, "its parent has no monitor 'watch'"),
    ({"monitors": [MONITOR]}, {"monitors": ["Watch"]}, "its parent has no monitor 'Watch'"),
    ({}, {"event_webhooks": HOOKS}, "it would have more than 5 event_webhooks, with its app's"),
    ({"parse": [HOST]}, {"parse": [HOST]}, "mail to 'in.example.com' is parsed for another account already"),
]


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize(("members", "of_subuser", "said"), CONFLICTS)
def test_a_conflict(
    own_world: World, members: dict[str, Any], of_subuser: dict[str, Any], said: str, is_new: bool
) -> None:
    names = {"username": "ada-of-this-test", "password": SECRET}
    given = document(subuser(), names | of_subuser, **members)
    if not is_new:
        plain = document(names, username=given["accounts"][0]["username"])
        assert own_world.admin("POST", "seed", plain).status == 200
    before = own_world.admin("GET", "state").json
    reply = own_world.admin("POST", "seed", given)
    assert (reply.status, reply.json) == (400, {"errors": {"account 'ada-of-this-test'": [said]}})
    assert own_world.admin("GET", "state").json == before


def test_what_is_not_told_is_as_usual(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2015-03-02T07:00:00Z"})
    members = {
        "credits": {"mode": "recurring", "credit": 9, "period": "weekly"},
        "suppressions": [BLOCK, BLOCK | {"removed": "2015-03-01T00:00:00Z"}],
        "apps": {"footer": {}},
    }
    assert own_world.admin("PUT", "state", document(**members)).status == 200
    account = own_world.admin("GET", "state").json["accounts"][0]
    # Still the day before in California.
    assert account["credits"] == members["credits"] | {"remain": 9, "last_reset": "2015-03-01"}
    assert account["suppressions"] == [
        BLOCK | {"created": "2015-03-02T07:00:00+00:00"},
        BLOCK | {"created": "2015-03-01T00:00:00+00:00", "removed": "2015-03-01T00:00:00+00:00"},
    ]
    assert account["apps"] == {"footer": {"active": False}}
    assert "time_zone" not in account
