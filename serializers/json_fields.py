"""Members of a JSON object, as marshmallow fields: no value is turned into one of another kind."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, missing

from legacygrid.wsgi.values import Unreadable


def repeated(names: Iterable[str]) -> str | None:
    """The first of these names that is there a second time, in any case."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            return name
        seen.add(name.lower())
    return None


class Member(fields.Field[Any]):
    """A value of one kind. `null` is as good as none.

    :param default: what `null` is read as, where it says something.
    """

    default_error_messages = {"required": "{name} is required", "kind": "{name} must be {kind}"}
    #: Whether a journal may show what was sent.
    is_shown = True
    #: What JSON makes of it, and how people call that.
    kinds: tuple[type, ...] = ()
    kind = ""

    def __init__(self, *, required: bool = False, default: Any = None) -> None:
        super().__init__(required=required)
        self.null = default

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The value of a member that may be there."""
        return self.absent() if value is missing else self.taken(str(self.name), value)

    def absent(self) -> Any:
        """What is read where there is no such member."""
        if self.required:
            raise self.wrong("required", str(self.name))
        return missing

    def taken(self, name: str, value: Any) -> Any:
        """The value that was given under that name.

        :raises ValidationError: it is of another kind, or does not fit.
        """
        if value is None:
            if self.required:
                raise self.wrong("required", name)
            return self.null
        if isinstance(value, Unreadable):
            raise ValidationError(f"{name} {value.why}")
        # JSON's true is no number, and Python's is one.
        if not isinstance(value, self.kinds) or (
            isinstance(value, bool) and bool not in self.kinds
        ):
            raise self.wrong("kind", name)
        return self.read(name, value)

    def wrong(self, key: str, name: str, **more: Any) -> ValidationError:
        """The error of that key."""
        return super().make_error(key, name=name, kind=self.kind, **more)

    def read(self, name: str, value: Any) -> Any:
        """What becomes of a value of that kind.

        :raises ValidationError: it does not fit.
        """
        return value

    def rule(self) -> str:
        """What is taken, in words."""
        return self.kind


class String(Member):
    """A text.

    :param limit: characters at most; none for as many as a body may have.
    """

    default_error_messages = {"long": "{name} must have {limit} characters at most"}
    kinds = (str,)
    kind = "a string"

    def __init__(
        self, limit: int | None = None, *, required: bool = False, default: Any = None
    ) -> None:
        super().__init__(required=required, default=default)
        self.limit = limit

    def read(self, name: str, value: str) -> Any:
        """The text as given."""
        if self.limit is not None and len(value) > self.limit:
            raise self.wrong("long", name, limit=self.limit)
        if self.required and not value:
            raise self.wrong("required", name)
        return value

    def rule(self) -> str:
        """Its length."""
        return f"a string of up to {self.limit} characters" if self.limit else self.kind


class Boolean(Member):
    """True or false."""

    kinds = (bool,)
    kind = "a boolean"


class Integer(Member):
    """A whole number between two others."""

    default_error_messages = {"range": "{name} must be {least} to {most}"}
    kinds = (int,)
    kind = "an integer"

    def __init__(self, least: int, most: int, *, default: Any = None) -> None:
        super().__init__(default=default)
        self.least, self.most = least, most

    def read(self, name: str, value: int) -> int:
        """The number as given."""
        if not self.least <= value <= self.most:
            raise self.wrong("range", name, least=self.least, most=self.most)
        return value

    def rule(self) -> str:
        """Its range."""
        return f"an integer, {self.least} to {self.most}"


class Array(Member):
    """Values in order, each of them a member by itself.

    :param inner: what each element is.
    """

    kinds = (list,)
    kind = "an array"

    def __init__(self, inner: Member, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.inner = inner

    def read(self, name: str, value: list[Any]) -> list[Any]:
        """Its elements, as they are read."""
        if self.required and not value:
            raise self.wrong("required", name)
        return [
            self.inner.taken(f"{name}[{number}]", element) for number, element in enumerate(value)
        ]

    def rule(self) -> str:
        """What its elements are."""
        return f"an array, each {self.inner.rule()}"


class Object(Member):
    """An object of a few members; others are refused."""

    default_error_messages = {"unknown": "{name} must not have {other}"}
    kinds = (dict,)
    kind = "an object"

    def __init__(self, members: Mapping[str, Member]) -> None:
        super().__init__()
        self.members = members

    def read(self, name: str, value: dict[str, Any]) -> dict[str, Any]:
        """Its members, as they are read."""
        for other in value.keys() - self.members.keys():
            raise self.wrong("unknown", name, other=other[:64].encode("unicode_escape").decode())
        found = {
            key: member.taken(f"{name}.{key}", value.get(key))
            for key, member in self.members.items()
        }
        return {key: read for key, read in found.items() if read is not None}

    def rule(self) -> str:
        """What its members are."""
        return "an object of " + ", ".join(self.members)
