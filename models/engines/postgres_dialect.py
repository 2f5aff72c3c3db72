"""What PostgreSQL calls what both engines have."""

import re
from functools import lru_cache
from typing import Any

import peewee

#: What statements are rewritten by: they are written as SQLite has them, and these are all the
#: differences that they have.
_REWRITES = (
    # Values by their names. A cast has two colons.
    (re.compile(r"(?<!:):([a-z]\w*)"), r"%(\1)s"),
    # Tables beside those of a copy are found by the search path.
    (re.compile(r"\bmain\."), ""),
    (re.compile(r"\bstart\."), "start_"),
    # SQLite joins in the order in which tables are named, if that is called so.
    (re.compile(r"\bCROSS JOIN\b"), "JOIN"),
    # What hides an index.
    (re.compile(r" \+([a-z])"), r" \1"),
    (
        re.compile(r"SELECT value FROM json_each\((%\(\w+\)s)\)"),
        r"SELECT jsonb_array_elements_text(\1::jsonb)::bigint",
    ),
)


class PostgresDialect:
    """See `SqlDialect`.

    Texts are of the collation C, so that they compare, sort and change their case as in SQLite,
    however the database was made.
    """

    CALLS_PYTHON: bool = False
    JOIN_TEXTS: str = "STRING_AGG"

    def contains(self, column: Any, pattern: Any) -> Any:
        """ILIKE, which in the collation C knows no letters but A to Z."""
        return peewee.NodeList((column, peewee.SQL("ILIKE"), pattern, peewee.SQL("ESCAPE '!'")))

    def any_of(self, texts: Any) -> Any:
        """A set of the list. What stands in the place of a NUL where it is stored stands for it
        here.
        """
        begin = peewee.SQL("(SELECT json_array_elements_text(replace(")
        end = peewee.SQL(r", '\u0000', '\ufffd')::json))")
        return peewee.NodeList((begin, texts, end))

    def any_number_of(self, numbers: Any) -> Any:
        """A set of numbers."""
        begin = peewee.SQL("(SELECT jsonb_array_elements_text(")
        return peewee.NodeList((begin, numbers, peewee.SQL("::jsonb)::bigint)")))

    def unindexed(self, column: Any) -> Any:
        """The column itself."""
        return column

    def join_numbers(self, column: Any) -> Any:
        """As texts."""
        return peewee.fn.STRING_AGG(peewee.NodeList((column, peewee.SQL("::text"))), ",")

    def json_member(self, column: Any, name: str) -> Any:
        """By its name."""
        text = peewee.fn.NULLIF(column, "")
        return peewee.NodeList((peewee.SQL("("), text, peewee.SQL(f"::json ->> '{name}')")))

    def write_statement(self, sql: str) -> str:
        """In its own words."""
        return _rewrite(sql)


@lru_cache(500)
def _rewrite(sql: str) -> str:
    for pattern, ours in _REWRITES:
        sql = pattern.sub(ours, sql)
    return sql
