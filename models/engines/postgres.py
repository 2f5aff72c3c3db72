"""A store on PostgreSQL: the tables of one schema of a database, of any number of processes."""

import threading
from time import monotonic
from typing import Any

from legacygrid import reasons
from legacygrid.models.engines import postgres_opening
from legacygrid.models.engines.engine import ServersRoom
from legacygrid.models.engines.leadership import Leadership
from legacygrid.models.engines.postgres_connections import Postgres
from legacygrid.models.engines.postgres_leadership import PostgresLeadership

#: Seconds that an answer on readiness is good for.
_FRESH = 0.5


class PostgresEngine:
    """See `Engine`.

    :param url: as libpq takes it, `postgresql://user@host/database`; see
        https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING.
    """

    def __init__(self, url: str) -> None:
        self.database = Postgres(url)
        self.room = ServersRoom()
        self.is_read_only = False
        self.is_temporary = False
        self._lock = threading.Lock()
        self._connection: Any = None
        self._answer, self._expires = "", 0.0

    def require(self) -> None:
        """Refuse to make tables."""
        postgres_opening.require(self.database)

    def prepare(self) -> None:
        """Make or move up the tables of the schema."""
        self.is_read_only = postgres_opening.prepare(self.database)

    def find_notices(self) -> list[str]:
        """Of what this server lacks."""
        return postgres_opening.find_notices(self.database)

    def check(self, timeout: float) -> str:
        """By a write, on a connection of its own."""
        if not self._lock.acquire(timeout=timeout):
            return "the database takes too long"
        try:
            if monotonic() >= self._expires:
                self._answer = self._ask(timeout)
                self._expires = monotonic() + _FRESH
            return self._answer
        finally:
            self._lock.release()

    def _ask(self, timeout: float) -> str:
        try:
            if self._connection is None or self.database.is_lost(self._connection):
                self._connection = self.database.connect_for_all()
            postgres_opening.touch(self._connection, timeout)
        except (*self.database.errors, reasons.StoreUnavailable) as error:
            return self.database.explain(error).hint
        return ""

    def leadership(self) -> Leadership:
        """By a lock of the database."""
        return PostgresLeadership(self.database)

    def remove(self) -> None:
        """The store stays."""
