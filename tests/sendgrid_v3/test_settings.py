"""tracking_settings and mail_settings: the apps of v2 by other names, acting on the same mail."""

from typing import Any

import pytest

from emulator import World
from v3_api import Api, errors_of

#: A setting: its group and name, what is set, what v2 calls it, and what v2 has then; the last are texts.
SETTINGS: list[tuple[str, dict[str, Any], str, dict[str, Any] | str]] = [
    ("tracking_settings/open", {}, "opentrack", "null"),
    ("tracking_settings/click", {"enable_text": True}, "clicktrack", {"enable_text": "1"}),
    (
        "tracking_settings/subscription",
        {"html_content": "<p>a</p>", "landing": "b", "plain_content": "c", "replace": "d", "url": "http://e.example"},
        "subscriptiontrack",
        {"text/html": "<p>a</p>", "text/plain": "c", "url": "http://e.example", "landing": "b", "replace": "d"},
    ),
    (
        "tracking_settings/google_analytics",
        {"utm_campaign": "a", "utm_content": "b", "utm_medium": "c", "utm_source": "d", "utm_term": "e"},
        "ganalytics",
        {"utm_source": "d", "utm_medium": "c", "utm_campaign": "a", "utm_term": "e", "utm_content": "b"},
    ),
    (
        "mail_settings/address_whitelist",
        {"list": ["example.com", "ada@example.org"]},
        "addresswhitelist",
        {"list": ["example.com", "ada@example.org"]},
    ),
    (
        "mail_settings/footer",
        {"html_content": "<p>a</p>", "plain_content": "b"},
        "footer",
        {"text/html": "<p>a</p>", "text/plain": "b"},
    ),
    ("mail_settings/forward_spam", {"email": "a@example.com, b@example.com"}, "forwardspam", {"email": "a@example.com, b@example.com"}),
    ("mail_settings/template", {"html_content": "<% body %>"}, "template", {"text/html": "<% body %>"}),
    # v2 has none of that.
    ("mail_settings/bounce_purge", {"hard_bounces": 5, "soft_bounces": None}, "", ""),
    ("mail_settings/forward_bounce", {"email": "a@example.com"}, "", ""),
]  # fmt: skip


def is_active(world: World, app: str, **who: str) -> bool:
    """Whether v2 says that an app is on."""
    call = "customer.apps.json" if who else "filter.getavailable.json"
    listed = world.call(call, task="getavailable", **who).json
    (found,) = [each["activated"] for each in listed if each["name"] == app]
    return bool(found)


@pytest.mark.parametrize(("path", "given", "app", "stored"), SETTINGS)
def test_a_setting_is_an_app_of_v2(
    own_world: World, path: str, given: dict[str, Any], app: str, stored: dict[str, Any] | str
) -> None:
    v3, on = Api(own_world), {"enabled": True}
    assert v3.does("GET", path)["enabled"] is False
    assert v3.does("PATCH", path, on | given) == on | given
    # Whatever is not given stays.
    told = v3.does("PATCH", path, {"enabled": False})
    assert told == given | {"enabled": False} == v3.does("GET", path)
    assert list(told) == sorted(told)
    assert v3.does("PATCH", path, {}) == told
    if app:
        assert own_world.call("filter.getsettings.json", name=app).json == {"settings": stored}
        assert is_active(own_world, app) is False
        own_world.call("filter.activate.json", name=app)
        assert v3.does("GET", path)["enabled"] is True


def test_what_v2_sets_up_is_told(own_world: World) -> None:
    v3 = Api(own_world)
    own_world.call("filter.setup.json", name="footer", **{"text/plain": "v2's"})
    own_world.call("filter.setup.json", name="addresswhitelist", **{"list[]": ["a.example", "b.example"]})
    own_world.call("filter.setup.json", name="clicktrack", enable_text="0")
    assert v3.does("GET", "mail_settings/footer") == {"enabled": False, "html_content": "", "plain_content": "v2's"}
    assert v3.does("GET", "mail_settings/address_whitelist")["list"] == ["a.example", "b.example"]
    assert v3.does("GET", "tracking_settings/click") == {"enable_text": False, "enabled": False}


LISTS = [
    ("tracking_settings", ["name", "title", "description", "enabled"], ["open", "click", "subscription", "google_analytics"]),
    (
        "mail_settings",
        ["title", "enabled", "name", "description"],
        ["address_whitelist", "bounce_purge", "event_notify", "footer", "forward_bounce", "forward_spam", "template", "spam_check"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "keys", "names"), LISTS)
def test_lists(own_world: World, path: str, keys: list[str], names: list[str]) -> None:
    v3 = Api(own_world)
    listed = v3.does("GET", path)["result"]
    assert [each["name"] for each in listed] == names
    assert {tuple(each) for each in listed} == {tuple(keys)}
    assert not any(each["enabled"] for each in listed)
    for each in ("opentrack", "spamcheck", "eventnotify"):
        own_world.call("filter.activate.json", name=each)
    switched = {each["name"] for each in v3.does("GET", path)["result"] if each["enabled"]}
    assert switched == {"open", "spam_check", "event_notify"} & set(names)


REFUSED: list[tuple[str, Any, str, str]] = [
    ("tracking_settings/click", {"enabled": "1"}, "enabled", "enabled must be a boolean"),
    ("tracking_settings/click", {"enabled": True, "enable_text": 1}, "enable_text", "enable_text must be a boolean"),
    ("tracking_settings/subscription", {"url": 5}, "url", "url must be a string"),
    ("mail_settings/bounce_purge", {"hard_bounces": 0}, "hard_bounces", "hard_bounces must be 1 to 3650"),
    ("mail_settings/bounce_purge", {"soft_bounces": "5"}, "soft_bounces", "soft_bounces must be an integer"),
    ("mail_settings/address_whitelist", {"list": "a.example"}, "list", "list must be an array"),
    ("mail_settings/address_whitelist", {"list": [5]}, "list", "list[0] must be a string"),
    ("mail_settings/forward_spam", {"email": "a@example.com\nBcc: b@example.com"}, "email", "email must be e-mail addresses, with commas between them"),
    ("mail_settings/forward_bounce", {"email": "nobody"}, "email", "email must be e-mail addresses, with commas between them"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "given", "field", "said"), REFUSED)
def test_what_does_not_fit(own_world: World, path: str, given: Any, field: str, said: str) -> None:
    v3 = Api(own_world)
    before = v3.does("GET", path)
    assert errors_of(v3("PATCH", path, given)) == (400, [{"field": field, "message": said}])
    assert v3.does("GET", path) == before


def test_a_footer_is_in_the_mail(own_world: World) -> None:
    Api(own_world).does("PATCH", "mail_settings/footer", {"enabled": True, "plain_content": "Analytical Engines"})
    own_world.mail()
    assert own_world.message()["text"].split() == ["hello", "Analytical", "Engines"]


def test_a_subusers_settings_are_its_own(own_world: World) -> None:
    v3, sub = Api(own_world), own_world.add()
    given = {"enabled": True, "html_content": "", "plain_content": "Ada's"}
    assert v3.does("PATCH", "mail_settings/footer", given, user=sub) == given
    assert v3.does("GET", "mail_settings/footer")["enabled"] is False
    assert v3.does("PATCH", "tracking_settings/open", {"enabled": True}, user=sub) == {"enabled": True}
    assert is_active(own_world, "opentrack", user=sub)
    assert not is_active(own_world, "opentrack")


def bounce(world: World, **more: Any) -> None:
    """Let the only mail to Ada bounce."""
    number = world.outbox(to="ada@example.com")[0]["id"]
    assert world.admin("POST", f"messages/{number}/events", {"event": "bounce", **more}).status == 200


def test_bounces_are_forwarded(own_world: World) -> None:
    given = {"enabled": True, "email": "bounces@example.com, boss@example.com"}
    Api(own_world).does("PATCH", "mail_settings/forward_bounce", given)
    own_world.mail(subject="Offer")
    bounce(own_world)
    found = own_world.message(to="bounces@example.com")
    assert (found["subject"], found["operation"]) == ("Bounce: Offer", "bounce")
    assert [each["address"] for each in found["recipients"]] == ["bounces@example.com", "boss@example.com"]


#: The days that are set, the status of the bounce, the days that go by, and whether mail goes there again.
PURGES = [
    ({"hard_bounces": 5}, "5.1.1", 4, False),
    ({"hard_bounces": 5}, "5.1.1", 6, True),
    ({"soft_bounces": 5}, "5.1.1", 6, False),
    ({"soft_bounces": 5}, "4.2.2", 6, True),
    ({"hard_bounces": 5, "enabled": False}, "5.1.1", 6, False),
]


@pytest.mark.parametrize(("given", "status", "days", "is_purged"), PURGES)
def test_bounces_are_purged(own_world: World, given: dict[str, Any], status: str, days: int, is_purged: bool) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2015-03-01T12:00:00Z"})
    Api(own_world).does("PATCH", "mail_settings/bounce_purge", {"enabled": True} | given)
    own_world.mail()
    bounce(own_world, status=status)
    own_world.admin("PUT", "clock", {"advance": days * 86_400})
    own_world.mail(subject="Again")
    assert own_world.message(subject="Again")["recipients"][0]["outcome"] == ("delivered" if is_purged else "dropped")
    assert own_world.call("bounces.count.json").json == {"count": int(not is_purged)}


def test_bounces_are_purged_when_that_is_set(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2015-03-01T12:00:00Z"})
    own_world.mail()
    bounce(own_world)
    own_world.admin("PUT", "clock", {"advance": 6 * 86_400})
    for days, left in ((7, 1), (5, 0)):
        Api(own_world).does("PATCH", "mail_settings/bounce_purge", {"enabled": True, "hard_bounces": days})
        assert own_world.call("bounces.count.json").json == {"count": left}


def test_enforced_tls(own_world: World) -> None:
    api, path, sub = Api(own_world), "user/settings/enforced_tls", own_world.add()
    assert api.does("GET", path) == {"require_tls": False, "require_valid_cert": False}
    told = {"require_tls": True, "require_valid_cert": False}
    assert api.does("PATCH", path, {"require_tls": True, "version": 1.1}) == told
    assert api.does("PATCH", path, {}) == api.does("GET", path) == told
    assert api.does("PATCH", path, {"require_tls": False, "require_valid_cert": True}, user=sub)["require_valid_cert"]
    assert api.does("GET", path) == told
    reply = api("PATCH", path, {"require_tls": "1"})
    assert (reply.status, [each["field"] for each in reply.json["errors"]]) == (400, ["require_tls"])
    assert api("GET", "user/timezone").status == 501
