"""Makes recorded requests once more."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus

import urllib3

from legacygrid.auth import claims
from legacygrid.endpoints.control.har import FORM
from legacygrid.migration.replay.comparison import find_difference
from legacygrid.migration.replay.entries import RecordedRequest
from legacygrid.registry.route_table import RouteTable, find_route

#: Seconds until the next bytes of an answer, and bytes of one that is read.
_PATIENCE, _MOST = 60.0, 64 << 20
SAME, DIFFERS, NOT_SENT = "same", "differs", "not sent"


@dataclass(frozen=True)
class Played:
    """What came of a request.

    :param outcome: the same answer, another one, or it was not sent.
    :param why: in words.
    """

    number: int
    request: RecordedRequest
    outcome: str
    why: str = ""


class Player:
    """Sends requests to a server.

    :param url: of it.
    :param logins: names, each with a password or a key of theirs: a journal keeps none.
    """

    def __init__(self, url: str, logins: Iterable[tuple[str, str]], operations: RouteTable) -> None:
        self._url = url.rstrip("/")
        self._logins = [*logins]
        self._operations = operations
        self._pool = urllib3.PoolManager(retries=False, timeout=_PATIENCE)

    def play(self, requests: Iterable[RecordedRequest]) -> Iterator[Played]:
        """Make them one after the other.

        :raises urllib3.exceptions.HTTPError: the server does not answer.
        """
        for number, request in enumerate(requests, 1):
            yield self._play(number, request)

    def _play(self, number: int, request: RecordedRequest) -> Played:
        if request.answer.status == 0:
            return Played(number, request, NOT_SENT, "it was not answered when it was recorded")
        sent = self._with_login(request)
        if sent is None:
            caller = request.told["caller"] if request.told else ""
            return Played(number, request, NOT_SENT, f"the secret of {caller} is not known")
        answer = self._pool.request(
            sent.method,
            self._url + sent.path,
            body=sent.body or None,
            headers=urllib3.HTTPHeaderDict([("Host", sent.host), *sent.headers]),
            redirect=False,
            preload_content=False,
        )
        try:
            body = answer.read(_MOST, decode_content=True)
        finally:
            answer.close()
        why = find_difference(request.answer, answer.status, body)
        return Played(number, request, DIFFERS if why else SAME, why)

    def _with_login(self, request: RecordedRequest) -> RecordedRequest | None:
        """With the credentials that a journal leaves out; none if they are not known."""
        told = request.told
        if told is None or not told["credentials_from"]:
            return request
        secrets = [secret for name, secret in self._logins if name == told["caller"]]
        route, _ = find_route(self._operations, told["path"], told["method"])
        if not secrets or route is None:
            return None
        claim = route.conventions.claim
        takes_keys = claim not in (claims.form_pair, claims.pair_or_bearer, claims.basic)
        fitting = [each for each in secrets if claims.looks_like_key(each) == takes_keys]
        return _add_login(request, claim, told["caller"], (fitting or secrets)[0])


def _add_login(request: RecordedRequest, claim: object, name: str, secret: str) -> RecordedRequest:
    if claim in (claims.form_pair, claims.pair_or_bearer):
        pair = f"api_user={quote_plus(name)}&api_key={quote_plus(secret)}"
        if request.told and request.told["credentials_from"] == "query":
            path, _, query = request.path.partition("?")
            return request._replace(path=f"{path}?{pair}&{query}".rstrip("&"))
        body = f"{pair}&".encode() + request.body
        headers = [each for each in request.headers if each[0] != "Content-Type"]
        headers.append(("Content-Type", FORM))
        return request._replace(body=body.rstrip(b"&"), headers=headers)
    header = ("Authorization", f"Bearer {secret}")
    if claim is claims.smtp2go_key:
        header = ("X-Smtp2go-Api-Key", secret)
    elif claim is claims.basic:
        pair = base64.b64encode(f"{name}:{secret}".encode()).decode()
        header = ("Authorization", f"Basic {pair}")
    return request._replace(headers=[*request.headers, header])
