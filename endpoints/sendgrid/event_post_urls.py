"""customer.eventposturl and eventposturl.*: where events are posted to. It is the `url` of the app
`eventnotify`, which has to be on for anything to be posted.
"""

from legacygrid.auth.principal import OWNERS
from legacygrid.endpoints.sendgrid.customer import make_family
from legacygrid.models import apps
from legacygrid.models.account import Account
from legacygrid.models.apps import EVENTNOTIFY
from legacygrid.registry.evidence import recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers.sendgrid import words
from legacygrid.serializers.sendgrid.apps import post_url
from legacygrid.serializers.sendgrid.post_urls import url_rows

of_subusers = make_family()
#: Of the account that calls.
family = Family("eventposturl", ("/api/eventposturl.{}",), words.customer, callers=OWNERS)

_RECORDED = recorded(e.GEM_2012)
_URL = {"url": "http://example.com/events"}


@of_subusers.operation(
    "customer.eventposturl",
    task="set",
    effect=WRITES,
    contract=Contract(evidence=_RECORDED, params=post_url, example={"user": "ada", **_URL}),
)
def set_subusers_url(subuser: Account, url: str) -> None:
    """Set where the events of a subuser's mail are posted to."""
    _set(subuser, url)


@of_subusers.operation(
    "customer.eventposturl",
    task="get",
    contract=Contract(evidence=_RECORDED, rows=url_rows, example={"user": "ada"}),
)
def get_subusers_url(subuser: Account) -> list[str]:
    """Tell where the events of a subuser's mail are posted to, as a list of one, or of none."""
    return _get(subuser)


@of_subusers.operation(
    "customer.eventposturl",
    task="delete",
    effect=WRITES,
    contract=Contract(evidence=_RECORDED, example={"user": "ada"}),
)
def delete_subusers_url(subuser: Account) -> None:
    """Forget where the events of a subuser's mail are posted to, whatever `url` is sent."""
    _set(subuser, "")


@family.operation(
    "eventposturl.set",
    effect=WRITES,
    contract=Contract(evidence=_RECORDED, params=post_url, example=_URL),
)
def set_url(caller: Account, url: str) -> None:
    """Set where the events of the account's mail are posted to."""
    _set(caller, url)


@family.operation("eventposturl.get", contract=Contract(evidence=_RECORDED, rows=url_rows))
def get_url(caller: Account) -> list[str]:
    """Tell where the events of the account's mail are posted to, as a list of one, or of none."""
    return _get(caller)


@family.operation("eventposturl.delete", effect=WRITES, contract=Contract(evidence=_RECORDED))
def delete_url(caller: Account) -> None:
    """Forget where the events of the account's mail are posted to."""
    _set(caller, "")


def _set(account: Account, url: str) -> None:
    apps.set_up(account.id, EVENTNOTIFY, {"url": url})


def _get(account: Account) -> list[str]:
    setting = apps.find(account.id, EVENTNOTIFY)
    url = setting.settings.get("url") if setting else ""
    return [url] if url else []
