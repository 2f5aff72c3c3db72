"""`GET /`: what this is, for a person who opens it in a browser."""

from html import escape
from importlib.metadata import version

from flask import Blueprint, Response, current_app, request

from legacygrid.grid import current_grid
from legacygrid.models.account import Account
from legacygrid.models.store_commands import name_command
from legacygrid.reasons import StoreUnavailable
from legacygrid.wsgi.environ_keys import ADMIN_TOKEN, CONSOLE

blueprint = Blueprint("front", __name__)
_ADMIN = """<li><a href="ROOT/__admin/health">/__admin/health</a>: whether the emulator works;
<a href="ROOT/__admin/requests">/__admin/requests</a>: the calls that came in;
<a href="ROOT/__admin/">/__admin/</a>: all that tests can ask for.</li>"""
_CONSOLE = """
<li><a href="ROOT/console/">The console</a>: requests, messages, accounts and logins.</li>
"""
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Legacygrid</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }}
body {{ max-width: 42rem; margin: 3rem auto; padding: 0 1rem }}
pre {{ overflow-x: auto; padding: .75rem 1rem; border: 1px solid #8886; border-radius: .4rem }}
</style>
<h1>Legacygrid {version}</h1>
<p>This server answers calls as the APIs of {systems} did. {who_gets_mail}</p>
<pre>curl '{root}apiv2/customer.profile.json' \\
  -d api_user=NAME -d api_key=PASSWORD -d task=get</pre>
<p>It has {accounts} and uses the profile <code>{profile}</code>.
To add an account: {how_to_add}.</p>
<ul>
{console}<li><code>legacygrid routes</code> lists every operation.</li>
<li><code>legacygrid fidelity</code> tells how well each answer is known.</li>
{admin}
</ul>
</html>
"""


@blueprint.get("/")
def page() -> Response:
    """The page."""
    grid = current_grid()
    try:
        with grid.store.reading():
            count = Account.select().where(Account.parent.is_null()).count()
    except StoreUnavailable:
        return Response(
            "The store does not answer; see /__admin/health.", 503, content_type="text/plain"
        )
    accounts = f"{count} primary account{'' if count == 1 else 's'}"
    titles = [escape(system.title) for system in grid.systems]
    html = _PAGE.format(
        version=version("legacygrid"),
        systems=f"{', '.join(titles[:-1])} and {titles[-1]}",
        root=escape(request.url_root),
        who_gets_mail=grid.who_gets_mail,
        accounts=accounts,
        how_to_add=escape(name_command("legacygrid account add NAME")),
        profile=grid.profile.name,
        admin=_part(_ADMIN, ADMIN_TOKEN),
        console=_part(_CONSOLE, CONSOLE),
    )
    return Response(html, content_type="text/html; charset=utf-8")


def _part(text: str, extension: str) -> str:
    """A part of the page for an extension of the application, with links that stay in the world."""
    if extension not in current_app.extensions:
        return ""
    return text.replace("ROOT", escape(request.script_root))
