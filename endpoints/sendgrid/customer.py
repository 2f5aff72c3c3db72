"""customer.*: a primary account's subusers."""

from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import Caller
from legacygrid.grid import Grid
from legacygrid.models import subuser_lists, subusers
from legacygrid.models.account import Account
from legacygrid.models.login import OWNER, Login
from legacygrid.models.lookup import find_login
from legacygrid.models.subuser_lists import Profiles
from legacygrid.registry.evidence import documented, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers.rows import profile_rows
from legacygrid.serializers.sendgrid import params, words
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane


def make_family() -> Family:
    """A family of `customer.*`: each module that declares some of them has one of its own."""
    return Family("customer", ("/apiv2/customer.{}",), words.customer, callers=Caller.PRIMARY)


family = make_family()

_ADA = {
    "username": "ada", "password": "analytical1", "confirm_password": "analytical1",
    "email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace",
    "address": "12 St James's Square", "city": "London", "state": "London", "zip": "SW1Y 4JH",
    "country": "GB", "phone": "555-0100", "website": "example.com", "company": "Analytical Engines",
}  # fmt: skip


@family.operation(
    "customer.add",
    effect=WRITES,
    contract=Contract(
        evidence=recorded(f"{e.GEM_2012}; {e.GEM_2014}"),
        params=params.new_subuser,
        refuses=(reasons.NameTaken, reasons.UnknownMailDomain),
        example=_ADA,
    ),
)
def add_subuser(caller: Account, username: str, password: str, **profile: Any) -> None:
    """Create a subuser, with both of its switches on."""
    subusers.add(caller, username, password, **profile)


@family.operation(
    "customer.delete",
    effect=WRITES,
    contract=Contract(evidence=documented(e.MANUAL_SUBUSERS), example={"user": "ada"}),
)
def delete_subuser(subuser: Account) -> None:
    """Delete a subuser with all that is its own, at once and for good."""
    subuser.remove()


@family.operation(
    "customer.profile",
    task="get",
    contract=Contract(
        evidence=recorded(e.GEM_2012), params=params.subuser_filter, rows=profile_rows
    ),
)
def list_subusers(caller: Account, **filters: Any) -> Profiles:
    """List the caller's subusers, oldest first, narrowed by every filter given."""
    by_index = bool(filters) and subuser_lists.are_many(caller)
    if by_index:
        blocking.about_to_block(Lane.READ)
    return Profiles(caller, by_index, **filters)


@family.operation(
    "customer.profile",
    task="set",
    effect=WRITES,
    contract=Contract(
        evidence=recorded(e.GEM_2012),
        params=params.profile_fields,
        example={"user": "ada", "first_name": "Augusta", "last_name": "King"},
    ),
)
def set_profile(subuser: Account, **profile: Any) -> None:
    """Change what is given of a subuser's profile; username, email and password have calls of their
    own.
    """
    subuser.change(**profile)


@family.operation(
    "customer.profile",
    task="setUsername",
    effect=WRITES,
    contract=Contract(
        evidence=documented(e.MANUAL_SUBUSERS),
        params=params.new_name,
        refuses=(reasons.NameTaken,),
        example={"user": "ada", "username": "augusta"},
    ),
)
def set_username(subuser: Account, username: str) -> None:
    """Change the name under which a subuser logs in, at once and everywhere."""
    subusers.rename(subuser, username)


@family.operation(
    "customer.profile",
    task="setEmail",
    effect=WRITES,
    contract=Contract(
        evidence=documented(e.MANUAL_SUBUSERS),
        params=params.new_email,
        example={"user": "ada", "email": "augusta@example.com"},
    ),
)
def set_email(subuser: Account, email: str) -> None:
    """Change a subuser's address for letters of the provider; mail that it sends stays the same."""
    subuser.change(email=email)


@family.operation(
    "customer.password",
    effect=WRITES,
    contract=Contract(
        evidence=documented(e.MANUAL_SUBUSERS),
        params=params.new_password,
        example={"user": "ada", "password": "difference2", "confirm_password": "difference2"},
    ),
)
def set_password(subuser: Account, password: str) -> None:
    """Give a subuser a new password; the old one stops working at once."""
    Login.owner_of(subuser).change(secret=password)


@family.operation(
    "customer.enable",
    effect=WRITES,
    contract=Contract(evidence=recorded(e.GEM_2012), example={"user": "ada"}),
)
def enable(subuser: Account) -> None:
    """Let a subuser send mail; its website login is another switch."""
    subuser.change(active=True)


@family.operation(
    "customer.disable",
    effect=WRITES,
    contract=Contract(evidence=recorded(e.GEM_2012), example={"user": "ada"}),
)
def disable(subuser: Account) -> None:
    """Keep a subuser from sending mail; its website login is another switch."""
    subuser.change(active=False)


@family.operation(
    "customer.website_enable",
    effect=WRITES,
    contract=Contract(evidence=recorded(e.GEM_2012), example={"user": "ada"}),
)
def website_enable(subuser: Account) -> None:
    """Let a subuser log in to the website; sending mail is another switch."""
    subuser.change(website_access=True)


@family.operation(
    "customer.website_disable",
    effect=WRITES,
    contract=Contract(evidence=documented(e.MANUAL_SUBUSERS), example={"user": "ada"}),
)
def website_disable(subuser: Account) -> None:
    """Keep a subuser from logging in to the website; sending mail is another switch."""
    subuser.change(website_access=False)


@family.operation(
    "customer.auth",
    contract=Contract(
        evidence=recorded(e.GEM_2012),
        params=params.subuser_login,
        refuses=(reasons.WrongPassword,),
        example={"user": "ada", "password": "analytical1"},
    ),
)
def check_password(caller: Account, grid: Grid, user: str = "", password: str = "") -> None:
    """Check a subuser's name and password; nothing changes."""
    if not is_password_of(caller, grid, user, password):
        raise reasons.WrongPassword


def is_password_of(caller: Account, grid: Grid, user: str, password: str) -> bool:
    """Whether it is the password of the caller's subuser of that name.

    :raises WouldBlock: this thread may not hash.
    """
    found, passwords = find_login(user, caller.world), grid.passwords
    login = (
        found[0] if found and found[1].parent_id == caller.id and found[0].kind == OWNER else None
    )
    is_right = passwords.recall(login, user, password, caller.world)
    if is_right is None:
        # The caller could set the password anyway, so a wrong one does not count.
        return passwords.check(login, user, password, caller.world)
    return is_right
