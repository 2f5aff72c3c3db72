"""On which lines of a seed's text its places are: `accounts[0].subusers[3].ips[1]`."""

import re
from collections.abc import Collection, Iterable, Mapping

_TOKEN = re.compile(r'\n|[\[\]{},:]|"(?:[^"\\]|\\.)*"|[^\s\[\]{},:"]+')
#: How places begin that are no paths in the document.
_OTHERS = ("account ", "credential ", "a key ", "the document")
_STEP = re.compile(r"\.?[^.\[\]]+|\[[0-9]+\]")


class _Container:
    """An object or a list that is being read.

    :param place: where it is; `is_list` says which of both it is.
    """

    def __init__(self, place: str, is_list: bool) -> None:
        self.place = place
        self.is_list = is_list
        self.index = 0
        self.name: str | None = None

    @property
    def inner(self) -> str:
        """The place of what is read next."""
        if self.is_list:
            return f"{self.place}[{self.index}]"
        return f"{self.place}.{self.name}" if self.place else str(self.name)

    def go_on(self) -> None:
        """A comma: another member, or another item."""
        self.index += 1
        self.name = None


def name_lines(problems: Iterable[tuple[str, str]], path: str, text: str) -> str:
    """What is wrong with a seed in a file, a line for each thing: `FILE:LINE: PLACE: TEXT`.

    :param problems: the place and the text of each.
    :param text: of the file; empty if it is too long to look for lines.
    """
    problems = list(problems)
    lines = find_lines(text, [place for place, _ in problems]) if text else {}
    return "\n".join(_name_line(place, said, path, lines) for place, said in problems)


def _name_line(place: str, said: str, path: str, lines: Mapping[str, int]) -> str:
    if place.startswith(path):
        # The file itself is wrong.
        return f"{place}: {said}"
    line = f":{lines[place]}" if place in lines and not place.startswith(_OTHERS) else ""
    return f"{path}{line}: {place}: {said}" if place else f"{path}{line}: {said}"


def find_lines(text: str, places: Collection[str]) -> Mapping[str, int]:
    """The line of each place, from 1; of one that is not there, that of what it would be in.

    :param text: JSON.
    """
    ways = {place: _prefixes(place) for place in places}
    lines = _scan(text, {prefix for way in ways.values() for prefix in way})
    return {
        place: next((lines[prefix] for prefix in reversed(way) if prefix in lines), 1)
        for place, way in ways.items()
    }


def _prefixes(place: str) -> list[str]:
    """A place, and before it all that it is in."""
    return [place[: step.end()] for step in _STEP.finditer(place)]


def _scan(text: str, wanted: Collection[str]) -> Mapping[str, int]:
    """The lines of those places that are there."""
    found: dict[str, int] = {}
    line, stack = 1, [_Container("", is_list=False)]
    stack[0].name = ""
    for match in _TOKEN.finditer(text):
        part, top = match[0], stack[-1]
        if part == "\n":
            line += 1
        elif part == ",":
            top.go_on()
        elif part in "]}":
            stack.pop()
        elif part == ":":
            continue
        elif not top.is_list and top.name is None:
            top.name = part.strip('"')
        else:
            place = top.inner if len(stack) > 1 else ""
            if place in wanted:
                found.setdefault(place, line)
            if part in "[{":
                stack.append(_Container(place, part == "["))
        if not stack:
            break
    return found
