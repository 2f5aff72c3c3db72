"""/v3/tracking_settings and /v3/mail_settings: what v2 calls apps, of the account that calls or of
the subuser that On-Behalf-Of names.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.grid import Grid
from legacygrid.models import apps, bounce_purge
from legacygrid.models.account import Account
from legacygrid.models.apps import AppSetting
from legacygrid.models.bounce_purge import BOUNCE_PURGE
from legacygrid.registry.evidence import Evidence, documented, pasted
from legacygrid.registry.operations import READS, WRITES, Contract, Effect, Handler
from legacygrid.serializers.sendgrid_v3 import settings, words
from legacygrid.serializers.sendgrid_v3.settings import ENABLED, ListedSetting, Setting

family = new_family()

_GUIDE = "sendgrid/docs, the guide to automating subusers"
_GUIDED = {"click": pasted(_GUIDE), "open": pasted(_GUIDE)}
#: What a call that sets something up is sent with, beside `enabled`.
_EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "click": {"enable_text": True},
    "subscription": {"html_content": "<p>Leave: <% here %></p>", "plain_content": "Leave: <% %>"},
    "google_analytics": {"utm_source": "mail", "utm_medium": "email"},
    "address_whitelist": {"list": ["example.com", "ada@example.org"]},
    "bounce_purge": {"hard_bounces": 30, "soft_bounces": 5},
    "footer": {"html_content": "<p>Analytical Engines, London</p>"},
    "forward_bounce": {"email": "bounces@example.com"},
    "forward_spam": {"email": "abuse@example.com"},
    "template": {"html_content": "<p><% body %></p>"},
}


def _read(account: Account, setting: Setting) -> AppSetting:
    return apps.read(account).get(setting.app, AppSetting())


def _list(account: Account, listed: tuple[Setting, ...]) -> list[ListedSetting]:
    return [ListedSetting(each, _read(account, each).active) for each in listed]


@family.operation(
    "v3/tracking_settings",
    task="GET",
    scopes=("tracking_settings.read",),
    contract=Contract(
        evidence=documented(f"{words.OPENAPI}, tsg_tracking_settings_v3"),
        rows=settings.tracking_list,
    ),
)
def list_tracking_settings(caller: Account) -> list[ListedSetting]:
    """List the tracking settings, and whether each is on."""
    return _list(caller, settings.TRACKING)


@family.operation(
    "v3/mail_settings",
    task="GET",
    scopes=("mail_settings.read",),
    contract=Contract(
        evidence=documented(f"{words.OPENAPI}, tsg_mail_settings_v3"),
        rows=settings.mail_list,
    ),
)
def list_mail_settings(caller: Account) -> list[ListedSetting]:
    """List the mail settings, and whether each is on."""
    return _list(caller, settings.MAIL)


def _make_teller(setting: Setting) -> Handler:
    def tell(caller: Account) -> AppSetting:
        return _read(caller, setting)

    tell.__doc__ = f"Tell the setting {setting.title}."
    return tell


def _make_changer(setting: Setting) -> Handler:
    def change(caller: Account, grid: Grid, **given: Any) -> AppSetting:
        stored = setting.to_store(given)
        if stored:
            apps.set_up(caller.id, setting.app, stored)
        if ENABLED in given:
            apps.switch(caller, setting.app, given[ENABLED])
        if setting.app == BOUNCE_PURGE:
            bounce_purge.purge(caller, grid.clock.now(caller.world))
        return _read(Account.get_by_id(caller.id), setting)

    change.__doc__ = f"Change what is given of the setting {setting.title}, and tell all of it."
    return change


def _declare(group: str, setting: Setting, task: str, effect: Effect, handler: Handler) -> None:
    name = f"{group}.{setting.name}"
    known: Evidence = documented(f"{words.OPENAPI}, tsg_{group}_v3")
    action = "read" if effect is READS else "update"
    contract = Contract(evidence=_GUIDED.get(setting.name, known), rows=setting.rows)
    if effect is WRITES:
        example = {ENABLED: True, **_EXAMPLES.get(setting.name, {})}
        contract = replace(contract, params=setting.params, example=example)
    declare = family.operation(
        f"v3/{group}/{setting.name}",
        task=task,
        effect=effect,
        scopes=(f"{name}.{action}",),
        contract=contract,
    )
    declare(handler)


for _group, _settings in (
    ("tracking_settings", settings.TRACKING),
    ("mail_settings", settings.MAIL),
):
    for _each in _settings:
        if _each.has_call:
            _declare(_group, _each, "GET", READS, _make_teller(_each))
            _declare(_group, _each, "PATCH", WRITES, _make_changer(_each))
