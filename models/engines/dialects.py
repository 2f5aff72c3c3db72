"""What engines say in different ways: each says it when a query is compiled."""

from typing import Any, Protocol

import peewee

#: The database of the one store of this process.
bound = peewee.DatabaseProxy()


class SqlDialect(Protocol):
    """What one engine calls what both have."""

    #: Whether its statements may call functions of this process.
    CALLS_PYTHON: bool
    #: The function that joins the texts of rows, of a text and a separator.
    JOIN_TEXTS: str

    def contains(self, column: Any, pattern: Any) -> Any:
        """A condition; see the function of this name."""
        ...

    def any_of(self, texts: Any) -> Any:
        """A select; see the function of this name."""
        ...

    def any_number_of(self, numbers: Any) -> Any:
        """A select; see the function of this name."""
        ...

    def unindexed(self, column: Any) -> Any:
        """An expression; see the function of this name."""
        ...

    def join_numbers(self, column: Any) -> Any:
        """An expression; see the function of this name."""
        ...

    def json_member(self, column: Any, name: str) -> Any:
        """An expression; see the function of this name."""
        ...

    def write_statement(self, sql: str) -> str:
        """A statement as this engine takes it; it is written as SQLite has it, with `:name` for
        each value.
        """
        ...


class EngineExpression(peewee.ColumnBase):
    """An expression that waits for the engine that compiles it."""

    def __init__(self, name: str, *parts: Any) -> None:
        super().__init__()
        self._name = name
        self._parts = parts

    def __sql__(self, ctx: peewee.Context) -> peewee.Context:
        """Its text, and its values."""
        inner = getattr(bound.dialect, self._name)(*self._parts)
        return ctx.sql(inner)  # type: ignore[no-untyped-call,no-any-return]


def contains(column: Any, pattern: Any) -> Any:
    """The column matches a pattern of LIKE, in which `!` is the escape; letters A to Z match in
    both cases, and no others.
    """
    return EngineExpression("contains", column, pattern)


def any_of(texts: Any) -> Any:
    """What to look for a column in: the texts of a JSON list."""
    return EngineExpression("any_of", texts)


def any_number_of(numbers: Any) -> Any:
    """The same of a JSON list of numbers."""
    return EngineExpression("any_number_of", numbers)


def unindexed(column: Any) -> Any:
    """The column, so that SQLite finds no row by an index of it. PostgreSQL knows by its statistics
    which index leads to fewer rows.
    """
    return EngineExpression("unindexed", column)


def join_numbers(column: Any) -> Any:
    """The numbers of all rows as one text, with commas between them."""
    return EngineExpression("join_numbers", column)


def json_member(column: Any, name: str) -> Any:
    """A member of the JSON object that a column has as a text; nothing if that is empty."""
    return EngineExpression("json_member", column, name)


def is_on(column: Any) -> Any:
    """The switch in a column is on: both engines keep it as a number."""
    return peewee.NodeList((column, peewee.SQL("= 1")))
