"""/v3/: SMTP2GO's API: SMTP users, and the subaccounts that have some. Sending is in
`smtp2go_mail`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from legacygrid import reasons
from legacygrid.auth import claims
from legacygrid.auth.principal import OWNERS
from legacygrid.auth.rate_limits import Rate
from legacygrid.grid import Grid
from legacygrid.models import credentials, smtp_users, subusers
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.secrets import HashedSecret
from legacygrid.models.settings import SMTP2GO, SmtpUser, dump
from legacygrid.registry.conventions import Conventions, by_method
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers import answers
from legacygrid.serializers.evidence import client, documented, inferred
from legacygrid.serializers.smtp2go import params, rows, words
from legacygrid.serializers.smtp2go.rows import Page, Shown
from legacygrid.wsgi import json_bodies

PREFIX = "/v3/"
#: Of each of the calls about SMTP users.
RATE = Rate(30, 60, has_headers=True)
#: Subaccounts that are told at once, where nothing is said.
PAGE = 100

family = Family(
    "smtp2go",
    (f"{PREFIX}{{}}",),
    words.dialect,
    callers=OWNERS,
    conventions=Conventions(
        formats=(),
        verbs=("POST",),
        read=json_bodies.read,
        claim=claims.smtp2go_key,
        claimed=("api_key",),
        task=by_method,
        answer=answers.document,
        unknown="raise",
    ),
    prefix=PREFIX,
)


@family.operation(
    "smtp2go/users/smtp/add",
    effect=WRITES,
    rate=RATE,
    contract=Contract(
        evidence=documented(words.OPENAPI),
        params=params.new_user,
        rows=rows.results,
        refuses=(reasons.NameTaken, reasons.UnknownSubuser),
        example={
            "username": "reports@example.com",
            "email_password": "",
            "open_tracking_enabled": True,
        },
    ),
)
def add_user(
    caller: Account,
    grid: Grid,
    username: str,
    email_password: HashedSecret,
    subaccount_id: str = "",
    **given: Any,
) -> list[Shown]:
    """Add an SMTP user; a password is made if none is given, and told this once."""
    account, columns = _acting_for(caller, subaccount_id), _described(given)
    settings = replace(
        smtp_users.changed(SmtpUser(), given),
        email_password=grid.stored_password(email_password.text),
    )
    login = credentials.add(
        account, username, email_password.hash, kind=SMTP2GO, settings=settings, **columns
    )
    return [Shown(login, email_password.text)]


_EDIT = Contract(
    evidence=documented(words.OPENAPI),
    params=params.user_edit,
    rows=rows.results,
    refuses=(reasons.UnknownCredential, reasons.UnknownSubuser),
    example={"username": "reports@example.com", "status": "sandbox"},
)
_DEFAULTS = f"{words.EDIT}; {words.CHANGES}, that what is left out falls back on its default"
_EDIT_VERBS = ("POST", "PATCH")


@family.operation(
    "smtp2go/users/smtp/edit",
    task="POST",
    effect=WRITES,
    verbs=_EDIT_VERBS,
    rate=RATE,
    contract=replace(_EDIT, evidence=documented(_DEFAULTS)),
)
def edit_user(
    caller: Account,
    grid: Grid,
    username: str,
    email_password: HashedSecret | None = None,
    subaccount_id: str = "",
    **given: Any,
) -> list[Shown]:
    """Set all that there is of an SMTP user; what is left out is as new, but for password and
    status.
    """
    login = credentials.named(_acting_for(caller, subaccount_id), username, SMTP2GO)
    columns = {"description": ""} | _described(given)
    return _changed(
        grid,
        login,
        smtp_users.changed(smtp_users.reset(smtp_users.settings(login)), given),
        email_password,
        columns,
    )


@family.operation(
    "smtp2go/users/smtp/edit",
    task="PATCH",
    effect=WRITES,
    verbs=_EDIT_VERBS,
    rate=RATE,
    contract=replace(_EDIT, rows=rows.bare_results),
)
def patch_user(
    caller: Account,
    grid: Grid,
    username: str,
    email_password: HashedSecret | None = None,
    subaccount_id: str = "",
    **given: Any,
) -> list[Shown]:
    """Change what is given of an SMTP user; the rest stays."""
    login = credentials.named(_acting_for(caller, subaccount_id), username, SMTP2GO)
    columns = _described(given)
    return _changed(
        grid, login, smtp_users.changed(smtp_users.settings(login), given), email_password, columns
    )


def _changed(
    grid: Grid,
    login: Login,
    settings: SmtpUser,
    password: HashedSecret | None,
    columns: dict[str, Any],
) -> list[Shown]:
    if password is not None:
        settings = replace(settings, email_password=grid.stored_password(password.text))
        columns = columns | {"secret": password.hash}
    login.change(settings_json=dump(settings), **columns)
    now = credentials.named(login.account, login.name, SMTP2GO)
    return [Shown(now, password.text if password else _shown(grid, now))]


@family.operation(
    "smtp2go/users/smtp/remove",
    effect=WRITES,
    rate=RATE,
    contract=Contract(
        evidence=documented(words.OPENAPI),
        params=params.user_name,
        rows=rows.results,
        refuses=(reasons.UnknownCredential, reasons.UnknownSubuser),
        example={"username": "reports@example.com"},
    ),
)
def remove_user(caller: Account, grid: Grid, username: str, subaccount_id: str = "") -> list[Shown]:
    """Remove an SMTP user, which is told of a last time."""
    login = credentials.named(_acting_for(caller, subaccount_id), username, SMTP2GO)
    login.delete_instance()
    return [Shown(login, _shown(grid, login))]


@family.operation(
    "smtp2go/users/smtp/view",
    rate=RATE,
    contract=Contract(
        evidence=documented(
            f"{words.OPENAPI}; that an unknown username has an empty list is inferred"
        ),
        params=params.user_filter,
        rows=rows.listed_results,
        refuses=(reasons.UnknownSubuser,),
    ),
)
def view_users(
    caller: Account, grid: Grid, username: str = "", subaccount_id: str = ""
) -> list[Shown]:
    """List the account's SMTP users, oldest first, or tell of one."""
    account = _acting_for(caller, subaccount_id)
    found = credentials.found(account, username, SMTP2GO) if username else smtp_users.of(account)
    return [Shown(login, _shown(grid, login)) for login in found]


@family.operation(
    "smtp2go/subaccounts/search",
    contract=Contract(
        evidence=client(
            f"{words.TOSCH} calls it, and finds objects under data.subaccounts;"
            " what is in them is inferred"
        ),
        params=params.subaccount_search,
        rows=rows.subaccounts,
        example={"fuzzy_search": True, "page_size": 500},
    ),
)
def search_subaccounts(
    caller: Account,
    search_terms: Iterable[str] = (),
    fuzzy_search: bool = False,
    page_size: int = PAGE,
    continue_token: str = "",
) -> Page:
    """List the account's subusers, oldest first; with terms, those whose names or address are or
    contain one.
    """
    found = subusers.search(caller, list(search_terms), fuzzy_search, continue_token, page_size + 1)
    last = str(found[page_size - 1].id) if len(found) > page_size else None
    return Page(found[:page_size], last)


@family.operation(
    "smtp2go/dedicated_ips/view",
    contract=Contract(
        evidence=inferred("the manual of ip_pool names the call; no source has an answer"),
        params=params.pools,
        rows=rows.whole,
        refuses=(reasons.UnknownSubuser,),
    ),
)
def view_pools(caller: Account, subaccount_id: str = "") -> dict[str, Any]:
    """List the IP pools that SMTP users are set to use; an emulator has no addresses of its own."""
    pools = smtp_users.pools(_acting_for(caller, subaccount_id))
    return {
        "results": [{"ip_pool": number, "smtp_users": names} for number, names in pools.items()]
    }


def _acting_for(caller: Account, subaccount: str) -> Account:
    """The account that a call is about.

    :raises UnknownSubuser: it is none of the caller's.
    """
    return subusers.find_by_number(caller, subaccount) if subaccount else caller


def _described(given: dict[str, Any]) -> dict[str, Any]:
    """The login's own columns; they are taken out of what is given. `description` wins over its
    name of 2017.
    """
    told = [given.pop(name) for name in ("description", "comments") if name in given]
    return {"description": told[0]} if told else {}


def _shown(grid: Grid, login: Login) -> str | None:
    return smtp_users.settings(login).email_password if grid.reveals else None
