"""/v3/user/settings/enforced_tls: whether mail goes by TLS alone. It is kept and told, and acts on
nothing: no mail is delivered here.
"""

from typing import Any

from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.models import apps
from legacygrid.models.account import Account
from legacygrid.models.apps import AppSetting
from legacygrid.registry.evidence import inferred
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import enforced_tls as serializers
from legacygrid.serializers.sendgrid_v3.enforced_tls import ENFORCED_TLS

family = new_family()

_NAME = "v3/user/settings/enforced_tls"
_KNOWN = inferred("the vendor's list of scopes of 2020 has it, and no source its members")


@family.operation(
    _NAME,
    task="GET",
    scopes=("user.settings.enforced_tls.read",),
    contract=Contract(evidence=_KNOWN, rows=serializers.rows),
)
def tell_enforced_tls(caller: Account) -> AppSetting:
    """Tell whether the account's mail goes by TLS alone, and to valid certificates alone."""
    return _read(caller)


@family.operation(
    _NAME,
    task="PATCH",
    effect=WRITES,
    scopes=("user.settings.enforced_tls.update",),
    contract=Contract(
        evidence=_KNOWN,
        params=serializers.change,
        rows=serializers.rows,
        example={"require_tls": True, "require_valid_cert": False},
    ),
)
def change_enforced_tls(caller: Account, **given: Any) -> AppSetting:
    """Change what is given of it, and tell all of it."""
    if given:
        apps.set_up(caller.id, ENFORCED_TLS, serializers.to_store(given))
    return _read(caller)


def _read(account: Account) -> AppSetting:
    return apps.find(account.id, ENFORCED_TLS) or AppSetting()
