"""What the operator can set of a further login on the command line: an option for each setting, in
the words of the system that it is of.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import click
from marshmallow import validate

from legacygrid.serializers.login_kinds import LoginKind
from legacygrid.serializers.login_settings import Entry, LoginSetting, merge
from legacygrid.serializers.seed_fields import Whole

#: An empty value, which takes away what there is; None is an option that was not given.
NOTHING: Any = object()


class OrNothing(click.ParamType[Any]):
    """A value, or nothing in its place."""

    def __init__(self, of: click.ParamType[Any] = click.STRING) -> None:
        self.of = of
        self.name = of.name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value; NOTHING for an empty text."""
        return NOTHING if value == "" else self.of.convert(value, param, ctx)


class LoginOptions:
    """The options of `login add` and `login edit`.

    Those of all systems come first; one that several have stands with the last of them.

    :param kinds: of further logins.
    """

    def __init__(self, kinds: Sequence[LoginKind]) -> None:
        self.kinds = kinds
        owners: dict[str, dict[str, LoginSetting]] = {}
        for kind in kinds:
            for setting in kind.settings:
                if setting.help:
                    others = owners.pop(setting.option, {})
                    owners[setting.option] = others | {kind.name: setting}
        first = sorted(owners.items(), key=lambda each: len(each[1]) < len(kinds))
        self.owners: Mapping[str, Mapping[str, LoginSetting]] = dict(first)

    def decorate(self, command: Callable[..., Any]) -> Callable[..., Any]:
        """Give a command an option for each setting."""
        options = [self._option(option) for option in reversed(list(self.owners))]
        return reduce(lambda decorated, option: option(decorated), options, command)

    def _option(self, option: str) -> Callable[[Any], Any]:
        owners = self.owners[option]
        setting = next(iter(owners.values()))
        text = setting.help
        if needing := [kind for kind, each in owners.items() if each.is_required]:
            text = f"{text.removesuffix('.')}; required for a new login of {' or '.join(needing)}."
        if len(owners) < len(self.kinds):
            text += f"  [{', '.join(owners)}]"
        return click.option(
            option, _parameter(option), default=None, type=_type(setting), help=text
        )

    def entry(self, kind: str, options: Mapping[str, Any]) -> Entry:
        """What the options say of a login of that kind, as a seed would.

        :raises UsageError: an option is of another system.
        """
        entries: list[Entry] = [{"permissions": {}, "settings": {}}]
        for option, owners in self.owners.items():
            value = options[_parameter(option)]
            if value is None:
                continue
            if kind not in owners:
                raise click.UsageError(f"{option} is of {' and '.join(owners)}; this is {kind}")
            entries.append(owners[kind].read(None if value is NOTHING else value))
        return merge(entries)


def _parameter(option: str) -> str:
    """What click calls the value of an option."""
    return option.partition("/")[0].removeprefix("--").replace("-", "_")


def _type(setting: LoginSetting) -> click.ParamType[Any] | None:
    """What click takes for a setting; none for a switch and for any text."""
    if setting.is_switch:
        return None
    taken: click.ParamType[Any] | None = None
    if isinstance(setting.rule, Whole):
        taken = click.INT
    if isinstance(setting.rule.validate, validate.OneOf):
        taken = click.Choice(setting.rule.validate.choices)
    return OrNothing(taken or click.STRING) if setting.rule.allow_none else taken
