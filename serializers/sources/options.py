"""Options whose values may come from the environment or from a file, too."""

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from legacygrid.serializers.sources import settings_file, variables
from legacygrid.serializers.sources.settings_file import SettingsFile

Command = Callable[..., Any]


class SettingOption(click.Option):
    """An option with a variable and a key of the file: what is typed goes before the variable, that
    before the file, and that before the default.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"show_envvar": True, **more})

    @property
    def key(self) -> str:
        """Its name in the file."""
        return variables.key_of(str(self.envvar))

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> Any:
        """The value, and where it is from."""
        value, source = super().consume_value(ctx, opts)
        file = settings_file.find(ctx)
        if source is ParameterSource.DEFAULT and file is not None and self.key in file.values:
            return self._read(ctx, file), ParameterSource.DEFAULT_MAP
        return value, source

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Where the value that is refused stands."""
        source = ctx.get_parameter_source(str(self.name)) if ctx else None
        if source is ParameterSource.ENVIRONMENT:
            return str(self.envvar)
        if ctx and source is ParameterSource.DEFAULT_MAP and (file := settings_file.find(ctx)):
            return self._place(file)
        return click.Parameter.get_error_hint(self, ctx)

    def find_origin(self, ctx: click.Context) -> str:
        """Where its value is from, in words."""
        source = ctx.get_parameter_source(str(self.name))
        if source is ParameterSource.DEFAULT:
            return "default"
        return self.opts[0] if source is ParameterSource.COMMANDLINE else self.get_error_hint(ctx)

    def _place(self, file: SettingsFile) -> str:
        return f"{self.key} in {file.path}"

    def _read(self, ctx: click.Context, file: SettingsFile) -> Any:
        """Its value of a file, as its type takes it.

        :raises BadParameter: it is of another kind.
        """
        value: Any = file.values[self.key]
        if self.multiple:
            return self._read_list(ctx, file, value)
        if self.is_flag:
            wanted, fits = "true or false", isinstance(value, bool)
        elif isinstance(self.type, click.types.IntParamType | click.types.FloatParamType):
            fits = isinstance(value, int | float) and not isinstance(value, bool)
            wanted = "a number"
        else:
            wanted, fits = "a text, in quotes", isinstance(value, str)
        if not fits:
            raise self._wrong(ctx, file, f"write {wanted}")
        if isinstance(self.type, click.Path):
            return file.anchor(str(value))
        return file.anchor_url(str(value)) if self.key == "database" else value

    def _read_list(self, ctx: click.Context, file: SettingsFile, value: Any) -> tuple[Any, ...]:
        is_pairs = hasattr(self.type, "separator")
        if is_pairs and isinstance(value, dict):
            value = list(value.items())
            texts = [text for pair in value for text in pair]
        else:
            texts = value
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            name = self.type.name
            table = ", or a table of them" if is_pairs else ""
            raise self._wrong(ctx, file, f'write a list of texts, such as ["{name}"]{table}')
        return tuple(value)

    def _wrong(self, ctx: click.Context, file: SettingsFile, text: str) -> click.BadParameter:
        return click.BadParameter(text, ctx=ctx, param_hint=self._place(file))


def make_config_option(keys: Callable[[], Collection[str]]) -> Callable[[Command], Command]:
    """The option `--config` of a command; with it, the environment and the file are looked at
    before anything else.

    :param keys: of all settings.
    """

    def read_sources(context: click.Context, _: click.Parameter, path: Path | None) -> None:
        settings_file.read_sources(context, path, keys())

    return click.option(
        "--config",
        cls=SettingOption,
        envvar=variables.variable_of("config"),
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=read_sources,
        help=f"File of settings, in TOML.  [default: {settings_file.NAME} of the current folder]",
    )


class ListOption(SettingOption):
    """An option that may repeat; its environment variable holds a JSON list of texts."""

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """The list in the environment.

        :raises BadParameter: the variable holds something else.
        """
        text = self.resolve_envvar_value(ctx)
        if text is None:
            return None
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise click.BadParameter(
                f"{self.envvar} must hold a JSON list of texts", ctx=ctx, param=self
            )
        return tuple(values)


class HostsOption(ListOption):
    """A list of addresses; its environment variable, or the file, may hold a single one as it
    is.
    """

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """The list in the environment."""
        text = self.resolve_envvar_value(ctx)
        if text is None or text.startswith('["'):
            return super().value_from_envvar(ctx)
        return (text,)

    def _read_list(self, ctx: click.Context, file: SettingsFile, value: Any) -> tuple[Any, ...]:
        return super()._read_list(ctx, file, [value] if isinstance(value, str) else value)
