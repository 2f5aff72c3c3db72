"""What an engine says when it cannot answer, as a reason."""

from contextlib import AbstractContextManager
from typing import Any

import peewee

_wrapper: Any = peewee.__exception_wrapper__  # type: ignore[attr-defined]
#: A block in which what the driver raises is raised as Peewee's own.
driver_errors: AbstractContextManager[None] = _wrapper


class Explaining:
    """A block of `explaining` of a database. Each call has several, so it is no generator, and one
    is enough for all.
    """

    def __init__(self, database: Any) -> None:
        self._database = database

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, peewee.IntegrityError):
            return
        if isinstance(error, (*self._database.errors, OSError)):
            raise self._database.explain(error) from error
