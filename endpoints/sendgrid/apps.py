"""customer.apps and filter.*: which apps an account has on, and how they are set up. What they do
to its mail is in `mail_apps`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import OWNERS
from legacygrid.endpoints.sendgrid.customer import make_family
from legacygrid.models import apps
from legacygrid.models.account import Account
from legacygrid.models.apps import AppSetting
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import documented, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers.sendgrid import words
from legacygrid.serializers.sendgrid.app_kinds import BY_NAME, DKIM, KINDS, AppKind
from legacygrid.serializers.sendgrid.apps import (
    AppRow,
    ToldSettings,
    app_name,
    app_rows,
    app_settings,
    settings_rows,
    tell_settings,
)
from legacygrid.serializers.sendgrid.messages import MESSAGES

of_subusers = make_family()
#: Of the account that calls.
family = Family("filter", ("/api/filter.{}",), words.customer, callers=OWNERS)

_REFUSES = (reasons.NotAuthorised,)
_RECORDED, _DOCUMENTED = recorded(e.GEM_2012), documented(e.MANUAL_APPS)
_LIST = Contract(evidence=_RECORDED, rows=app_rows, example={"user": "ada"})
_AS_IN_MANUAL = replace(_LIST, evidence=documented(e.MANUAL_SUBUSERS_APPS))
#: Of both that switch an app: a subuser's, and one's own.
_SWITCH_SUBUSERS = Contract(
    evidence=_RECORDED,
    params=app_name,
    refuses=_REFUSES,
    example={"user": "ada", "name": "opentrack"},
)
_SWITCH = replace(_SWITCH_SUBUSERS, evidence=_DOCUMENTED, example={"name": "opentrack"})
_FOOTER = {"name": "footer", "text/plain": "Analytical Engines, London"}


@of_subusers.operation("customer.apps", task="getAvailable", contract=_AS_IN_MANUAL)
@of_subusers.operation("customer.apps", task="getavailable", contract=_LIST)
def list_subusers_apps(subuser: Account) -> list[AppRow]:
    """List the apps, and whether a subuser has each of them on."""
    return _list(subuser)


@of_subusers.operation("customer.apps", task="activate", effect=WRITES, contract=_SWITCH_SUBUSERS)
def activate_subusers_app(subuser: Account, name: str) -> None:
    """Switch an app of a subuser on; its settings are those that were set up."""
    _switch(subuser, name, active=True)


@of_subusers.operation("customer.apps", task="deactivate", effect=WRITES, contract=_SWITCH_SUBUSERS)
def deactivate_subusers_app(subuser: Account, name: str) -> None:
    """Switch an app of a subuser off; its settings stay."""
    _switch(subuser, name, active=False)


@of_subusers.operation(
    "customer.apps",
    task="setup",
    effect=WRITES,
    contract=Contract(
        evidence=_RECORDED,
        params=app_settings,
        refuses=_REFUSES,
        example={"user": "ada", **_FOOTER},
    ),
)
def set_up_subusers_app(subuser: Account, name: str, **settings: Any) -> None:
    """Set what is given of an app's settings for a subuser; whether it is on stays."""
    _set_up(subuser, name, settings)


@of_subusers.operation(
    "customer.apps",
    task="getsettings",
    contract=Contract(
        evidence=_RECORDED,
        params=app_name,
        rows=settings_rows,
        refuses=_REFUSES,
        example={"user": "ada", "name": "eventnotify"},
    ),
)
def tell_subusers_app(subuser: Account, name: str) -> ToldSettings:
    """Tell a subuser's settings of an app."""
    return _tell(subuser, name)


@family.operation(
    "filter.getavailable",
    also="getAvailable",
    contract=Contract(evidence=_DOCUMENTED, rows=app_rows),
)
def list_apps(caller: Account) -> list[AppRow]:
    """List the apps, and whether the account has each of them on."""
    return _list(caller)


@family.operation("filter.activate", effect=WRITES, contract=_SWITCH)
def activate(caller: Account, name: str) -> None:
    """Switch an app of the account on; its settings are those that were set up."""
    _switch(caller, name, active=True)


@family.operation("filter.deactivate", effect=WRITES, contract=_SWITCH)
def deactivate(caller: Account, name: str) -> None:
    """Switch an app of the account off; its settings stay."""
    _switch(caller, name, active=False)


@family.operation(
    "filter.setup",
    effect=WRITES,
    contract=Contract(evidence=_DOCUMENTED, params=app_settings, refuses=_REFUSES, example=_FOOTER),
)
def set_up(caller: Account, name: str, **settings: Any) -> None:
    """Set what is given of an app's settings for the account; whether it is on stays."""
    _set_up(caller, name, settings)


@family.operation(
    "filter.getsettings",
    contract=Contract(
        evidence=_DOCUMENTED,
        params=app_name,
        rows=settings_rows,
        refuses=_REFUSES,
        example={"name": "eventnotify"},
    ),
)
def tell(caller: Account, name: str) -> ToldSettings:
    """Tell the account's settings of an app."""
    return _tell(caller, name)


def _list(account: Account) -> list[AppRow]:
    found, untouched = apps.read(account), AppSetting()
    return [
        AppRow(kind, kind.name == DKIM or found.get(kind.name, untouched).active) for kind in KINDS
    ]


def _switch(account: Account, name: str, active: bool) -> None:
    kind = find_app(name)
    if kind.name == DKIM and not active:
        raise reasons.NotAuthorised(hint=f"{DKIM} cannot be disabled, as its description says")
    apps.switch(account, kind.name, active)


def _set_up(account: Account, name: str, given: dict[str, Any]) -> None:
    kind = find_app(name)
    apps.set_up(account.id, kind.name, pick_settings(kind, given))


def pick_settings(kind: AppKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given of the settings of an app.

    :raises BadParameters: it needs others.
    """
    settings = {each: given[each] for each in kind.settings if each in given}
    if kind.needs_one_of and not any(settings.get(each) for each in kind.needs_one_of):
        raise reasons.BadParameters(Problem(kind.needs_one_of[0], MESSAGES["missing"]))
    return settings


def _tell(account: Account, name: str) -> ToldSettings:
    kind = find_app(name)
    return tell_settings(kind, (apps.find(account.id, kind.name) or AppSetting()).settings)


def find_app(name: str) -> AppKind:
    """The app of that name.

    :raises NotAuthorised: there is none, as the real service said it.
    """
    if name not in BY_NAME:
        raise reasons.NotAuthorised(hint=f"there is no app {name[:64]!r}")
    return BY_NAME[name]
