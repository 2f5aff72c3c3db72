"""Long seeds: read entry by entry into files, so that none is in memory as a whole, and nothing is
stored before all of it fits.
"""

import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Self, cast

from marshmallow import Schema, ValidationError

from legacygrid.harness.seed_hashing import SeedHashing
from legacygrid.harness.seeder import BATCH, Batch, Entry, SeedError, SeedProblem, problems_error
from legacygrid.harness.watching import WatchedFile
from legacygrid.serializers.json_stream import JsonReader
from legacygrid.serializers.seeds import complaints, forbidden, schema_of_items
from legacygrid.wsgi.spool import SpoolFile

#: Bytes from which on a seed is long.
LONG = 1024 * 1024
#: Bytes of one that may be read as a whole where it does not fit, for all that is wrong with it.
WHOLE = 64 * LONG
#: Problems after which no more are looked for.
_MANY = 10_000


@dataclass(frozen=True)
class SeedText:
    """A long seed as it was sent, or stands in a file.

    :param size: bytes of it.
    :param place: that problems of the text itself are said of; `complaint`, how.
    :param loads: reads all of it.
    """

    file: IO[bytes]
    size: int
    place: str
    complaint: str = "{}"
    loads: Callable[[bytes], Any] = json.loads

    @property
    def may_be_whole(self) -> bool:
        """Whether it is short enough to be read as a whole."""
        return self.size <= WHOLE

    def parse(self) -> Any:
        """All of it.

        :raises SeedError: it is no JSON.
        """
        self.file.seek(0)
        try:
            return self.loads(self.file.read())
        except (ValueError, RecursionError) as error:
            raise self.error(error) from None

    def error(self, error: Exception) -> SeedError:
        """What is wrong with the text."""
        return SeedError(SeedProblem(self.place, self.complaint.format(error)))


class SeedReading:
    """Reads one long seed; what it keeps goes at the end of the block.

    :param document: the schema of a seed.
    :param hashing: of the passwords of all entries that their schemas have loaded.
    """

    def __init__(self, document: Schema, hashing: SeedHashing) -> None:
        self._hashing = hashing
        self._document = document
        self._primary = schema_of_items(document, "accounts")
        self._subuser = schema_of_items(self._primary, "subusers")
        self._primaries, self._subusers = SpoolFile(), SpoolFile()
        self._problems: list[SeedProblem] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._primaries.close()
        self._subusers.close()

    def read(self, text: SeedText) -> Iterator[Entry]:
        """The accounts of a seed, all of which fit.

        :raises SeedError: it is no JSON, or does not fit its schema.
        :raises NoRoom: the disk of temporary files has none for it.
        """
        text.file.seek(0)
        try:
            with self._hashing.watch(f"Reading {text.place}", text.size) as tell:
                self._read_document(JsonReader(WatchedFile(text.file, tell)))
        except (ValueError, RecursionError) as error:
            raise text.error(error) from None
        if self._problems:
            raise problems_error(self._problems)
        return self._list_entries()

    def _list_entries(self) -> Iterator[Entry]:
        self._primaries.file.seek(0)
        self._subusers.file.seek(0)
        with suppress(EOFError):
            while True:
                entry, batches = _load_kept(self._primaries)
                yield entry, (_load_kept(self._subusers) for _ in range(batches))

    def _read_document(self, reader: JsonReader) -> None:
        document: dict[str, Any] = {}
        for name in _once(reader, document):
            is_list = name == "accounts" and reader.peek() == "["
            document[name] = self._read_accounts(reader) if is_list else reader.value()
        reader.end()
        self._load(self._document.load, document, "")

    def _read_accounts(self, reader: JsonReader) -> list[Any]:
        for number, _ in enumerate(reader.items()):
            place = f"accounts[{number}]"
            account: dict[str, Any] = {}
            batches = 0
            for name in _once(reader, account):
                if name == "subusers" and reader.peek() == "[":
                    batches = self._read_subusers(reader, f"{place}.subusers")
                    account[name] = []
                else:
                    account[name] = reader.value()
            if entry := self._load(self._primary.read, account, place):
                self._ready(entry)
                pickle.dump((entry, batches), self._primaries)
        # They are checked.
        return []

    def _read_subusers(self, reader: JsonReader, place: str) -> int:
        """Keep them; how many batches they are."""
        entries = reader.list_items()
        batches = 0
        while batch := list(islice(entries, BATCH)):
            pickle.dump(self._load_batch(batch, place, batches * BATCH), self._subusers)
            batches += 1
        return batches

    def _load_batch(self, entries: list[Any], place: str, first: int) -> Batch:
        """Ready to be stored, if all of them fit.

        :param first: the number of the first in its list.
        """
        if columns := self._subuser.read_columns(entries):
            return cast(Batch, columns)
        loaded = [
            self._load(self._subuser.read, entry, f"{place}[{number}]")
            for number, entry in enumerate(entries, first)
        ]
        self._ready(*loaded)
        return loaded

    def _ready(self, *entries: dict[str, Any] | None) -> None:
        """Nothing is done for what will be refused."""
        if not self._problems:
            self._hashing.hash_missing(*filter(None, entries))

    def _load(self, load: Callable[[Any], Any], entry: Any, place: str) -> dict[str, Any] | None:
        """The entry, ready to be stored; none if it does not fit."""
        self._problems += (SeedProblem(*each) for each in forbidden(entry, place))
        try:
            loaded: dict[str, Any] = load(entry)
        except ValidationError as error:
            self._problems += (SeedProblem(*each) for each in complaints(error.messages, place))
            if len(self._problems) > _MANY:
                raise problems_error(self._problems) from None
            return None
        return loaded


def _load_kept(kept: SpoolFile) -> Any:
    # It has no name, so nobody else wrote it.
    return pickle.load(kept.file)  # noqa: S301


def _once(reader: JsonReader, seen: dict[str, Any]) -> Iterator[str]:
    """The members of an object.

    :raises ValueError: one stands twice.
    """
    for name in reader.members():
        if name in seen:
            raise ValueError(f"{name!r} stands twice in one object")
        yield name
