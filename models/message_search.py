"""Words that are looked for in messages: by functions of SQLite, or here, where the engine is a
server and has none of ours.
"""

import json
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_
from typing import Any

import peewee

from legacygrid.models import search
from legacygrid.models.engines.dialects import any_number_of, bound
from legacygrid.models.message import Message

#: Messages of one short read.
_PAGE = 50


def narrow(condition: Any, columns: Mapping[str, str], places: Mapping[str, str]) -> Any:
    """A condition on messages, and that they have words.

    :param columns: the words of a column, by its name.
    :param places: words of what the message says, by the place; see `search.says`.
    """
    if not columns and not places:
        return condition
    if bound.dialect.CALLS_PYTHON:
        found = [search.condition(getattr(Message, name), columns[name]) for name in columns]
        # Last: what has been ruled out by then is not read.
        found += [search.condition_on_source(Message.source, *each) for each in places.items()]
        return reduce(and_, found, condition)
    numbers = json.dumps(list(_find(condition, columns, places)))
    return Message.id.in_(any_number_of(peewee.Value(numbers)))


def _find(condition: Any, columns: Mapping[str, str], places: Mapping[str, str]) -> Iterator[int]:
    """The numbers of the messages; they are read page by page."""
    selected = [Message.id, *(getattr(Message, name) for name in columns)]
    if places:
        selected.append(peewee.fn.SUBSTR(Message.source, 1, search.MAX_SEARCHED))
    after, count = 0, _PAGE
    while count == _PAGE:
        page = Message.select(*selected).where(condition, Message.id > after)
        query: Any = page.order_by(Message.id).limit(_PAGE).tuples()
        rows: list[tuple[Any, ...]] = list(query)
        for number, *texts in rows:
            if _has(texts, columns, places):
                yield number
        count, after = len(rows), rows[-1][0] if rows else after


def _has(texts: list[Any], columns: Mapping[str, str], places: Mapping[str, str]) -> bool:
    pairs = zip(texts, columns.values(), strict=False)
    return all(search.has_words(*pair) for pair in pairs) and all(
        search.says(texts[-1], place, wanted) for place, wanted in places.items()
    )
