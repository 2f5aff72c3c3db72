"""Tells all that is in a world, as a seed of another; secrets as hashes only."""

from datetime import UTC, datetime
from typing import Any

from legacygrid.models import credentials
from legacygrid.models.account import OWN, SEPARATOR, Account
from legacygrid.models.api_key import ApiKey
from legacygrid.models.login import Login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.serializers.seeds import VERSION


def export(world: str = "") -> dict[str, Any]:
    """Everything in a world, as a seed of another one; secrets as hashes only."""
    primaries = Account.select().where(Account.parent.is_null(), Account.world == world).order_by(Account.id)
    return {"version": VERSION, "accounts": [_exported(account) for account in primaries]}


def _exported(account: Account) -> dict[str, Any]:
    owner = Login.owner_of(account)
    told: dict[str, Any] = {"username": owner.name, "password_hash": owner.secret}
    told |= {name: getattr(account, name) for name in OWN}
    told["credentials"] = list(map(_exported_credential, credentials.of(account)))
    told["keys"] = list(map(_exported_key, _belongings(ApiKey, account)))
    if not account.is_primary:
        return told | {"mail_domain": account.mail_domain}
    told["mail_domains"] = [record.domain for record in _belongings(MailDomain, account)]
    children = Account.select().where(Account.parent == account).order_by(Account.id)
    told["subusers"] = [_exported(child) for child in children.iterator()]
    return told


def _belongings(model: Any, account: Account) -> Any:
    return model.select().where(model.account == account).order_by(model.id)


def _exported_key(key: ApiKey) -> dict[str, Any]:
    return {"label": key.label, "key_hash": key.digest.rpartition(SEPARATOR)[2]}


def _exported_credential(login: Login) -> dict[str, Any]:
    return {
        "id": login.number,
        "name": login.name,
        "password_hash": login.secret,
        "permissions": login.permissions(),
        "created_at": _moment(login.created_at),
        "updated_at": _moment(login.updated_at),
    }


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
