"""API users: the further logins of dotmailer."""

import secrets
from collections.abc import Iterator

from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.settings import DOTMAILER, Gate
from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.dotmailer.messages import MESSAGES
from legacygrid.serializers.login_kinds import Group, LoginKind, LoginScreen, SecretHolder
from legacygrid.serializers.login_rules import too_long, unprintable, wrong_address
from legacygrid.serializers.login_settings import (
    Entry,
    FormField,
    LoginSetting,
    Widget,
    can_manage,
    description,
    enabled,
    time_zone,
)
from legacygrid.serializers.seed_fields import Strict

#: A company of fewer letters is in half of all passwords; inferred.
SHORTEST_COMPANY = 3


def make_name() -> str:
    """The name of a new API user: recorded by a client's manual; the digits are inferred."""
    return f"apiuser-{secrets.token_hex(6)}@apiconnector.com"


def wrong_password(password: str, account: Account, name: str = "") -> Iterator[Sentence]:
    """What is wrong with a password.

    Documented by dotmailer's support pages; that case does not count is inferred.

    :param name: the e-mail address of the API user, where it has one already.
    """
    if len(password) < 8:
        yield MESSAGES["password-short"]
    if all(map(str.isalpha, password)):
        yield MESSAGES["password-letters"]
    folded = password.casefold()
    if any(address and address.casefold() in folded for address in (name, account.email)):
        yield MESSAGES["password-address"]
    company = account.company.strip().casefold()
    if len(company) >= SHORTEST_COMPANY and company in folded:
        yield MESSAGES["password-company"]
    if "password" in folded:
        yield MESSAGES["password-word"]


def _wrong_secret(password: str, holder: SecretHolder) -> Iterator[str]:
    yield from wrong_password(password, holder.account, holder.name)
    yield from too_long(password)
    yield from unprintable(password)


class _ForMail(LoginSetting):
    """A box for users that send by SMTP and make no calls."""

    stored = ""

    def read(self, value: bool) -> Entry:
        """What a value says of a login."""
        return {"permissions": {"api": not value, "email": value}}

    def show(self, login: Login) -> bool:
        """Whether a login is one of these."""
        return login.grants("email") and not login.grants("api")


class _Tiered(LoginSetting):
    """A switch whose setting has a longer name."""

    stored = "is_tiered"


LOGINS = LoginKind(
    name=DOTMAILER,
    noun="API user",
    add="New user",
    # It makes the names of its users itself.
    add_command="legacygrid login add ACCOUNT --kind dotmailer",
    settings=(
        description("Which system uses it, such as a shop; one API user for each is best."),
        enabled(FormField("Enabled", widget=Widget.BOX)),
        time_zone(FormField("Time zone", "Which account-info tells.", Widget.TIME_ZONE)),
        can_manage("Adds API users by calls."),
        _ForMail(
            "for_mail",
            Strict(),
            "Sends by SMTP and makes no calls.",
            "--transactional/--no-transactional",
            FormField(
                "Transactional e-mail user", "Sends by SMTP, and makes no calls.", Widget.BOX
            ),
        ),
        _Tiered("tiered", Strict(), "Uses the newer rate limit scheme."),
    ),
    name_rule=wrong_address,
    secret_rule=_wrong_secret,
    make_name=make_name,
    screen=LoginScreen(
        name=FormField("User name", "an e-mail address"),
        secret=FormField(
            "Password",
            "8 or more characters, not letters alone; without your e-mail address or company.",
        ),
        above=(Group("", ("description",)),),
        groups=(Group("", ("enabled", "for_mail", "can_manage", "time_zone")),),
        doors={"API": Gate.API, "transactional e-mail": Gate.SMTP},
        is_ticked=True,
        place=2,
    ),
)
