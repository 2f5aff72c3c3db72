"""Entries of a seed that have a name and a secret: accounts and credentials."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from operator import itemgetter
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, missing, validate, validates_schema

from legacygrid.models.secrets import HASH
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.serializers.seed_fields import Strict
from legacygrid.serializers.suggestions import SuggestingSchema
from legacygrid.serializers.texts import Text

#: Of a field that takes no value as it is: no document holds an ellipsis.
_NONE: tuple[type, int] = (type(...), 0)
#: Many, each on a line.
_HASHES = re.compile(rf"(?:{HASH.pattern}\n)*")


class Printable(Text):
    """A secret as its owner has it: the operator's word, so no policy is applied."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **Text.messages,
        "printable": Sentence(
            "must be {shortest} to 128 printable characters", inferred("the seed file's own")
        ),
    }

    def __init__(self, shortest: int) -> None:
        super().__init__()
        self.shortest = shortest

    def read(self, name: str, text: str) -> str:
        """The secret as given."""
        if not self.shortest <= len(text) <= 128 or not text.isprintable():
            raise self.error("printable", name, shortest=self.shortest)
        return text


def _are_hashes(texts: Sequence[str]) -> bool:
    return _HASHES.fullmatch("\n".join((*texts, ""))) is not None


class SeedEntry(SuggestingSchema):
    """The schema of an entry; a password, or the hash of one, is what all of them have."""

    password = Printable(1)
    password_hash = fields.String(
        validate=validate.Regexp(f"{HASH.pattern}\\Z", error="is no bcrypt hash")
    )

    @validates_schema
    def one_secret(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Either the password or its hash."""
        if ("password" in data) == ("password_hash" in data):
            raise ValidationError("give either password or password_hash", "password")

    def read(self, entry: Any) -> dict[str, Any]:
        """What `load` returns. Where all fits, as it mostly does, marshmallow need not keep account
        of what is wrong, which is most of what it does.

        :raises ValidationError: as `load`.
        """
        if isinstance(entry, dict) and entry.keys() <= self.load_fields.keys():
            with suppress(ValidationError):
                return self._read_fitting(entry)
        loaded: dict[str, Any] = self.load(entry)
        return loaded

    def _read_fitting(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        plain = self._plain
        for name in (*entry, *(self._unasked - entry.keys())):
            value: Any = entry.get(name, missing)
            kind, longest = plain.get(name, _NONE)
            # What most entries have: short texts, switches, no keys and no credentials.
            is_plain = type(value) is kind
            if is_plain and (kind is bool or len(value) <= longest):
                given[name] = value[:] if kind is list else value
            elif value and type(value) is str and name in self._texts:
                given[name] = self._texts[name](name, value)
            else:
                given[name] = self.load_fields[name].deserialize(value, name, entry)
        self.one_secret(given)
        return given

    def read_columns(self, entries: Sequence[Any]) -> dict[str, Sequence[Any]] | None:
        """What `load` makes of entries, column by column, where that shows at a glance: all of them
        have the same members, a hash among these, and lists of nothing, and all is printable.

        :returns: none where it is not so, or something does not fit.
        """
        names = tuple(entries[0]) if isinstance(entries[0], dict) else ()
        if not {"username", "password_hash"} <= set(names) <= self.load_fields.keys():
            return None
        if set(map(type, entries)) != {dict} or set(map(len, entries)) != {len(names)}:
            return None
        try:
            values = zip(*map(itemgetter(*names), entries), strict=True)
            columns: dict[str, tuple[Any, ...]] = dict(zip(names, values, strict=True))
            given = {name: self._read_column(name, column) for name, column in columns.items()}
            for name in self._unasked - given.keys():
                value = self.load_fields[name].deserialize(missing, name, {})
                given[name] = [value] * len(entries)
            self.one_secret(given)
        except (ValidationError, KeyError):
            return None
        return given

    def _read_column(self, name: str, values: Sequence[Any]) -> Sequence[Any]:
        """:raises ValidationError: it has to be read one by one, or does not fit."""
        kind, _ = self._plain.get(name, _NONE)
        kinds = set(map(type, values))
        if kinds == {str} and "".join(values).isprintable():
            suits = self._suits.get(name)
            if suits and suits(values):
                return values
            read = {text: self._read_text(name, text) for text in set(values)}
            return [read[text] for text in values]
        if kinds != {kind} or kind is str or (kind is list and any(values)):
            raise ValidationError("not at a glance", name)
        return values

    def _read_text(self, name: str, text: str) -> Any:
        if text and name in self._texts:
            return self._texts[name](name, text)
        return self.load_fields[name].deserialize(text, name, {})

    @cached_property
    def _plain(self) -> dict[str, tuple[type, int]]:
        """Of fields that take any value of a type as it is, up to so many letters or items."""
        plain: dict[str, tuple[type, int]] = {}
        for name, each in self.load_fields.items():
            if type(each) is Text and not each.required and each.limit:
                plain[name] = (str, each.limit)
            elif isinstance(each, Strict | fields.List):
                plain[name] = (bool, 0) if isinstance(each, Strict) else (list, 0)
        return plain

    @cached_property
    def _texts(self) -> dict[str, Callable[[str, str], Any]]:
        """What reads a text that is not empty, of fields that have nothing of their own before."""
        return {
            name: each.read
            for name, each in self.load_fields.items()
            if isinstance(each, Text)
            and (type(each).deserialize, type(each).decode) == (Text.deserialize, Text.decode)
        }

    @cached_property
    def _suits(self) -> dict[str, Callable[[Sequence[str]], bool]]:
        """By field: whether printable texts are read as they are, all of them."""
        texts = {
            name: each.suits
            for name, each in self.load_fields.items()
            if isinstance(each, Text) and name in self._texts
        }
        hashes: dict[str, Callable[[Sequence[str]], bool]] = {"password_hash": _are_hashes}
        return texts | hashes

    @cached_property
    def _unasked(self) -> set[str]:
        """Fields that are something when they are not given, or refuse that."""
        return {
            name
            for name, each in self.load_fields.items()
            if each.required or each.load_default is not missing
        }
