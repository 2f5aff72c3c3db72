"""What statistics by browser, mail program, device, country and provider take and answer."""

from collections.abc import Mapping
from typing import NamedTuple

from legacygrid.models.statistics import BROWSERS, CLIENTS, DEVICES, ISPS, Numbers
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.sendgrid_v3 import stats
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.sendgrid_v3.stats import PeriodCounts, QueryNames, QueryWord
from legacygrid.serializers.writers import Row

#: Days, weeks or months of an answer, unless it says, as documented.
PAGE = 500
COUNTRIES = ("US", "CA")
_OPENS: Mapping[str, tuple[str, ...]] = {"opens": ("opens",), "unique_opens": ("unique_opens",)}
_CLICKS = {"clicks": ("clicks",), "unique_clicks": ("unique_clicks",)}


class PartKind(NamedTuple):
    """By what the recipients are told apart.

    :param path: what is before `/stats`, after which the scope is called, too.
    :param kind: what is counted; empty for countries, of which nothing is known.
    :param type: what each part is called.
    :param metrics: what is told of each, and the counters that it is the sum of.
    :param names: the parameter that chooses some of them; empty where none does.
    :param has_pages: whether it takes `limit` and `offset`.
    """

    path: str
    kind: str
    type: str
    metrics: Mapping[str, tuple[str, ...]]
    names: str = ""
    has_pages: bool = True

    def params(self, profile: Profile) -> Params:
        """What the call takes."""
        paging = stats.page() if self.has_pages else {}
        chosen: Params = {self.names: QueryNames()} if self.names else {}
        country: Params = {} if self.kind else {"country": QueryWord(COUNTRIES)}
        return {**chosen, **country, **stats.days(), **paging}

    def rows(self, profile: Profile) -> Rows:
        """What the call answers."""
        part = {"type": str, "name": str, "metrics": dict.fromkeys(self.metrics, int)}
        return make_rows(self._write, [{"date": str, "stats": [part]}])(profile)

    def _write(self, counts: list[PeriodCounts]) -> list[Row]:
        return [
            {
                "date": each.date,
                "stats": [
                    {"type": part.type, "name": part.name, "metrics": self._sum(part.numbers)}
                    for part in each.parts
                ],
            }
            for each in counts
        ]

    def _sum(self, numbers: Numbers) -> Row:
        return {
            metric: sum(numbers.get(counter, 0) for counter in counters)
            for metric, counters in self.metrics.items()
        }


#: What a provider gets, and does not get: v3 has one number of all that was not sent.
_OF_PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "blocks": ("blocks",),
    "bounces": ("bounces",),
    "clicks": ("clicks",),
    "deferred": ("deferred",),
    "delivered": ("delivered",),
    "drops": (
        "repeat_bounces", "repeat_spamreports", "repeat_unsubscribes", "invalid_email",
        "spam_drop",
    ),
    "opens": ("opens",),
    "processed": ("processed",),
    "requests": ("requests",),
    "spam_reports": ("spamreports",),
    "unique_clicks": ("unique_clicks",),
    "unique_opens": ("unique_opens",),
}  # fmt: skip
_OF_COUNTRIES = {
    "clicks": ("clicks",),
    "opens": ("opens",),
    "unique_clicks": ("unique_clicks",),
    "unique_opens": ("unique_opens",),
}
KINDS = (
    PartKind("browsers", BROWSERS, "browser", _CLICKS, names="browsers"),
    PartKind("clients", CLIENTS, "client", _OPENS, has_pages=False),
    PartKind("devices", DEVICES, "device", _OPENS),
    PartKind("geo", "", "country", _OF_COUNTRIES),
    PartKind(
        "mailbox_providers", ISPS, "mailbox_provider", _OF_PROVIDERS, names="mailbox_providers"
    ),
)
