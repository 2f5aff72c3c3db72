"""Rows that every call asks for, and that are read again only after a change of the store."""

import sqlite3
from collections.abc import Sequence
from typing import Any

#: Questions of which a connection remembers the answers.
_MOST = 500

Rows = list[tuple[Any, ...]]


class RememberingConnection(sqlite3.Connection):
    """A connection that remembers rows. It looks at each question whether anybody has written to
    the store, which takes a third of most answers' time; but not where this process just did: who
    writes at each call would look in vain.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._remembered: dict[tuple[object, ...], Rows] = {}
        self._version: tuple[int, int] | None = None
        self._commits = 0

    def recall(self, sql: str, params: Sequence[object], commits: int = 0) -> Rows:
        """All rows of a statement that reads; not to be changed by who gets them.

        :param commits: how often this process has written to the store.
        :raises sqlite3.Error: the engine does not answer.
        """
        if self.in_transaction:
            # What it has written itself may yet be rolled back.
            return self.execute(sql, params).fetchall()
        if commits != self._commits:
            # Nothing that is remembered holds, and this may not for long.
            self._commits = commits
            return self.execute(sql, params).fetchall()
        version = self._find_version()
        if version != self._version:
            self._remembered.clear()
            self._version = version
        question = (sql, *params)
        rows = self._remembered.get(question)
        if rows is None:
            # What others write between the two is taken for older than it is, and read again.
            rows = self.execute(sql, params).fetchall()
            if len(self._remembered) >= _MOST:
                self._remembered.clear()
            self._remembered[question] = rows
        return rows

    def _find_version(self) -> tuple[int, int]:
        """What is another after each commit: the first by any other connection, of this process or
        not (https://sqlite.org/pragma.html#pragma_data_version), the second by this one.
        """
        others: int = self.execute("PRAGMA data_version").fetchone()[0]
        return others, self.total_changes
