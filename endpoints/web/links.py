"""`/wf/...`: where the links of tracked mail lead, as SendGrid named them. They stop working
when their account is deleted.
"""

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers

from legacygrid.endpoints.control import errors
from legacygrid.grid import Grid, current_grid
from legacygrid.mail import tracking_links
from legacygrid.models import suppression
from legacygrid.models.account import Account
from legacygrid.models.lookup import name_of
from legacygrid.wsgi import blocking

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

blueprint = Blueprint("links", __name__, url_prefix="/wf")
errors.register(blueprint)
#: One transparent pixel.
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
#: Printable ASCII, `%` too: what is encoded already stays so.
_AS_IT_IS = "".join(map(chr, range(0x21, 0x7F)))


@blueprint.get(f"/<any({', '.join(tracking_links.KINDS)}):kind>")
def follow(kind: str) -> Response:
    """A link of a mail: a click leads to its target, an opened mail loads an image, an address is
    unsubscribed.
    """
    if kind == tracking_links.UNSUBSCRIBE:
        blocking.about_to_block()
    grid = current_grid()
    with grid.store.reading():
        target = tracking_links.decode(kind, request.args.get("upn", ""))
    response = _answer(grid, kind, *target) if target else _plain("This link is dead.", 404)
    call = grid.receive(request.environ, request.path)
    call.operation = tracking_links.OPERATION.format(kind)
    if target:
        account, _ = target
        call.belongs_to(account, name_of(account.primary_id))
    grid.finish(call, response.status_code)
    return response


def _answer(grid: Grid, kind: str, account: Account, value: str) -> Response:
    if kind == tracking_links.CLICK:
        return _Redirect(value)
    if kind == tracking_links.OPEN:
        return Response(_PIXEL, content_type="image/gif", headers={"Cache-Control": "no-store"})
    at = grid.clock.now(account.world)
    with grid.store.writing(at):
        suppression.add(account, suppression.UNSUBSCRIBE, value, at)
    return _plain(f"{value} is unsubscribed.", 200)


class _Redirect(Response):
    """Leads to a target as the mail had it, even to one that is no URL."""

    def __init__(self, target: str) -> None:
        super().__init__(status=302, content_type="text/html; charset=utf-8")
        # Neither a control character nor one beyond ASCII can be in a header.
        self._target = quote(target, safe=_AS_IT_IS, errors="replace")

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """The headers with the target; Werkzeug's own `Location` fails at what it cannot read as a
        URL.
        """
        headers = super().get_wsgi_headers(environ)
        headers["Location"] = self._target
        return headers


def _plain(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")
