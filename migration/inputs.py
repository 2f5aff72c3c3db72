"""The parameters of a v2 call, as the table reads them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_INDEX = re.compile(r"(.+?)\[([^\]]*)\]")


class MissingParameter(ValueError):  # noqa: N818 - a reason, as those of `reasons`
    """The v2 call lacks a parameter that its request in v3 needs, or has it in another form.

    :param name: of the parameter.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"the call has no usable {name}")
        self.name = name


@dataclass(frozen=True)
class Inputs:
    """What a v2 call was given, and when.

    :param params: texts, and lists of texts, by name.
    :param named: what came as `content[logo.png]`, by name and key.
    :param now: the moment of the call: `days` counts from it.
    :param needs: what v3 asks for beside it, by name; see `values.Need`.
    """

    params: Mapping[str, Any] = field(repr=False)
    now: datetime
    named: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    needs: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def has(self, name: str) -> bool:
        """Whether the call has a parameter, be it empty."""
        return name in self.params

    def is_filled(self, name: str) -> bool:
        """Whether it has one that is not empty."""
        return self.params.get(name, "") not in ("", [])

    def text(self, name: str, default: str = "") -> str:
        """A parameter as one text; of a list, the last, as PHP had it."""
        value = self.params.get(name, default)
        if isinstance(value, list):
            value = value[-1] if value else default
        return str(value)

    def texts(self, name: str) -> list[str]:
        """A parameter as a list, without empty texts."""
        value = self.params.get(name, [])
        return [str(each) for each in (value if isinstance(value, list) else [value]) if each != ""]

    def number(self, name: str) -> int:
        """A parameter as a whole number.

        :raises MissingParameter: it is none.
        """
        try:
            return int(self.text(name))
        except ValueError:
            raise MissingParameter(name) from None

    def switch(self, name: str) -> bool:
        """Whether a parameter says yes."""
        return self.text(name) in ("1", "true")


def base_name(name: str) -> str:
    """The name of a parameter without what makes it one of several: `ip` of `ip[]`."""
    array = _INDEX.fullmatch(name)
    return array[1] if array else name


def make_inputs(
    params: Mapping[str, Any],
    needs: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Inputs:
    """What a call was given.

    :param params: by name, as they came: `ip[]` and `ip[0]` are those of a list `ip`.
    """
    read: dict[str, Any] = {}
    named: dict[str, dict[str, Any]] = {}
    for name, value in params.items():
        array = _INDEX.fullmatch(name)
        if not array:
            read[name] = list(value) if isinstance(value, list | tuple) else value
        elif not array[2] or array[2].isdigit():
            read[array[1]] = [*_to_list(read.get(array[1], [])), *_to_list(value)]
        else:
            named.setdefault(array[1], {})[array[2]] = value
    return Inputs(read, now or datetime.now(UTC), named, needs or {})


def _to_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
