"""/v2/: dotmailer's API, as far as it is about API users: the account that they are of, and adding
another one.
"""

from typing import cast

from legacygrid import reasons
from legacygrid.auth import claims
from legacygrid.auth.principal import EVERYBODY, OWNERS, Access, Caller, Principal
from legacygrid.auth.rate_limits import Rate
from legacygrid.grid import Grid
from legacygrid.models import credentials
from legacygrid.models.account import Account
from legacygrid.models.secrets import HashedSecret
from legacygrid.models.settings import DOTMAILER, DotmailerUser, Gate
from legacygrid.models.store_commands import name_command
from legacygrid.registry.conventions import JSON, Conventions
from legacygrid.registry.evidence import client, documented
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers import answers
from legacygrid.serializers.dotmailer import params, rows, words
from legacygrid.serializers.dotmailer.logins import make_name
from legacygrid.serializers.dotmailer.rows import AccountInfo, AddedApiUser
from legacygrid.wsgi import json_bodies

PREFIX = "/v2/"
READS = ("GET", "HEAD")
#: All calls of an account together.
RATE = Rate(words.CALLS, words.HOUR, "dotmailer")

family = Family(
    "dotmailer",
    (f"{PREFIX}{{}}",),
    words.dialect,
    callers=EVERYBODY,
    conventions=Conventions(
        formats=(),
        verbs=READS,
        read=json_bodies.read,
        bodies=(JSON,),
        claim=claims.basic,
        claimed=(),
        answer=answers.document,
        describe_answer=answers.describe_document,
        rate=RATE,
    ),
    prefix=PREFIX,
)


@family.operation(
    "dotmailer/account-info",
    contract=Contract(
        evidence=documented(f"{words.SWAGGER}; clients take it for the check of credentials"),
        rows=rows.account_info,
    ),
)
def tell_account(principal: Principal, grid: Grid) -> AccountInfo:
    """Return the account of the API user, and how many calls it has left in this hour."""
    account, now = principal.account, grid.clock.now(principal.account.world)
    return AccountInfo(
        account, grid.limits.count(RATE, account, "", now), principal.login.settings.time_zone
    )


@family.operation(
    "dotmailer/server-time",
    contract=Contract(
        evidence=client("clients have the call; how it writes the moment is inferred"),
        rows=rows.server_time,
    ),
)
def tell_time(principal: Principal, grid: Grid) -> float:
    """Tell what time it is, as JSON text."""
    return grid.clock.now(principal.account.world)


@family.operation(
    "dotmailer/accounts/*/api-users",
    effect=WRITES,
    access=Access(OWNERS | Caller.ADMIN),
    verbs=("POST",),
    contract=Contract(
        evidence=documented(words.SWAGGER),
        params=params.new_api_user,
        rows=rows.api_user,
        refuses=(reasons.ForeignAccount, reasons.ApiUserExists, reasons.NameTaken),
        example={"password": "chimney-9-sweep", "description": "for the shop"},
    ),
)
def add_api_user(
    caller: Account,
    number: str,
    password: HashedSecret,
    isTransactionalEmailUser: bool = False,  # noqa: N803 - as on the wire
    isTieredRateLimitedApiUser: bool = False,  # noqa: N803 - as on the wire
    description: str = "",
) -> AddedApiUser:
    """Add an API user to the account; its name is made here, and it may call at once."""
    if number != str(caller.id):
        raise reasons.ForeignAccount(hint=f"the caller's account has the number {caller.id}")
    is_for_mail, is_tiered = isTransactionalEmailUser, isTieredRateLimitedApiUser
    if not is_for_mail and _has_api_user(caller, is_tiered):
        command = name_command("legacygrid login add ACCOUNT --kind dotmailer")
        hint = f"to add more of them: {command}"
        raise reasons.ApiUserExists(hint=hint)
    added = credentials.add(
        caller,
        make_name(),
        password.hash,
        kind=DOTMAILER,
        settings=DotmailerUser(is_tiered=is_tiered),
        description=description,
        api=not is_for_mail,
        email=is_for_mail,
    )
    return AddedApiUser(added, password.text)


def _has_api_user(account: Account, is_tiered: bool) -> bool:
    """Whether an API user of the account makes calls under that scheme of rate limits.

    The API lets an account have one for each; the website let it have any number.
    """
    for login in credentials.of(account, DOTMAILER):
        settings = cast(DotmailerUser, login.settings)
        if login.opens(Gate.API) and settings.is_tiered == is_tiered:
            return True
    return False
