"""What SQLite calls what both engines have."""

from typing import Any

import peewee


class SqliteDialect:
    """See `SqlDialect`."""

    CALLS_PYTHON: bool = True
    JOIN_TEXTS: str = "GROUP_CONCAT"

    def contains(self, column: Any, pattern: Any) -> Any:
        """LIKE, which knows no letters but A to Z."""
        # A bound pattern by itself would have SQLite prepare the statement anew at each run, in the
        # hope of an index.
        end = peewee.SQL("|| '') ESCAPE '!'")
        return peewee.NodeList((column, peewee.SQL("LIKE ("), pattern, end))

    def any_of(self, texts: Any) -> Any:
        """A table of the list."""
        return peewee.NodeList(
            (peewee.SQL("(SELECT value FROM json_each("), texts, peewee.SQL("))"))
        )

    def any_number_of(self, numbers: Any) -> Any:
        """The same."""
        return self.any_of(numbers)

    def unindexed(self, column: Any) -> Any:
        """With a plus, which changes nothing else (https://sqlite.org/optoverview.html#uplus)."""
        return peewee.NodeList((peewee.SQL("+"), column))

    def join_numbers(self, column: Any) -> Any:
        """A comma is what SQLite puts between them."""
        return peewee.fn.GROUP_CONCAT(column)

    def json_member(self, column: Any, name: str) -> Any:
        """By its path."""
        return peewee.fn.JSON_EXTRACT(peewee.fn.NULLIF(column, ""), f"$.{name}")

    def write_statement(self, sql: str) -> str:
        """As it is."""
        return sql
