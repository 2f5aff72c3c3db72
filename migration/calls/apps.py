"""customer.apps and filter.*: apps, in whose place v3 has tracking settings and mail settings."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from legacygrid.migration import sources
from legacygrid.migration.calls.shared import USER
from legacygrid.migration.rows import Case, Kind, Row
from legacygrid.migration.steps import Ask
from legacygrid.migration.values import IF_GIVEN, SWITCH, TEXT, TEXTS, JsonType, Kept, Param, Value
from legacygrid.registry.evidence import Evidence, documented, inferred


class AppTarget(NamedTuple):
    """An app that v3 has.

    :param path: of its settings in v3.
    :param settings: the name in v3 of each of v2's; `example` is a value of one.
    :param losses: its own.
    """

    name: str
    path: str
    settings: Mapping[str, Param]
    example: Mapping[str, Any]
    losses: tuple[str, ...] = ()


def _given(name: str, type: JsonType = TEXT) -> Param:
    return Param(name, type, IF_GIVEN)


_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_TEXTS = {"html_content": _given("text/html"), "plain_content": _given("text/plain")}
APPS = (
    AppTarget(
        "clicktrack",
        "/v3/tracking_settings/click",
        {"enable_text": _given("enable_text", SWITCH)},
        {"enable_text": "1"},
        ("the document lets enabled alone be set, the guide's live call enable_text as well",),
    ),
    AppTarget("opentrack", "/v3/tracking_settings/open", {}, {}),
    AppTarget(
        "subscriptiontrack",
        "/v3/tracking_settings/subscription",
        {**_TEXTS, **{name: _given(name) for name in ("url", "landing", "replace")}},
        {"replace": "[unsubscribe]"},
    ),
    AppTarget(
        "ganalytics",
        "/v3/tracking_settings/google_analytics",
        {name: _given(name) for name in _UTM},
        {"utm_source": "engine"},
    ),
    AppTarget("footer", "/v3/mail_settings/footer", _TEXTS, {"text/plain": "Engines, London"}),
    AppTarget(
        "template",
        "/v3/mail_settings/template",
        {"html_content": _given("text/html")},
        {"text/html": "<p><% body %></p>"},
    ),
    AppTarget(
        "forwardspam",
        "/v3/mail_settings/forward_spam",
        {"email": _given("email")},
        {"email": "ada@example.com"},
    ),
    AppTarget(
        "addresswhitelist",
        "/v3/mail_settings/address_whitelist",
        {"list": _given("list", TEXTS)},
        {"list": ["example.com"]},
    ),
)
_TURNED = 'settings "1" and "" are true and false, activated is enabled'
_TOGETHER = (
    "v2 set an app up and switched it on by two calls; in v3 both are fields of one PATCH, which"
    " leaves alone what it does not name"
)


class _Gone(NamedTuple):
    """Apps that v3 has not.

    :param instead: what can be done.
    """

    names: tuple[str, ...]
    reason: str
    instead: str
    evidence: Evidence = sources.ABSENCE


_GONE = (
    _Gone(("gravatar", "domainkeys", "seedlist"), "the feature does not exist", "nothing"),
    _Gone(
        ("bcc", "spamcheck"),
        "the setting of the account was retired in 2020",
        "a bcc in the code that sends; a check of your own before you send",
        documented("twilio/sendgrid-oai has neither any more"),
    ),
    _Gone(
        ("dkim",),
        "it is part of domain authentication",
        "POST /v3/whitelabel/domains, once for each domain",
    ),
    _Gone(
        ("newrelic", "sendwithus"),
        "it belongs to the settings of partners, which are not mapped here",
        "the website, or partner_settings",
        inferred("no document of the fifteen has partner_settings"),
    ),
    _Gone(
        (),
        "it is no app that v2 had; v2 refused it, too",
        "nothing",
        inferred("recorded of v2: permission denied"),
    ),
)


class _Apps(NamedTuple):
    """The calls about the apps of a subuser, or of the account itself."""

    as_user: Value | None

    def make_rows(self) -> Iterator[Row]:
        """What becomes of each; of the app eventnotify see `webhooks`."""
        for task in ("getavailable", "getAvailable") if self.as_user else ("getavailable",):
            yield self._list(task)
        for app in APPS:
            yield from self._of_app(app)
        for gone in _GONE:
            for action in ("activate", "deactivate", "setup", "getsettings"):
                yield self._not_there(action, gone)

    def _list(self, task: str) -> Row:
        return Row(
            *self._called(task),
            kind=Kind.LOSSY,
            evidence=sources.OAI,
            steps=(
                Ask("GET", "/v3/tracking_settings", self.as_user, keep="tracking", part="result"),
                Ask("GET", "/v3/mail_settings", self.as_user, keep="mail", part="result"),
            ),
            yields={"tracking": Kept("tracking"), "mail": Kept("mail")},
            losses=(
                "apps are in two lists, tracking settings and mail settings, under other names",
                "activated is enabled",
            ),
            example=self._who(task),
        )

    def _of_app(self, app: AppTarget) -> Iterator[Row]:
        for action, enabled in (("activate", True), ("deactivate", False)):
            patch = Ask("PATCH", app.path, self.as_user, body={"enabled": enabled})
            yield self._row(app, action, patch, losses=(_TOGETHER,))
        setup = Ask("PATCH", app.path, self.as_user, body=app.settings, unless_empty=True)
        yield self._row(
            app,
            "setup",
            setup,
            losses=(*app.losses, _TURNED, _TOGETHER),
            example=app.example,
        )
        read = Ask("GET", app.path, self.as_user, keep="settings")
        yield self._row(app, "getsettings", read, losses=(_TURNED,), yields=Kept("settings"))

    def _row(
        self,
        app: AppTarget,
        action: str,
        ask: Ask,
        losses: tuple[str, ...],
        yields: Any = None,
        example: Mapping[str, Any] | None = None,
    ) -> Row:
        return Row(
            *self._called(action),
            kind=Kind.LOSSY,
            evidence=sources.OAI,
            when=(Case(("name",), (app.name,)),),
            steps=(ask,),
            yields=yields,
            losses=losses,
            example={**self._who(action), "name": app.name, **(example or {})},
        )

    def _not_there(self, action: str, gone: _Gone) -> Row:
        name = gone.names[0] if gone.names else "pigeonpost"
        return Row(
            *self._called(action),
            kind=Kind.NONE,
            evidence=gone.evidence,
            when=(Case(("name",), gone.names),) if gone.names else (),
            reason=gone.reason,
            instead=gone.instead,
            example={**self._who(action), "name": name},
        )

    def _called(self, action: str) -> tuple[str, str]:
        return ("customer.apps", action) if self.as_user else (f"filter.{action}", "")

    def _who(self, action: str) -> dict[str, str]:
        return {"task": action, "user": "ada"} if self.as_user else {}


ROWS = (*_Apps(USER).make_rows(), *_Apps(None).make_rows())
