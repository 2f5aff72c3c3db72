"""API users: the further logins of Customers Mail Cloud."""

from collections.abc import Iterator

from legacygrid.models.settings import ADMIN, CMC, NORMAL, Gate
from legacygrid.serializers.login_kinds import DOORS, Group, LoginKind, LoginScreen, SecretHolder
from legacygrid.serializers.login_rules import too_long, unprintable, wrong_address
from legacygrid.serializers.login_settings import (
    ROLE,
    FormField,
    Lock,
    LoginSetting,
    PermissionBit,
    Widget,
    description,
    enabled,
    if_on,
    time_zone,
)
from legacygrid.serializers.seed_fields import Strict


def _wrong_key(key: str, holder: SecretHolder) -> Iterator[str]:
    """Documented: 8 characters or more, a combination of alphanumeric ones; a letter and a digit
    are inferred.
    """
    if len(key) < 8:
        yield "The API key must be at least 8 characters long."
    if not (any(map(str.isalpha, key)) and any(map(str.isdigit, key))):
        yield "The API key must contain at least one letter and one digit."
    yield from too_long(key)
    yield from unprintable(key)


def _switch(name: str, help: str, field: FormField, words: str) -> LoginSetting:
    """A setting that is on or off; `words` are what the list says where it is on."""
    return LoginSetting(name, Strict(), help, field=field, words=if_on(words))


_SETTINGS = (
    description(),
    enabled(),
    PermissionBit(
        "api",
        Strict(),
        "May use the HTTP API.",
        "--http-api/--no-http-api",
        FormField("HTTP-API", widget=Widget.BOX),
    ),
    PermissionBit(
        "email",
        Strict(),
        "May send by SMTP.",
        "--smtp/--no-smtp",
        FormField("SMTP", "Acts at once: there is no mail server to reflect it on.", Widget.BOX),
    ),
    LoginSetting(
        "role",
        ROLE,
        "API group administrator or user.",
        field=FormField(
            "Authorization",
            "Admin may use all calls. Normal may read, and edit nothing.",
            Widget.RADIO,
            ((ADMIN, "Admin"), (NORMAL, "Normal")),
        ),
        words=str.capitalize,
    ),
    _switch(
        "reference",
        "May list data that holds e-mail addresses.",
        FormField("View data that holds e-mail addresses", widget=Widget.BOX),
        "views data",
    ),
    _switch(
        "download",
        "May download such data.",
        FormField("Download such data", widget=Widget.BOX),
        "downloads data",
    ),
    _switch(
        "own_data_only",
        "May see only the data of its own mail.",
        FormField(
            "Only refer to this user's sending data",
            "Bounces, deliveries and statistics of its own mail alone. The block list stays whole.",
            Widget.BOX,
        ),
        "own sending data only",
    ),
    # Its screen requires one: nothing is chosen for somebody who has to say where they are.
    time_zone(
        FormField("Time Zone", "Of the dates in its requests and answers.", Widget.TIME_ZONE),
        is_required=True,
    ),
    Lock(
        "locked",
        Strict(),
        field=FormField(
            "Lock this account",
            "HTTP-API and SMTP are shut to it.",
            Widget.BOX,
            only_edits=True,
        ),
    ),
)

LOGINS = LoginKind(
    name=CMC,
    noun="API user",
    add="Add API user",
    add_command="legacygrid login add ACCOUNT {name} --kind cmc",
    settings=_SETTINGS,
    name_rule=wrong_address,
    secret_rule=_wrong_key,
    screen=LoginScreen(
        name=FormField(
            "API User", "The api_user of calls and the user name of SMTP, as an e-mail address."
        ),
        secret=FormField(
            "API Key",
            "The api_key of calls and the password of SMTP: 8 or more characters, letters and "
            "digits.",
        ),
        confirmation="API Key (confirmation)",
        change="Change API key",
        proof="key",
        groups=(
            Group("", ("role",)),
            Group("Operation Authorization", ("reference", "download")),
            Group("Access Authorization", ("api", "email", "own_data_only")),
            Group("", ("time_zone", "locked", "description")),
        ),
        doors={"HTTP-API": Gate.API, "SMTP": Gate.SMTP},
        summary=("role", DOORS, "reference", "download", "own_data_only", "time_zone"),
        states=("unlocked", "locked"),
        place=1,
    ),
)
