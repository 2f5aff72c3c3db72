"""The calls of a list by the minute in which they came in."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from legacygrid.harness.calls import Call

#: What `MinuteGroup.key` is.
GROUP_KEY = re.compile(r"-?\d{1,12}-\d{1,18}")


class MinuteGroup(NamedTuple):
    """Calls of one minute that follow each other, newest first.

    :param minute: since 1970.
    """

    minute: int
    calls: list[Call]

    @property
    def begin(self) -> int:
        """When the minute begins, in seconds since 1970."""
        return self.minute * 60

    @property
    def key(self) -> str:
        """Tells it from all others of a page that grows at its top."""
        return f"{self.minute}-{self.calls[0].number}"

    def continues_as(self, key: str) -> bool:
        """Whether the group of that key is of the same minute."""
        return key.rpartition("-")[0] == str(self.minute)


def group_by_minute(calls: Sequence[Call]) -> list[MinuteGroup]:
    """The groups of some calls, in their order."""
    minutes = groupby(calls, lambda call: int(call.at // 60))
    return [MinuteGroup(minute, list(theirs)) for minute, theirs in minutes]
