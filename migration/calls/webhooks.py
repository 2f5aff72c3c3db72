"""customer.eventposturl, eventposturl.*, and the app eventnotify: v3's event webhooks."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from legacygrid.migration import sources
from legacygrid.migration.calls.shared import NO_BODY, USER, each, with_scheme
from legacygrid.migration.inputs import Inputs
from legacygrid.migration.rows import Case, Kind, Row
from legacygrid.migration.steps import Ask, Compare, Condition, Find, Step, When
from legacygrid.migration.values import IF_GIVEN, SWITCH, Kept, Param, Value, Worked

_EVENTS = "/v3/user/webhooks/event/settings"
#: The flags of v3 that v2's app calls otherwise, or the same.
FLAGS = {
    new: Param(old, SWITCH, IF_GIVEN)
    for new, old in {
        **{
            name: name
            for name in (
                "processed", "dropped", "deferred", "delivered", "bounce", "click", "open",
                "unsubscribe", "group_unsubscribe", "group_resubscribe",
            )
        },
        "spam_report": "spamreport",
    }.items()
}  # fmt: skip
_SEVERAL = (
    "v3 has up to five webhooks with ids, v2 had one URL: the first is taken for it, and a second"
    " one would have every event posted twice"
)
_SCHEME = "v3 refuses a URL without http:// or https://, which v2 took"
_FORMATS = "events come as a JSON array: versions 1 and 2 of the format do not exist"
_RENAMED = "flags are booleans, and spamreport is spam_report"
_IS_THERE = Condition(Kept("webhook"), Compare.IS_THERE)


def _url(inputs: Inputs) -> str:
    """The URL with a scheme: v2 took it without, and posted by HTTP."""
    return with_scheme(inputs.text("url"))


_URL = Worked("url", _url)
_SAME_URL = {"url": Kept("webhook", ("url",))}


class _Hooks(NamedTuple):
    """The calls about where events of a subuser are posted, or of the account itself."""

    as_user: Value | None

    def make_rows(self) -> Iterator[Row]:
        """What becomes of each."""
        yield from self._post_urls()
        yield from self._app()

    def _post_urls(self) -> Iterator[Row]:
        yield self._row(
            "set",
            self._change({"url": _URL}, {"enabled": False, "url": _URL}),
            losses=(_SEVERAL, _SCHEME, _FORMATS),
            example={"url": "https://example.com/events"},
        )
        yield self._row(
            "get",
            yields=Kept("webhook"),
            losses=(_SEVERAL, "v2 answered a list of one, or of none"),
        )
        yield self._row(
            "delete",
            When(_IS_THERE, (self._ask("DELETE"),)),
            losses=(_SEVERAL, NO_BODY, "the webhook's flags and its name go with it"),
        )

    def _app(self) -> Iterator[Row]:
        for action, enabled in (("activate", True), ("deactivate", False)):
            yield self._row(
                action,
                self._change({**_SAME_URL, "enabled": enabled}),
                app=True,
                losses=(_SEVERAL, "without a webhook there is nothing to switch"),
            )
        yield self._row(
            "setup",
            self._change({**_SAME_URL, **FLAGS}),
            app=True,
            losses=(_SEVERAL, _RENAMED, _FORMATS, "without a webhook there is nothing to set up"),
            example={"open": "1", "spamreport": "0"},
        )
        body = {"url": _URL, **FLAGS}
        yield self._row(
            "setup",
            self._change(body, {"enabled": False, **body}),
            app=True,
            when=(Case(("url",)),),
            losses=(_SEVERAL, _RENAMED, _SCHEME, _FORMATS),
            example={"url": "https://example.com/events", "open": "1", "spamreport": "0"},
        )
        yield self._row(
            "getsettings", app=True, yields=Kept("webhook"), losses=(_SEVERAL, _RENAMED)
        )

    def _change(self, body: Mapping[str, Any], new: Mapping[str, Any] | None = None) -> When:
        """Changes the webhook that was found, or makes one where there is none.

        :param new: of one that is made.
        """
        make = Ask("POST", _EVENTS, self.as_user, body=new)
        return When(_IS_THERE, (self._ask("PATCH", body),), (make,) if new else ())

    def _ask(self, verb: str, body: Any = None) -> Ask:
        return Ask(verb, f"{_EVENTS}/{{webhook.id}}", self.as_user, body=body)

    def _row(
        self,
        action: str,
        *steps: Step,
        losses: tuple[str, ...],
        app: bool = False,
        when: tuple[Case, ...] = (),
        yields: Any = None,
        example: Mapping[str, str] | None = None,
    ) -> Row:
        of_subuser, own = (
            ("customer.apps", "filter") if app else ("customer.eventposturl", "eventposturl")
        )
        called = (of_subuser, action) if self.as_user else (f"{own}.{action}", "")
        who = {"task": action, "user": "ada"} if self.as_user else {}
        name = {"name": "eventnotify"} if app else {}
        list_hooks = Ask("GET", f"{_EVENTS}/all", self.as_user, keep="webhooks", part="webhooks")
        find = Find(
            "webhook",
            "webhooks",
            Condition(each("id"), Compare.IS_THERE),
            "event webhook",
            optional=True,
        )
        return Row(
            *called,
            kind=Kind.LOSSY,
            evidence=sources.OAI,
            steps=(list_hooks, find, *steps),
            when=((Case(("name",), ("eventnotify",)),) if app else ()) + when,
            yields=yields,
            losses=losses,
            example={**who, **name, **(example or {})},
        )


ROWS = (*_Hooks(USER).make_rows(), *_Hooks(None).make_rows())
