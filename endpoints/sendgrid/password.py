"""password.set: the caller's own password."""

from legacygrid.auth.principal import OWNERS
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.registry.evidence import documented
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers.sendgrid import params, words

family = Family("password", ("/api/password.{}",), words.customer, callers=OWNERS)


@family.operation(
    "password.set",
    effect=WRITES,
    contract=Contract(
        evidence=documented(e.MANUAL_PASSWORD),
        params=params.new_password,
        example={"password": "difference2", "confirm_password": "difference2"},
    ),
)
def set_password(caller: Account, password: str) -> None:
    """Give the account a new password; the old one stops working at once."""
    Login.owner_of(caller).change(secret=password)
