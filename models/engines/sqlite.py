"""A store on SQLite: one file, of one process."""

from legacygrid.models.connections import Sqlite
from legacygrid.models.engines.leadership import Leadership
from legacygrid.models.files import StoreError, StoreMissingError
from legacygrid.models.opening import find_notices, locate, prepare
from legacygrid.models.readiness import Readiness
from legacygrid.models.room import DiskRoom
from legacygrid.models.temporary import TemporaryFolder


class SqliteEngine:
    """See `Engine`.

    :param url: `sqlite:///relative.db`, `sqlite:////absolute.db`, or `sqlite:///:memory:` for a
        store that goes with the process (a temporary file: SQLite's own memory databases cannot be
        shared by threads).
    """

    def __init__(self, url: str) -> None:
        self._folder: TemporaryFolder | None = None
        path = locate(url)
        if path is None:
            self._folder = TemporaryFolder()
            path = self._folder.path / "memory.db"
        self.database = Sqlite(path)
        self.room = DiskRoom(path)

    def require(self) -> None:
        """Refuse to make a file."""
        if self.is_temporary:
            raise StoreError(
                "a store in memory goes with its process, and each command is a process of its own:"
                " name another one by --database URL or LEGACYGRID_DATABASE. A server that has its"
                " store in memory is asked and filled by its control API (GET and PUT"
                " /__admin/state), and started with --account, --key and --seed"
            )
        if not self.database.path.exists():
            raise StoreMissingError(str(self.database.path))

    def prepare(self) -> None:
        """Make or move up the tables of the file."""
        anchor = prepare(self.database)
        self._readiness = Readiness(anchor, self.database.files)

    @property
    def is_read_only(self) -> bool:
        """Whether its file cannot be written to."""
        return self.database.is_read_only

    @property
    def is_temporary(self) -> bool:
        """Whether it is in memory, as it is called."""
        return self._folder is not None

    def find_notices(self) -> list[str]:
        """Of its file, and of what this SQLite lacks."""
        return find_notices(self.database)

    def check(self, timeout: float) -> str:
        """By a write."""
        return self._readiness.check(timeout)

    def leadership(self) -> Leadership:
        """By a file beside it."""
        # Who serves alone needs none.
        from legacygrid.models.engines.file_leadership import FileLeadership

        return FileLeadership(self.database.path)

    def remove(self) -> None:
        """Remove the file of a store in memory."""
        if self._folder is not None:
            self._folder.remove()
