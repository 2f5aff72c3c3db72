"""/v3/subusers: the subusers of a parent account, which alone may call."""

from collections.abc import Sequence

from legacygrid import reasons
from legacygrid.auth.principal import Caller
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.models import ip_addresses, subuser_lists
from legacygrid.models import subusers as accounts
from legacygrid.models.account import Account
from legacygrid.models.ip_addresses import ForeignAddress
from legacygrid.models.reputation import find_reputation
from legacygrid.reasons import NothingGiven, UnknownSubuser
from legacygrid.registry.evidence import client, documented, pasted
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import account_rows as rows
from legacygrid.serializers.sendgrid_v3 import account_words as words
from legacygrid.serializers.sendgrid_v3 import shapes
from legacygrid.serializers.sendgrid_v3 import subuser_params as params
from legacygrid.serializers.sendgrid_v3.account_rows import NewSubuser, Reputation, SubuserPage
from legacygrid.serializers.sendgrid_v3.stats import MAX_NAMES
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

OPENAPI = f"{shapes.OPENAPI}, tsg_subusers_v3"
GUIDE = "SendGrid's guide on automating subusers, 2016 to 2021"
_ADA = {"username": "ada"}
#: What the switches of mail and of the website take and refuse, both alike.
_SWITCH = Contract(
    evidence=documented(OPENAPI),
    params=params.switch,
    refuses=(words.InvalidUsername, NothingGiven),
    status=204,
    example={**_ADA, "disabled": True},
)

family = new_family(Caller.PRIMARY, acts_for_subusers=False)


@family.operation(
    "v3/subusers",
    task="GET",
    scopes=("subusers.read",),
    contract=Contract(evidence=pasted(GUIDE), params=params.page, rows=rows.subusers),
)
def list_subusers(
    caller: Account,
    limit: int,
    username: tuple[str, bool] = ("", False),
    offset: int = 0,
    region: str = "all",
    include_region: bool = False,
) -> SubuserPage:
    """List the account's subusers, oldest first, 500 at most; by name, the one that has it."""
    if subuser_lists.are_many(caller):
        blocking.about_to_block(Lane.READ)
    found = subuser_lists.slice_of(caller, offset, min(limit, params.PAGE), *username, region)
    return SubuserPage(found, include_region)


@family.operation(
    "v3/subusers",
    task="POST",
    effect=WRITES,
    scopes=("subusers.create",),
    contract=Contract(
        evidence=pasted(f"{GUIDE}; the status: {OPENAPI}"),
        params=params.new,
        rows=rows.new_subuser,
        refuses=(reasons.NameTaken, ForeignAddress),
        example={
            "username": "ada",
            "email": "ada@example.com",
            "password": "analytical-engine-1",
            "ips": ["192.0.2.33"],
        },
    ),
)
def add_subuser(
    caller: Account,
    username: str,
    email: str,
    password: str,
    ips: Sequence[str],
    region: str = "global",
    include_region: bool = False,
) -> NewSubuser:
    """Create a subuser; it has no profile yet, and sends as much as it likes."""
    kept = "" if region == "global" else region
    made = accounts.add(caller, username, password, email=email, region=kept)
    ip_addresses.assign(caller, made, ips)
    return NewSubuser(made, include_region)


@family.operation(
    "v3/subusers/{username}",
    task="GET",
    scopes=("subusers.read",),
    contract=Contract(
        evidence=client("StrongGrid calls it, and is tested against the live service"),
        params=params.named,
        rows=rows.subuser,
        refuses=(UnknownSubuser,),
        exists=lambda profile: profile.v3_subuser == "answer",
        example=_ADA,
    ),
)
def get_subuser(caller: Account, username: str) -> Account:
    """Tell of one subuser, as the list does."""
    return accounts.find(caller, username)


@family.operation(
    "v3/subusers/{username}",
    task="PATCH",
    effect=WRITES,
    scopes=("subusers.update",),
    contract=_SWITCH,
)
def switch_subuser(caller: Account, username: str, disabled: bool | None = None) -> None:
    """Keep a subuser from sending mail, or let it; its website login is another switch."""
    subuser = _find_changed(caller, username, disabled)
    subuser.change(active=not disabled)


@family.operation(
    "v3/subusers/{username}",
    task="DELETE",
    effect=WRITES,
    scopes=("subusers.delete",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.named,
        refuses=(UnknownSubuser,),
        status=204,
        example=_ADA,
    ),
)
def delete_subuser(caller: Account, username: str) -> None:
    """Delete a subuser with all that is its own, at once and for good."""
    accounts.find(caller, username).remove()


@family.operation(
    "v3/subusers/{username}/website_access",
    task="PATCH",
    effect=WRITES,
    scopes=("subusers.update",),
    contract=_SWITCH,
)
def switch_website(caller: Account, username: str, disabled: bool | None = None) -> None:
    """Keep a subuser from the website, or let it in; sending mail is another switch."""
    subuser = _find_changed(caller, username, disabled)
    subuser.change(website_access=not disabled)


@family.operation(
    "v3/subusers/reputations",
    task="GET",
    scopes=("subusers.reputations.read",),
    contract=Contract(
        evidence=documented(f"{OPENAPI}; how it is reckoned is inferred"),
        params=params.names,
        rows=rows.reputations,
    ),
)
def list_reputations(caller: Account, usernames: Sequence[str] = ()) -> list[Reputation]:
    """Tell how well the mail of subusers was taken, up to 10 of them; names of nobody are left
    out, and without names the oldest are told.
    """
    if usernames:
        found = [each for name in usernames for each in subuser_lists.slice_of(caller, 0, 1, name)]
    else:
        found = subuser_lists.slice_of(caller, 0, MAX_NAMES)
    return [Reputation(each.username, find_reputation(each.id)) for each in found]


def _find_changed(caller: Account, username: str, disabled: bool | None) -> Account:
    """The subuser that is to be changed.

    :raises NothingGiven: it is not said how.
    :raises InvalidUsername: it is none of the caller's.
    """
    if disabled is None:
        raise NothingGiven
    try:
        return accounts.find(caller, username)
    except UnknownSubuser as unknown:
        raise words.InvalidUsername(hint=unknown.hint) from None
