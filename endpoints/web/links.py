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
from legacygrid.mail import tracking_links, visits
from legacygrid.mail.tracking_links import Claim
from legacygrid.mail.visits import LinkVisitor
from legacygrid.models import apps
from legacygrid.models.lookup import name_of
from legacygrid.wsgi import blocking, untrusted
from legacygrid.wsgi.hosts import remote_address

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

blueprint = Blueprint("links", __name__, url_prefix="/wf")
errors.register(blueprint)
#: One transparent pixel.
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
#: Printable ASCII, `%` too: what is encoded already stays so.
_AS_IT_IS = "".join(map(chr, range(0x21, 0x7F)))
#: Characters of a program's name that are told.
_MOST_AGENT = 1000


@blueprint.get(f"/<any({', '.join(tracking_links.KINDS)}):kind>")
def follow(kind: str) -> Response:
    """A link of a mail: a click leads to its target, an opened mail loads an image, an address is
    unsubscribed.
    """
    grid = current_grid()
    claim = _note(grid, kind, request.args.get("upn", ""))
    response = _answer(grid, kind, claim) if claim else _plain("This link is dead.", 404)
    call = grid.receive(request.environ, request.path)
    call.operation = tracking_links.OPERATION.format(kind)
    if claim:
        call.belongs_to(claim.account, name_of(claim.account.primary_id))
    grid.finish(call, response.status_code)
    return response


def _note(grid: Grid, kind: str, upn: str) -> Claim | None:
    """Note the visit, if the link is alive; what it says.

    :raises WouldBlock: on an event loop's thread, where there is something to write.
    """
    with grid.store.reading():
        claim = tracking_links.decode(kind, upn)
    # Programs that look whether a link leads anywhere ask by HEAD: nobody has read the mail yet.
    if claim is None or request.method == "HEAD" or not visits.is_noted(kind, claim):
        return claim
    blocking.about_to_block()
    at = grid.clock.now(claim.account.world)
    agent = request.headers.get("User-Agent", "")[:_MOST_AGENT]
    with grid.store.writing(at):
        # Its account may be gone by now.
        claim = tracking_links.decode(kind, upn)
        if claim:
            visits.note(kind, claim, LinkVisitor(remote_address(request.environ), agent), at)
    return claim


def _answer(grid: Grid, kind: str, claim: Claim) -> Response:
    if kind == tracking_links.CLICK:
        return _Redirect(claim.value)
    if kind == tracking_links.OPEN:
        return Response(_PIXEL, content_type="image/gif", headers={"Cache-Control": "no-store"})
    return _farewell(grid, claim)


def _farewell(grid: Grid, claim: Claim) -> Response:
    """What a person sees who unsubscribed: by SendGrid's app, where the account says so."""
    with grid.store.reading():
        setting = apps.find(claim.account.id, "subscriptiontrack") if claim.queue_id else None
    settings = setting.settings if setting else {}
    if url := settings.get("url"):
        return _Redirect(url if "://" in url else f"http://{url}")
    if page := settings.get("landing"):
        html = "text/html; charset=utf-8"
        return untrusted.send_untrusted(page.encode(), html, policy=untrusted.HTML)
    return _plain(f"{claim.value} is unsubscribed.", 200)


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
