"""What the operator can set of a further login on the command line, in the words of the system that
it is of.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import click

#: As `legacygrid.serializers.logins.KINDS` has them, which takes longer to import.
KINDS = CREDENTIAL, CMC, DOTMAILER, SMTP2GO = "credential", "cmc", "dotmailer", "smtp2go"
Entry = dict[str, Any]
Reading = Callable[[Any], Entry]


@dataclass(frozen=True)
class Setting:
    """An option of `login add` and `login edit`.

    :param kinds: the systems that have it.
    :param read: what it says of a login, as a seed would.
    """

    spelling: str
    kinds: tuple[str, ...]
    read: Reading
    help: str
    type: Any = None

    @property
    def parameter(self) -> str:
        """What click calls it."""
        return self.spelling.partition("/")[0].removeprefix("--").replace("-", "_")


#: An empty value, which takes away what there is; None is an option that was not given.
NOTHING: Any = object()


class OrNothing(click.ParamType[Any]):
    """A value, or nothing in its place."""

    def __init__(self, of: click.ParamType[Any] = click.STRING) -> None:
        self.of = of
        self.name = of.name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value, or that there shall be none."""
        return NOTHING if value == "" else self.of.convert(value, param, ctx)


def _bit(name: str) -> Reading:
    return lambda value: {"permissions": {name: value}}


def _set(name: str) -> Reading:
    return lambda value: {"settings": {name: None if value is NOTHING else value}}


def _on_off(name: str, help: str, *kinds: str, read: Reading | None = None) -> Setting:
    return Setting(f"--{name}/--no-{name}", kinds, read or _set(name.replace("-", "_")), help)


def _of(name: str, help: str, *kinds: str, type: Any = None) -> Setting:
    return Setting(f"--{name}", kinds, _set(name.replace("-", "_")), help, type)


SETTINGS = (
    Setting("--description", KINDS, lambda text: {"description": text}, "What it is for."),
    Setting(
        "--enabled/--disabled", KINDS, lambda on: {"enabled": on}, "Whether it is let in at all."
    ),
    _on_off("email", "May send by SMTP and by mail.send.", CREDENTIAL, read=_bit("email")),
    _on_off("api", "May make the calls that send no mail.", CREDENTIAL, read=_bit("api")),
    _on_off("web", "May log in to the website.", CREDENTIAL, read=_bit("web")),
    _on_off("http-api", "May use the HTTP API.", CMC, read=_bit("api")),
    _on_off("smtp", "May send by SMTP.", CMC, read=_bit("email")),
    _of("role", "API group administrator or user.", CMC, type=click.Choice(("admin", "normal"))),
    _on_off("reference", "May list data that holds e-mail addresses.", CMC),
    _on_off("download", "May download it.", CMC),
    _on_off("own-data-only", "Sees the data of its own mail alone.", CMC),
    _of(
        "time-zone",
        "In which dates are read and written, as Asia/Tokyo; add needs it for cmc.",
        CMC,
        DOTMAILER,
    ),
    _on_off(
        "can-manage-account",
        "Manages the account's other logins: of dotmailer, by its API; of SendGrid, on the website.",
        CREDENTIAL,
        DOTMAILER,
        read=lambda on: {"settings": {"role": "admin" if on else "normal"}},
    ),
    _on_off(
        "transactional",
        "Sends by SMTP and makes no calls.",
        DOTMAILER,
        read=lambda on: {"permissions": {"api": not on, "email": on}},
    ),
    _on_off(
        "tiered",
        "Of the newer scheme of rate limits.",
        DOTMAILER,
        read=lambda on: {"settings": {"is_tiered": on}},
    ),
    _of(
        "status",
        "What becomes of its mail.",
        SMTP2GO,
        type=click.Choice(("allowed", "blocked", "sandbox")),
    ),
    _on_off("custom-ratelimit", "A rate limit of its own.", SMTP2GO),
    _of("custom-ratelimit-value", "E-mails in a period.", SMTP2GO, type=OrNothing(click.INT)),
    _of(
        "custom-ratelimit-period",
        "Such as 1 day, 2 months 3:00:00, 0:30:00.",
        SMTP2GO,
        type=OrNothing(),
    ),
    _of("ip-pool", "The pool that its mail leaves by.", SMTP2GO, type=OrNothing(click.INT)),
    _on_off("feedback-enabled", "An unsubscribe footer.", SMTP2GO),
    _of("feedback-domain", "The domain of its link.", SMTP2GO),
    _of("feedback-html", "The footer in HTML.", SMTP2GO),
    _of("feedback-text", "The footer in plain text.", SMTP2GO),
    _on_off("open-tracking-enabled", "Its mail tells when it is opened.", SMTP2GO),
    _on_off("click-tracking-enabled", "Its links tell when they are clicked.", SMTP2GO),
    _on_off("archive-enabled", "Its mail is archived.", SMTP2GO),
    _of("audit-email", "Gets a copy of all its mail.", SMTP2GO, type=OrNothing()),
    _of("bounce-notifications", "Where notices of bounces go: from, drop, or an address.", SMTP2GO),
)


def settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each setting."""
    return reduce(lambda made, setting: _option(setting)(made), reversed(SETTINGS), command)


def _option(setting: Setting) -> Callable[[Any], Any]:
    kinds = "" if setting.kinds == KINDS else f"  [{', '.join(setting.kinds)}]"
    return click.option(
        setting.spelling, default=None, type=setting.type, help=setting.help + kinds
    )


def given(kind: str, options: Mapping[str, Any]) -> Entry:
    """What the options say of a login of that kind, as a seed would.

    :raises UsageError: an option is of another system.
    """
    entry: Entry = {"permissions": {}, "settings": {}}
    for setting in SETTINGS:
        value = options[setting.parameter]
        if value is None:
            continue
        if kind not in setting.kinds:
            raise click.UsageError(
                f"{setting.spelling} is of {' and '.join(setting.kinds)}; this is {kind}"
            )
        for key, said in setting.read(value).items():
            entry[key] = entry.get(key, {}) | said if isinstance(said, dict) else said
    return entry
