"""What a mail is asked for more than once, worked out once."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class cached(Generic[T]):  # noqa: N801 - it decorates, as `property` does
    """A property that is worked out when it is first read, and kept in its object.

    Up to Python 3.11, `functools.cached_property` has one lock for all objects of a class: the
    smallest mail would wait until the largest is read. Two threads that ask one object at the same
    time may both work it out.

    :param compute: the method that works it out.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        # Found there from now on, before this: a descriptor without `__set__` comes second.
        value = instance.__dict__[self._name] = self._compute(instance)
        return value
