"""Which files a coding assistant may have read."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from legacygrid.migration.mcp.answers import RefusedError


class RootFolder:
    """A folder; nothing outside of it is read, wherever links lead.

    :param path: of the folder, in which the process has to be: paths are told as they are from it.
    """

    def __init__(self, path: Path) -> None:
        self._top = path.resolve()

    def find(self, path: str) -> str:
        """A path as it is from the folder on.

        :raises RefusedError: it is outside, or there is nothing.
        """
        try:
            real = Path(self._top, path).resolve()
        except (OSError, RuntimeError, ValueError):
            raise RefusedError(f"{path} is no path") from None
        # Before anything else: what is there outside is not told.
        if not real.is_relative_to(self._top):
            raise RefusedError(
                f"{path} is not in the folder that may be read; see: legacygrid migrate mcp --root"
            )
        if not (real.is_dir() or real.is_file()):
            raise RefusedError(f"{path} is no file or folder")
        return str(real.relative_to(self._top))

    def find_all(self, paths: Iterable[str]) -> Iterator[str]:
        """Each of several paths as it is from the folder on.

        :raises RefusedError: one is outside, or is not there.
        """
        return map(self.find, paths)
