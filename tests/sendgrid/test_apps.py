"""customer.apps, filter.*, customer.eventposturl and eventposturl.*: what is sent and what comes back, byte for byte."""

from typing import Any

import pytest

from emulator import World

DONE = '{"message":"success"}'
NOT_AUTHORISED = '{"error":{"code":401,"message":"Permission denied, not authorized"}}'
NO_SUCH_USER = '{"error":{"code":400,"message":"User does not exist"}}'
#: Recorded, in this order: names, titles, descriptions as they are on the wire.
APPS = [
    ("gravatar", "Gravatar", "Appends your gravatar to each HTML email."),
    ("clicktrack", "Click Tracking", "Overwrites every link to track every click in emails."),
    (
        "subscriptiontrack",
        "Subscription Tracking",
        "Adds unsubscribe links to the bottom of the text and HTML emails.  Future emails won't be delivered to unsubscribed users.",
    ),
    (
        "opentrack",
        "Open Tracking",
        "Appends an invisible image to HTML emails to track emails that have been opened.",
    ),
    ("footer", "Footer", "Allows you to add a custom footer to outgoing email."),
    ("spamcheck", "Spam Checker", "Check outbound messages for spam content."),
    ("ganalytics", "Google Analytics", "Track your conversion rates and ROI with Google Analytics."),
    ("template", "Email Template", "Allows you to customize your outgoing HTML emails."),
    ("domainkeys", "Domain Keys", "Allows email to be signed with DomainKeys."),
    ("bcc", "BCC", "Automatically BCC an address for every e-mail sent."),
    (
        "eventnotify",
        "Event Notification",
        "Controls notifications for events, such as bounces, clicks, and opens.",
    ),
    (
        "seedlist",
        "Return Path Seedlist",
        "For Return Path customers, with your seedlist for delivery monitoring.",
    ),
    (
        "forwardspam",
        "Forward Spam",
        "Allows for a copy of spam reports to be forwarded to an email address.",
    ),
    (
        "addresswhitelist",
        "Address Whitelist",
        "Address \\/ domains that should never have email suppressed.",
    ),
    ("dkim", "DKIM", "Allows email to be signed with DKIM. Cannot be disabled."),
]
EVENTS = ("processed", "dropped", "deferred", "delivered", "bounce", "click", "open", "unsubscribe", "spamreport")
UNSET = '{"settings":{' + ",".join(f'"{event}":""' for event in (*EVENTS, "url")) + "}}"


def listed(*on: str) -> str:
    rows = (
        f'{{"name":"{name}","title":"{title}","description":"{text}","activated":{str(name in on).lower()}}}'
        for name, title, text in APPS
    )
    return f"[{','.join(rows)}]"


class Door:
    """One way to an account's apps: by its parent, or its own."""

    def __init__(self, world: World, is_subuser: bool) -> None:
        self.world = world
        self.user = world.add() if is_subuser else ""

    def call(self, task: str, format: str = "json", method: str = "POST", **params: Any) -> Any:
        if self.user:
            return self.world.call(f"customer.apps.{format}", method, user=self.user, task=task, **params)
        return self.world.call(f"filter.{task}.{format}", method, **params)


@pytest.fixture(params=["customer.apps", "filter"])
def door(own_world: World, request: pytest.FixtureRequest) -> Door:
    return Door(own_world, request.param == "customer.apps")


@pytest.mark.parametrize("task", ["getavailable", "getAvailable"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_fifteen_apps_of_which_one_is_on(door: Door, task: str, method: str) -> None:
    reply = door.call(task, method=method)
    assert (reply.status, reply.headers["Content-Type"], reply.text) == (200, "application/json", listed("dkim"))


def test_they_are_switched_on_and_off(door: Door) -> None:
    for name, _, _ in APPS:
        assert door.call("activate", name=name).text == DONE
    assert door.call("getavailable").text == listed(*(name for name, _, _ in APPS))
    for name, _, _ in APPS[:-1]:
        assert door.call("deactivate", name=name, method="GET").text == DONE
    assert door.call("getavailable").text == listed("dkim")


def test_as_xml(door: Door) -> None:
    door.call("activate", name="addresswhitelist")
    found = door.call("getavailable", "xml").xml
    assert (found.tag, {row.tag for row in found}) == ("apps", {"app"})
    assert [tuple(field.text for field in row) for row in found] == [
        (name, title, text.replace("\\/", "/"), "1" if name in ("dkim", "addresswhitelist") else "0")
        for name, title, text in APPS
    ]
    assert [field.tag for field in found[0]] == ["name", "title", "description", "activated"]


def test_eventnotify_as_recorded(door: Door) -> None:
    """R058 to R060."""
    assert door.call("getsettings", name="eventnotify").text == UNSET
    on = dict.fromkeys(EVENTS, "1") | {"url": "http://yourdomain.com/event.php"}
    assert door.call("setup", name="eventnotify", **on).text == DONE
    told = ",".join(f'"{event}":"1"' for event in EVENTS) + r',"url":"http:\/\/yourdomain.com\/event.php"'
    assert door.call("getsettings", name="eventnotify").text == f'{{"settings":{{{told}}}}}'
    # Setting up is not switching on.
    assert door.call("getavailable").text == listed("dkim")


#: By app: what is set up; the settings as JSON and as XML.
SETTINGS: dict[str, tuple[dict[str, Any], str, str]] = {
    "clicktrack": ({"enable_text": "1"}, '{"enable_text":"1"}', "<app><enable_text>1</enable_text></app>"),
    "bcc": ({"email": "copy@example.com"}, '{"email":"copy@example.com"}', "<app><email>copy@example.com</email></app>"),
    "spamcheck": (
        {"url": "http://example.com/spam", "max_score": "3.5"},
        r'{"max_score":"3.5","url":"http:\/\/example.com\/spam"}',
        "<app><max_score>3.5</max_score><url>http://example.com/spam</url></app>",
    ),
    "footer": (
        {"text/html": "<p>é</p>", "text/plain": "é"},
        r'{"text\/html":"<p>\u00e9<\/p>","text\/plain":"\u00e9"}',
        '<app><key name="text/html">&lt;p&gt;&#233;&lt;/p&gt;</key><key name="text/plain">&#233;</key></app>',
    ),
    "addresswhitelist": (
        {"list[]": ["ada@example.com", "example.org"]},
        '{"list":["ada@example.com","example.org"]}',
        "<app><list><list>ada@example.com</list><list>example.org</list></list></app>",
    ),
    "opentrack": ({}, '"null"', "<app></app>"),
    # What is no setting of the app is ignored, as other parameters are.
    "gravatar": ({"email": "a@example.com"}, '"null"', "<app></app>"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "row"), SETTINGS.items(), ids=SETTINGS)
def test_what_is_set_up_is_told(door: Door, name: str, row: tuple[dict[str, Any], str, str]) -> None:
    given, json, xml = row
    assert door.call("setup", name=name, **given).text == DONE
    assert door.call("getsettings", name=name).text == f'{{"settings":{json}}}'
    assert door.call("getsettings", "xml", name=name).text == xml


def test_what_is_not_given_stays_and_what_is_empty_is_cleared(door: Door) -> None:
    door.call("setup", name="ganalytics", utm_source="news", utm_medium="email")
    door.call("setup", name="ganalytics", utm_source="", utm_term="t")
    told = '{"settings":{"utm_source":"","utm_medium":"email","utm_term":"t"}}'
    assert door.call("getsettings", name="ganalytics").text == told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"list[]": ["c", "d"]}, '["c","d"]'),
        ({"list[1]": "d", "list[0]": "c"}, '["d","c"]'),
        ({"list": "c"}, '["c"]'),
        # The way of the one client that clears it.
        ({"list[]": ""}, "[]"),
    ],
)
def test_a_list_replaces_the_one_before(door: Door, given: dict[str, Any], told: str) -> None:
    door.call("setup", name="addresswhitelist", **{"list[]": ["a", "b"]})
    assert door.call("setup", name="addresswhitelist", **given).text == DONE
    assert door.call("getsettings", name="addresswhitelist").text == f'{{"settings":{{"list":{told}}}}}'


#: By task and parameters: what is said.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("activate", {"name": "badappname"}, NOT_AUTHORISED),
    ("deactivate", {"name": "Footer"}, NOT_AUTHORISED),
    ("setup", {"name": "nothing", "enable_text": "1"}, NOT_AUTHORISED),
    ("getsettings", {"name": "newrelic"}, NOT_AUTHORISED),
    # Its description says so.
    ("deactivate", {"name": "dkim"}, NOT_AUTHORISED),
    ("activate", {}, '{"message":"error","errors":["Name is required"]}'),
    ("setup", {"name": "footer"}, '{"message":"error","errors":["Missing parameters"]}'),
    ("setup", {"name": "footer", "text/html": ""}, '{"message":"error","errors":["Missing parameters"]}'),
    ("setup", {"name": "bcc", "email": "x"}, '{"message":"error","errors":["Email is not a valid email address"]}'),
    ("setup", {"name": "spamcheck", "max_score": "high"}, '{"message":"error","errors":["Max score can only be a number."]}'),
    ("setup", {"name": "spamcheck", "max_score": "1.2.3"}, '{"message":"error","errors":["Max score can only be a number."]}'),
    ("setup", {"name": "clicktrack", "enable_text[]": "1"}, '{"message":"error","errors":["Enable text can only be a single text"]}'),
]  # fmt: skip


@pytest.mark.parametrize(("task", "given", "said"), REFUSED)
def test_what_is_refused(door: Door, task: str, given: dict[str, Any], said: str) -> None:
    reply = door.call(task, **given)
    assert (reply.status, reply.text) == (200, said)
    # R139 has its type, too.
    kind = "text/html; charset=utf-8" if said == NOT_AUTHORISED else "application/json"
    assert reply.headers["Content-Type"] == kind
    assert door.call("getavailable").text == listed("dkim")


def test_of_whom(own_world: World) -> None:
    assert own_world.call("customer.apps.json", task="getavailable", user="nobody").text == NO_SUCH_USER
    assert own_world.call("customer.apps.json", task="getavailable").text == NO_SUCH_USER
    sub, other = own_world.add(), own_world.add()
    own_world.call("customer.apps.json", task="activate", user=sub, name="bcc")
    assert own_world.call("customer.apps.json", task="getavailable", user=sub).text == listed("bcc", "dkim")
    for reply in (
        own_world.call("customer.apps.json", task="getavailable", user=other),
        own_world.call("filter.getavailable.json"),
    ):
        assert reply.text == listed("dkim")


def test_two_switches_are_those_of_the_account(own_world: World) -> None:
    """The console, seeds and exports know them as columns of the account."""
    sub = own_world.add()
    for name in ("clicktrack", "opentrack"):
        own_world.call("customer.apps.json", task="activate", user=sub, name=name)
    seed = own_world.admin("GET", "state").json
    (account,) = [each for each in seed["accounts"] if each["username"] == own_world.name]
    assert [(each["open_tracking"], each["click_tracking"]) for each in account["subusers"]] == [(True, True)]
    own_world.call("customer.apps.json", task="deactivate", user=sub, name="clicktrack")
    assert own_world.call("customer.apps.json", task="getavailable", user=sub).text == listed("opentrack", "dkim")


# The URL of events


class UrlDoor:
    """One way to the URL to which events are posted."""

    def __init__(self, world: World, is_subuser: bool) -> None:
        self.world = world
        self.user = world.add() if is_subuser else ""

    def call(self, task: str, format: str = "json", **params: Any) -> Any:
        if self.user:
            return self.world.call(f"customer.eventposturl.{format}", "GET", user=self.user, task=task, **params)
        return self.world.call(f"eventposturl.{task}.{format}", "GET", **params)

    def settings(self) -> Any:
        if self.user:
            reply = self.world.call("customer.apps.json", task="getsettings", name="eventnotify", user=self.user)
        else:
            reply = self.world.call("filter.getsettings.json", name="eventnotify")
        return reply.json["settings"]


@pytest.fixture(params=["customer.eventposturl", "eventposturl"])
def urls(own_world: World, request: pytest.FixtureRequest) -> UrlDoor:
    return UrlDoor(own_world, request.param == "customer.eventposturl")


def test_the_url_of_events_as_recorded(urls: UrlDoor) -> None:
    """R018 to R020, R131 to R133."""
    assert urls.call("get").text == "[]"
    assert urls.call("get", "xml").text == "<url></url>"
    assert urls.call("set", url="www.example.com/notification").text == DONE
    assert urls.call("get").text == r'[{"url":"www.example.com\/notification"}]'
    assert urls.call("set", url="http://www.SubUserPostUrlHere.com?a=1&b=<2>").text == DONE
    assert urls.call("get", "xml").text == "<url>http://www.SubUserPostUrlHere.com?a=1&amp;b=&lt;2&gt;</url>"
    assert urls.call("delete", url="www.example.com/noti.php").text == DONE
    assert urls.call("get").text == "[]"
    assert urls.call("delete").text == DONE


def test_it_is_that_of_the_app(urls: UrlDoor) -> None:
    urls.call("set", url="http://example.com/1")
    assert urls.settings()["url"] == "http://example.com/1"
    if urls.user:
        urls.world.call(
            "customer.apps.json", task="setup", name="eventnotify", url="http://example.com/2", user=urls.user
        )
    else:
        urls.world.call("filter.setup.json", name="eventnotify", url="http://example.com/2")
    assert urls.call("get").json == [{"url": "http://example.com/2"}]
    urls.call("delete")
    assert urls.settings()["url"] == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, '{"message":"error","errors":["Url is required"]}'),
        ({"url": ""}, '{"message":"error","errors":["Url is required"]}'),
        ({"url": "x" * 2001}, '{"message":"error","errors":["Url can only be up to 2000 characters."]}'),
    ],
)
def test_which_urls_are_refused(urls: UrlDoor, given: dict[str, str], said: str) -> None:
    assert urls.call("set", **given).text == said


def test_no_journal_shows_a_url_that_may_hold_a_password(own_world: World) -> None:
    url = "http://hook:hooks-own-secret@example.com/"
    own_world.call("eventposturl.set.json", url=url)
    own_world.call("filter.setup.json", name="eventnotify", url=url)
    assert len(own_world.journal(outcome="done")) == 2
    assert "hooks-own-secret" not in own_world.admin("GET", "requests").text
