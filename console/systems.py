"""The systems whose further logins the console manages, each in its own words."""

from dataclasses import dataclass

from legacygrid.console.login_forms import ApiUserForm, CredentialForm, DotmailerForm, LoginForm
from legacygrid.console.spelling import TITLES
from legacygrid.models.login import Login
from legacygrid.models.settings import (
    CMC,
    CREDENTIAL,
    DOTMAILER,
    ApiUser,
    Credential,
    DotmailerUser,
    Gate,
)


@dataclass(frozen=True)
class System:
    """A system, in its own words.

    :param one: one of its logins; `add` adds one.
    :param is_ticked: its logins are deleted several at a time, and without a password.
    """

    kind: str
    title: str
    one: str
    add: str
    form: type[LoginForm]
    is_ticked: bool = False


SYSTEMS = {
    CMC: System(CMC, TITLES[CMC], "API user", "Add API user", ApiUserForm),
    DOTMAILER: System(
        DOTMAILER, TITLES[DOTMAILER], "API user", "New user", DotmailerForm, is_ticked=True
    ),
    CREDENTIAL: System(
        CREDENTIAL, TITLES[CREDENTIAL], "credential", "Add credential", CredentialForm
    ),
}


def uses(login: Login) -> str:
    """What it may use, from most to least important."""
    settings = login.settings
    words: list[str] = []
    if isinstance(settings, ApiUser):
        words = _of_api_user(login, settings)
    elif isinstance(settings, DotmailerUser):
        words = _of_dotmailer_user(login, settings)
    elif isinstance(settings, Credential):
        words = _bits(login, {"email": Gate.SMTP, "api": Gate.API, "web": Gate.CONSOLE})
        words += ["can manage account"] * login.is_admin
    return ", ".join(words)


def _bits(login: Login, gates: dict[str, Gate]) -> list[str]:
    return [word for word, gate in gates.items() if login.opens(gate)] or ["no access"]


def _of_api_user(login: Login, settings: ApiUser) -> list[str]:
    said = {
        "views data": settings.reference,
        "downloads data": settings.download,
        "own sending data only": settings.own_data_only,
    }
    gates = _bits(login, {"HTTP-API": Gate.API, "SMTP": Gate.SMTP})
    return [
        settings.role.capitalize(),
        *gates,
        *(word for word, is_so in said.items() if is_so),
        settings.time_zone,
    ]


def _of_dotmailer_user(login: Login, settings: DotmailerUser) -> list[str]:
    gates = _bits(login, {"API": Gate.API, "transactional e-mail": Gate.SMTP})
    return [*gates, *["can manage account"] * login.is_admin, settings.time_zone]
