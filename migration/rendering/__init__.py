"""Rows of the table as code, in five languages."""

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legacygrid.migration.rendering.language import Language
    from legacygrid.migration.rows import Row

#: By their names: the module and the class of each, and how Markdown calls it.
LANGUAGES: Mapping[str, tuple[str, str]] = {
    "curl": ("Curl", "sh"),
    "python": ("Python", "python"),
    "node": ("Node", "js"),
    "ruby": ("Ruby", "ruby"),
    "php": ("Php", "php"),
}


def render(
    row: "Row",
    language: str,
    params: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> str:
    """A row as code, with a newline at its end.

    :param language: a key of LANGUAGES.
    :param params: of the v2 call; without any, the row's example. What it lacks, such as a
        password that no journal has, is as in the example.
    :param now: the moment that `days` count from; the present, by default.
    :raises MissingParameter: a parameter cannot be read.
    """
    # Commands name the languages in their help, and most of them write none.
    from legacygrid.migration.rendering.program import make_program

    module = import_module(f"{__name__}.{language}")
    writer: Language = getattr(module, LANGUAGES[language][0])()
    return writer.render(make_program(row, params, now))
