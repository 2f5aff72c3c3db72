"""How the address is told to which events are posted."""

from collections.abc import Iterable, Iterator
from typing import Any

from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.writers import Row, xml_text


class UrlRows(Rows):
    """A list of one address, or of none; as XML, an element that holds it alone."""

    def to_xml(self, declaration: str, records: Iterable[Any]) -> Iterator[bytes]:
        """`<url>http://example.com/events</url>`, as the manual has it."""
        yield xml_text(declaration, self.root, next(iter(records), ""))


def url_rows(profile: Profile) -> Rows:
    """The address to which events are posted."""
    return UrlRows("url", "url", json=_url, xml=_url, json_type={"url": str})


def _url(url: str) -> Row:
    return {"url": url}
