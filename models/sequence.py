"""Numbers for the wire."""

import peewee

from legacygrid.models.database import Base


class Sequence(Base):
    """Numbers that are never given twice, also after the highest was deleted."""

    name = peewee.TextField(primary_key=True)
    last = peewee.IntegerField()

    @classmethod
    def next(cls, name: str) -> int:
        """The next number of that name, from 1."""
        number = cls._last(name) + 1
        cls.update(last=number).where(cls.name == name).execute()
        return number

    @classmethod
    def at_least(cls, name: str, number: int) -> None:
        """A seed brought that number; go on after it."""
        cls.update(last=max(number, cls._last(name))).where(cls.name == name).execute()

    @classmethod
    def _last(cls, name: str) -> int:
        row: Sequence | None = cls.get_or_none(cls.name == name)
        return row.last if row else cls.create(name=name, last=0).last
