"""JSON documents that are written piece by piece, in the layout that they have as a whole."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from legacygrid.serializers.writers import json_texts

#: Stands in a document where a piece comes later.
_GAP = "\0"


@dataclass(frozen=True)
class Layout:
    """How a document is laid out.

    :param write: a document, as a whole.
    :param separator: what stands between the items of a list at the left edge.
    :param indentation: of what is within an object or a list.
    """

    write: Callable[[Any], str]
    separator: str = ","
    indentation: str = ""

    def with_list(
        self, document: Mapping[str, Any], name: str, items: Iterable[Iterable[str]]
    ) -> Iterator[str]:
        """An object, and a list as its last member.

        :param items: the pieces of each, or of several with `separator` between them, as they are
            written at the left edge.
        """
        opening, closing = self.write({**document, name: [_GAP]}).split(self._gap)
        between = opening
        for item in items:
            yield between
            for piece in item:
                yield self._indent(piece, 2)
            between = self._indent(self.separator, 2)
        yield self.write({**document, name: []}) if between is opening else closing

    def member(self, value: Any) -> str:
        """A value as a member of an object at the left edge."""
        return self._indent(self.write(value), 1)

    def further(self, members: Mapping[str, Any]) -> str:
        """Some members of an object at the left edge, behind others."""
        within = self.write(members)[1:-1].removesuffix("\n")
        return f",{within}" if within else ""

    @cached_property
    def _gap(self) -> str:
        return self.write(_GAP)

    def _indent(self, text: str, depth: int) -> str:
        # In JSON, no value holds an end of line.
        return text.replace("\n", "\n" + depth * self.indentation) if self.indentation else text


#: Without whitespace, and for people.
COMPACT = Layout(json.JSONEncoder(separators=(",", ":")).encode)
INDENTED = Layout(json.JSONEncoder(indent=2).encode, ",\n", "  ")


class RowLayout:
    """Objects that have the same keys, many at a time; some may have further members.

    :param texts: keys whose values are texts; the values of the others are JSON already.
    """

    def __init__(self, layout: Layout, keys: Sequence[str], texts: Sequence[str]) -> None:
        self._layout = layout
        self._keys = keys
        self._texts = texts
        places = {key: "%s" if key in texts else _GAP for key in keys}
        gap = layout.write(_GAP)
        row = layout.write(places).replace(gap, "%s")
        end = "\n}" if row.endswith("\n}") else "}"
        self._row = f"{row.removesuffix(end)}%s{end}{layout.separator}"

    def fill(self, columns: Mapping[str, Sequence[str]], further: Sequence[str]) -> str:
        """The objects, with the layout's separator between them.

        :param columns: under each key, the values of all objects.
        :param further: what each has behind those, as `Layout.further` writes it.
        """
        texts = json_texts(
            self._layout.write, [*chain.from_iterable(columns[key] for key in self._texts)]
        )
        count, width = len(further), len(self._keys) + 1
        written = {key: texts[place * count :][:count] for place, key in enumerate(self._texts)}
        values = [""] * (count * width)
        for place, key in enumerate(self._keys):
            values[place::width] = written.get(key) or columns[key]
        values[width - 1 :: width] = further
        return (self._row * count % tuple(values)).removesuffix(self._layout.separator)
