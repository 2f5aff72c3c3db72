"""/v3/users/smtp/: SMTP users of SMTP2GO."""

from dataclasses import replace
from typing import Any

from legacygrid import reasons
from legacygrid.auth.rate_limits import Rate
from legacygrid.endpoints.smtp2go.family import find_account, new_family
from legacygrid.grid import Grid
from legacygrid.models import credentials, smtp_users
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.secrets import HashedSecret
from legacygrid.models.settings import SMTP2GO, SmtpUser, dump
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.smtp2go import params, rows, words
from legacygrid.serializers.smtp2go.rows import SmtpUserRow
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

#: Of each of the calls about SMTP users.
RATE = Rate(30, 60, has_headers=True)

family = new_family()


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
    description: str | None = None,
    comments: str | None = None,
    **settings: Any,
) -> list[SmtpUserRow]:
    """Add an SMTP user; a password is made if none is given, and told this once."""
    stored = grid.stored_password(email_password.text)
    login = credentials.add(
        find_account(caller, subaccount_id),
        username,
        email_password.hash,
        kind=SMTP2GO,
        settings=replace(smtp_users.apply(SmtpUser(), settings), email_password=stored),
        description=_remark(description, comments) or "",
    )
    return [SmtpUserRow(login, email_password.text)]


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
    description: str | None = None,
    comments: str | None = None,
    **settings: Any,
) -> list[SmtpUserRow]:
    """Set all that there is of an SMTP user; what is left out is as new, but for password and
    status.
    """
    login = credentials.find(find_account(caller, subaccount_id), username, SMTP2GO)
    defaults = smtp_users.reset(smtp_users.settings(login))
    new_settings = smtp_users.apply(defaults, settings)
    remark = _remark(description, comments) or ""
    return _change(grid, login, new_settings, email_password, remark)


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
    description: str | None = None,
    comments: str | None = None,
    **settings: Any,
) -> list[SmtpUserRow]:
    """Change what is given of an SMTP user; the rest stays."""
    login = credentials.find(find_account(caller, subaccount_id), username, SMTP2GO)
    new_settings = smtp_users.apply(smtp_users.settings(login), settings)
    return _change(grid, login, new_settings, email_password, _remark(description, comments))


def _change(
    grid: Grid,
    login: Login,
    settings: SmtpUser,
    password: HashedSecret | None,
    remark: str | None,
) -> list[SmtpUserRow]:
    """Store the settings, and the password and the remark where they are given."""
    columns = {} if remark is None else {"description": remark}
    if password is not None:
        settings = replace(settings, email_password=grid.stored_password(password.text))
        columns["secret"] = password.hash
    login.change(settings_json=dump(settings), **columns)
    now = credentials.find(login.account, login.name, SMTP2GO)
    return [SmtpUserRow(now, password.text if password else _visible_password(grid, now))]


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
def remove_user(
    caller: Account, grid: Grid, username: str, subaccount_id: str = ""
) -> list[SmtpUserRow]:
    """Remove an SMTP user, and return it for the last time."""
    login = credentials.find(find_account(caller, subaccount_id), username, SMTP2GO)
    login.delete_instance()
    return [SmtpUserRow(login, _visible_password(grid, login))]


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
) -> list[SmtpUserRow]:
    """List the account's SMTP users, oldest first, or a single one."""
    account = find_account(caller, subaccount_id)
    if not username and credentials.are_many(account):
        blocking.about_to_block(Lane.READ)
    logins = (
        credentials.list_named(account, username, SMTP2GO) if username else smtp_users.of(account)
    )
    return [SmtpUserRow(login, _visible_password(grid, login)) for login in logins]


def _remark(description: str | None, comments: str | None) -> str | None:
    """The login's description; `comments` is its name of 2017. None if neither is given."""
    return comments if description is None else description


def _visible_password(grid: Grid, login: Login) -> str | None:
    return smtp_users.settings(login).email_password if grid.reveals else None
