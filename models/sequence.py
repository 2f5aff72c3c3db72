"""Numbers for the wire."""

import peewee

from legacygrid.models.database import Base


class Sequence(Base):
    """The numbers of a world's credentials: none is given twice, also after the highest was
    deleted.
    """

    world = peewee.TextField(primary_key=True)
    last = peewee.IntegerField()

    @classmethod
    def next(cls, world: str) -> int:
        """The next number of that world, from 1."""
        number = cls._last(world) + 1
        cls.update(last=number).where(cls.world == world).execute()
        return number

    @classmethod
    def at_least(cls, world: str, number: int) -> None:
        """A seed brought that number; go on after it."""
        cls.update(last=max(number, cls._last(world))).where(cls.world == world).execute()

    @classmethod
    def _last(cls, world: str) -> int:
        row: Sequence | None = cls.get_or_none(cls.world == world)
        return row.last if row else cls.create(world=world, last=0).last
