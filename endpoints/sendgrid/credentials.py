"""credentials/*: further logins of a primary account, with permission bits."""

from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import Caller
from legacygrid.models import credentials
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.registry.evidence import documented
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers.answers import Counted
from legacygrid.serializers.rows import credential_rows
from legacygrid.serializers.sendgrid import params, python_words
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

#: The slash is the real spelling; clients were seen that assume the dot of every other module.
SPELLINGS = ("/api/credentials/{}", "/api/credentials.{}", "/apiv2/credentials.{}")

family = Family("credentials", SPELLINGS, python_words.credentials, callers=Caller.PRIMARY)


@family.operation(
    "credentials/add",
    effect=WRITES,
    contract=Contract(
        evidence=documented(e.MANUAL_CREDENTIALS),
        params=params.new_credential,
        refuses=(reasons.NameTaken,),
        example={
            "username": "reports",
            "password": "readonly1",
            "permissions": '{"email": 0, "web": 1, "api": 0}',
        },
    ),
)
def add_credential(
    caller: Account, username: str, password: str, permissions: dict[str, Any] | None = None
) -> Counted:
    """Add a login to the account; a permission that is not given is granted."""
    credentials.add(caller, username, password, **(permissions or {}))
    return _count(caller)


@family.operation(
    "credentials/edit",
    effect=WRITES,
    contract=Contract(
        evidence=documented(e.MANUAL_CREDENTIALS),
        params=params.credential_edit,
        refuses=(reasons.UnknownCredential,),
        example={"username": "reports", "permissions": '{"api": 1}'},
    ),
)
def edit_credential(
    caller: Account,
    username: str,
    password: str | None = None,
    permissions: dict[str, Any] | None = None,
) -> Counted:
    """Change a login's password or the given permissions; what is not given stays."""
    secret = {"secret": password} if password else {}
    credentials.find(caller, username).change(**secret, **(permissions or {}))
    return _count(caller)


@family.operation(
    "credentials/get",
    contract=Contract(
        evidence=documented(e.MANUAL_CREDENTIALS),
        params=params.credential_filter,
        rows=credential_rows,
        refuses=(reasons.UnknownCredential,),
    ),
)
def get_credentials(caller: Account, username: str = "") -> Login | list[Login]:
    """List the account's further logins with the permissions that were given, or a single one."""
    if username:
        return credentials.find(caller, username)
    if credentials.are_many(caller):
        blocking.about_to_block(Lane.READ)
    return list(credentials.of(caller))


@family.operation(
    "credentials/remove",
    effect=WRITES,
    also="delete",
    contract=Contract(
        evidence=documented(e.MANUAL_CREDENTIALS),
        params=params.credential_name,
        refuses=(reasons.UnknownCredential,),
        example={"username": "reports"},
    ),
)
def remove_credential(caller: Account, username: str) -> Counted:
    """Remove a login; it stops working at once."""
    credentials.find(caller, username).delete_instance()
    return _count(caller)


def _count(account: Account) -> Counted:
    # The manual prints a number in XML and does not say of what.
    return Counted(credentials.of(account).count())
