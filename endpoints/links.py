"""`/wf/...`: where the links of tracked mail lead, as SendGrid called them. They are dead once their account is."""

import base64

from flask import Blueprint, Response, current_app, redirect, request

from legacygrid import blocking, dispatch, links, refusals
from legacygrid.grid import Grid
from legacygrid.models import suppression
from legacygrid.models.account import Account

blueprint = Blueprint("links", __name__, url_prefix="/wf")
refusals.register(blueprint)
#: One transparent pixel.
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@blueprint.get(f"/<any({', '.join(links.KINDS)}):kind>")
def follow(kind: str) -> Response:
    """A link of a mail: a click goes on to its target, an opened image is shown, an address is unsubscribed."""
    if kind == links.UNSUBSCRIBE:
        blocking.about_to_block()
    grid: Grid = current_app.extensions["legacygrid"]
    with grid.store.reading():
        found = links.meaning(kind, request.args.get("upn", ""))
    response = _followed(grid, kind, *found) if found else _plain("This link is dead.", 404)
    call = dispatch.arrived(grid, request.environ, request.path)
    call.operation = links.OPERATION.format(kind)
    call.account = found[0].username if found else ""
    grid.answered(call, response.status_code)
    return response


def _followed(grid: Grid, kind: str, account: Account, value: str) -> Response:
    if kind == links.CLICK:
        return redirect(value)  # type: ignore[return-value]
    if kind == links.OPEN:
        return Response(_PIXEL, content_type="image/gif", headers={"Cache-Control": "no-store"})
    at = grid.clock.now(account.world)
    with grid.store.writing(at):
        suppression.add(account, suppression.UNSUBSCRIBE, value, at)
    return _plain(f"{value} is unsubscribed.", 200)


def _plain(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")
