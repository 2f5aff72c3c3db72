"""The journal of an emulator, page by page."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from legacygrid.migration.report.files import SourceError
from legacygrid.migration.report.observed_calls import Observed, from_journal

#: Sends a request to the control API, a method and a path below `/__admin/`: the answer's body.
Ask = Callable[[str, str], bytes]
#: Calls of a page.
_PAGE = 5000


def read_journal(ask: Ask, tell: Callable[[int], object]) -> Iterator[Observed]:
    """The calls of a journal, oldest first.

    :param tell: is called with how many calls were read since.
    :raises SourceError: what answers is no emulator.
    """
    after = 0
    while entries := _load(ask("GET", f"requests?after={after}&limit={_PAGE}"), "requests"):
        tell(len(entries))
        after = entries[-1]["id"]
        yield from map(from_journal, entries)


def count_calls(ask: Ask) -> int:
    """How many calls a journal has.

    :raises SourceError: what answers is no emulator.
    """
    return int(_load(ask("POST", "requests/count"), "count"))


def _load(body: bytes, name: str) -> Any:
    try:
        return json.loads(body)[name]
    except (ValueError, KeyError, TypeError):
        raise SourceError("what answers there is no emulator of Legacygrid") from None


def ask_url(url: str, token: str) -> Ask:
    """Sends requests to the control API of a running emulator.

    :param token: of `legacygrid serve --admin-token`; empty if it has none.
    """
    import urllib3

    pool = urllib3.PoolManager(retries=False, timeout=60)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"

    def ask(method: str, path: str) -> bytes:
        body = b"{}" if method == "POST" else None
        target = f"{url.rstrip('/')}/__admin/{path}"
        try:
            answer = pool.request(method, target, body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise SourceError(f"{url} does not answer: {error}") from None
        if answer.status != 200:
            said = answer.data[:200].decode("utf-8", "replace").strip()
            raise SourceError(f"{url} answers {answer.status}: {said}")
        return answer.data

    return ask
