"""`legacygrid.toml`: settings in a file."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from legacygrid.serializers.near_names import suggest
from legacygrid.serializers.sources import variables

#: What is read of the current folder, unless another file is named.
NAME = "legacygrid.toml"
#: Where a context of click keeps it.
_KEY = "legacygrid.settings_file"
_SQLITE = "sqlite:///"


class SettingsFile(NamedTuple):
    """One that was read.

    :param values: as TOML has them, by the names of options without their dashes.
    """

    path: Path
    values: Mapping[str, Any]

    def anchor(self, path: str) -> str:
        """A path of the file, which begins where the file is."""
        folder = self.path.absolute().parent
        return path if folder == Path.cwd() else str(folder / path)

    def anchor_url(self, url: str) -> str:
        """A database URL of the file; the path of SQLite's begins where the file is."""
        path = url.removeprefix(_SQLITE)
        return url if path in (url, "", ":memory:") else f"{_SQLITE}{self.anchor(path)}"


def find(context: click.Context) -> SettingsFile | None:
    """The file that the command of a context goes by."""
    file: SettingsFile | None = context.meta.get(_KEY)
    return file


def read_sources(context: click.Context, path: Path | None, keys: Collection[str]) -> None:
    """Look at the environment, and read the file that a command goes by, if there is one.

    :param path: that somebody names; by default, it is that of the current folder.
    :param keys: of all settings.
    :raises UsageError: a variable or a key is misspelt, or the file is not TOML.
    """
    variables.check(keys)
    if path is None and not Path(NAME).is_file():
        return
    path = path or Path(NAME)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        # TOML's own errors are of that kind, and have line and column.
        raise click.UsageError(f"{path} is no TOML: {error}") from None
    for key in values:
        if key not in keys:
            raise click.UsageError(_explain(path, key, keys))
    context.meta[_KEY] = SettingsFile(path, values)


def _explain(path: Path, key: str, keys: Collection[str]) -> str:
    near = suggest(key.replace("_", "-"), keys) or "`legacygrid serve --help` lists the options"
    return f"{path}: there is no setting {key[:100]!r}; {near}"
