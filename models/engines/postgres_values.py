"""How values go to PostgreSQL and come back."""

from decimal import Decimal
from typing import Any

import psycopg
from psycopg import adapt
from psycopg.types.numeric import IntDumper
from psycopg.types.string import StrDumper


class _TextDumper(StrDumper):
    """Texts of PostgreSQL have no NUL; it stands there as what it looks like in most places."""

    def dump(self, obj: str) -> Any:
        """The text on the wire."""
        return super().dump(_without_nul(obj))


class _SwitchDumper(IntDumper):
    """True is 1."""

    def dump(self, obj: Any) -> Any:
        """The number on the wire."""
        return b"1" if obj else b"0"


class _SumLoader(adapt.Loader):
    """Sums of numbers are numbers, not decimals."""

    def load(self, data: Any) -> int | float:
        """The number."""
        number = Decimal(bytes(data).decode())
        return int(number) if number == number.to_integral_value() else float(number)


def _make_adapters() -> adapt.AdaptersMap:
    adapters = adapt.AdaptersMap(psycopg.adapters)
    adapters.register_dumper(str, _TextDumper)
    adapters.register_dumper(bool, _SwitchDumper)
    adapters.register_loader("numeric", _SumLoader)
    return adapters


def _without_nul(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def write_text(text: str) -> bytes:
    """A text as it is on the wire."""
    return _without_nul(text).encode()


class Context:
    """What psycopg asks for the adapters of a new connection."""

    connection = None

    def __init__(self) -> None:
        self.adapters = _make_adapters()
