"""VCR cassettes in YAML. What they say is never carried out, whatever their tags name."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import IO, Any

import yaml

from legacygrid.migration.report.recordings import LISTS

#: Bytes of a cassette: it is in memory as a whole.
_MOST = 100 << 20
#: Letters in all values, where those that are named once and repeated count each time.
_MOST_LETTERS = 1 << 28
_BINARY, _NULL = "tag:yaml.org,2002:binary", "tag:yaml.org,2002:null"


# What is ignored here is an error without types-PyYAML, and below one with it.
class _Loader(yaml.CBaseLoader):  # type: ignore[misc, unused-ignore]
    """Makes texts, bytes, lists, objects and nothing else: all other tags are passed over."""


_Loader.add_implicit_resolver(_NULL, re.compile(r"~|null|Null|NULL|"), ["~", "n", "N", ""])
_Loader.add_constructor(_NULL, lambda loader, node: None)
_Loader.add_constructor(
    _BINARY,
    yaml.constructor.SafeConstructor.construct_yaml_binary,  # type: ignore[type-var, unused-ignore]
)


def read_cassette(file: IO[bytes]) -> Iterable[Any]:
    """The requests of a cassette, as they stand there.

    :raises ValueError, YAMLError: it is none, or more than is read.
    :raises RecursionError: it is nested too deep.
    """
    data = file.read(_MOST + 1)
    if len(data) > _MOST:
        raise ValueError(f"a cassette in YAML has {_MOST:,} bytes at most")
    loaded = yaml.load(data, _Loader)  # noqa: S506 - it makes plain values alone
    if _count_letters(loaded, {}) > _MOST_LETTERS:
        raise ValueError("its values repeat each other too often")
    if isinstance(loaded, dict):
        return chain.from_iterable(_list(loaded.get(name)) for name in LISTS)
    return _list(loaded)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _count_letters(value: Any, known: dict[int, int]) -> int:
    """How long a value is.

    :param known: how long those are that were counted, by their identity.
    """
    if not isinstance(value, list | dict):
        return len(value or "")
    if id(value) not in known:
        # What is within itself never ends.
        known[id(value)] = _MOST_LETTERS
        inside = chain(value, value.values()) if isinstance(value, dict) else value
        known[id(value)] = 2 + sum(_count_letters(each, known) for each in inside)
    return known[id(value)]
