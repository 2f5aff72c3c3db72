"""`/wf/join`: where the letter of an invitation leads. A browser gets a form; a program posts its
fields: `username`, `password`, and `first_name` and `last_name` where they are to be told.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import escape

from legacygrid import reasons
from legacygrid.endpoints.control import errors
from legacygrid.grid import Grid, current_grid
from legacygrid.mail.inviting import JOIN
from legacygrid.models.invitations import Invitation, UnknownInvitation
from legacygrid.models.lookup import name_of
from legacygrid.models.teammates import TEAMMATE
from legacygrid.serializers.login_kinds import SecretHolder
from legacygrid.wsgi import blocking
from legacygrid.wsgi.worlds import world_of

blueprint = Blueprint("joining", __name__)
errors.register(blueprint)
_NAMES = ("first_name", "last_name")
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Join {account}</title>
<h1>Join {account}</h1>
{wrong}<form method="post">
<p><label>User name <input name="username" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="new-password" required>
</label></p>
<p><label>First name <input name="first_name" autocomplete="given-name"></label></p>
<p><label>Last name <input name="last_name" autocomplete="family-name"></label></p>
<p><button>Join</button></p>
</form>
</html>
"""
#: What nobody may load or embed; a password is typed here.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


@blueprint.route(f"/{JOIN}", methods=["GET", "POST"])
def join() -> Response:
    """The form, or what became of it: 201 for a new teammate, 422 with all that is wrong, 404 for
    an invitation that is not valid, or not any more.
    """
    grid, account = current_grid(), None
    try:
        with grid.store.reading():
            invitation = _find(grid)
        account = invitation.account
        response = _page(invitation) if request.method != "POST" else _accept(grid, invitation)
    except UnknownInvitation:
        response = _plain("This invitation is not valid, or not any more.", 404)
    call = grid.receive(request.environ, request.path)
    call.operation = JOIN
    if account:
        call.belongs_to(account, name_of(account.primary_id))
    grid.finish(call, response.status_code)
    return response


def _find(grid: Grid) -> Invitation:
    world = world_of(request.environ)
    return Invitation.find_valid(request.args.get("token", ""), world, grid.clock.now(world))


def _accept(grid: Grid, invitation: Invitation) -> Response:
    """Make a teammate of whoever has the link.

    :raises UnknownInvitation: somebody else was faster.
    :raises WouldBlock: on an event loop's thread.
    """
    blocking.about_to_block()
    name, password = request.form.get("username", ""), request.form.get("password", "")
    profile = {each: request.form.get(each, "") for each in _NAMES}
    holder = SecretHolder(name, invitation.account, grid.profile)
    if wrong := [*_find_wrong(grid, holder, password, profile)]:
        return _page(invitation, wrong)
    hashed = grid.secrets.hash(password)
    try:
        with grid.store.writing(grid.clock.now(invitation.account.world)):
            login = _find(grid).accept(name, hashed, **profile)
    except reasons.NameTaken:
        return _page(invitation, ["Somebody has that user name already."])
    return _plain(f"{login.name} is a teammate of {invitation.account.username}.", 201)


def _find_wrong(
    grid: Grid, holder: SecretHolder, password: str, profile: dict[str, Any]
) -> Iterator[str]:
    """All that is wrong with what was sent."""
    kind = grid.systems.of_kind(TEAMMATE).logins
    yield from kind.wrong_name(holder.name)
    yield from kind.wrong_secret(password, holder)
    for field, texts in kind.wrong_settings({"settings": profile}, is_new=False).items():
        yield from (f"{field} {text}" for text in texts)


def _page(invitation: Invitation, wrong: Sequence[str] = ()) -> Response:
    sentences = "".join(f"<p>{escape(each)}</p>\n" for each in wrong)
    html = _PAGE.format(account=escape(invitation.account.username), wrong=sentences)
    content_type = "text/html; charset=utf-8"
    return Response(html, 422 if wrong else 200, content_type=content_type, headers=_HEADERS)


def _plain(text: str, status: int) -> Response:
    content_type = "text/plain; charset=utf-8"
    return Response(f"{text}\n", status, content_type=content_type, headers=_HEADERS)
