"""password.set: the caller's own password."""

from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.operations import OWNERS, Family
from legacygrid.serializers import evidence as e
from legacygrid.serializers import params, sendgrid
from legacygrid.serializers.evidence import documented

family = Family("password", ("/api/password.{}",), sendgrid.customer, callers=OWNERS)


@family.operation(
    "password.set",
    params=params.new_password,
    writes=True,
    evidence=documented(e.MANUAL_PASSWORD),
    example={"password": "difference2", "confirm_password": "difference2"},
)
def set_password(caller: Account, password: str) -> None:
    """Give the account a new password; the old one is dead at once."""
    Login.owner_of(caller).change(secret=password)
