"""Parameters of a campaign in the links of a mail, by which Google Analytics tells where visitors
come from.
"""

from collections.abc import Mapping
from urllib.parse import urlencode


def tag(target: str, campaign: Mapping[str, str]) -> str:
    """The address with the parameters at the end of its query; those that it has already stay."""
    if not campaign:
        return target
    address, hash_mark, fragment = target.partition("#")
    path, _, query = address.partition("?")
    there = {pair.partition("=")[0] for pair in query.split("&")}
    added = urlencode({name: value for name, value in campaign.items() if name not in there})
    if not added:
        return target
    return f"{path}?{query}{'&' if query else ''}{added}{hash_mark}{fragment}"
