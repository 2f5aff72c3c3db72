"""The names under which this package keeps what it knows of a request: in its WSGI environ, in its
ASGI scope, and in the extensions of the Flask applications.

No client can send one of them: WSGI has every header of a request under `HTTP_`.
"""

# In the environ, and in the scope of the shipped server
#: The client closed its side before the body was complete.
CUT_SHORT = "legacygrid.cut_short"
#: The body did not arrive in time.
TOO_SLOW = "legacygrid.too_slow"
#: So much is on its way in at once that the body was not kept.
NO_ROOM = "legacygrid.no_room"
#: A list that gets the `Link` to the server of the store that is to answer, if that is another one.
PASSING = "legacygrid.passing"

# In the scope alone
#: The `Exchange` of the request.
EXCHANGE = "legacygrid.exchange"

# In the environ alone
#: The name of the world that the request is for; missing for the one without a name.
WORLD = "legacygrid.world"
#: The host that the client named, where the request is taken for one to another; see `forwarded`.
ASKED_HOST = "legacygrid.asked_host"
#: The URL that links in mail begin with, where the operator gave one.
PUBLIC_ROOT = "legacygrid.public_root"
#: How many bytes the body may have.
BODY_LIMIT = "legacygrid.body_limit"
#: The `Call` that the journal has of the request, from its arrival.
CALL = "legacygrid.call"
#: A `Proven`: who calls, where that is known without a secret.
PROVEN = "legacygrid.proven"
#: Set by a server that can hold up, cut and reset answers: where it finds the `Effect` of a fault.
WIRE = "legacygrid.wire"
#: Set on a request that has to be made again in another lane: the `WouldBlock` that says where.
AGAIN = "legacygrid.again"
#: Set by a server that can make a request again later: what the request waits for, a `Wait`.
WAIT = "legacygrid.wait"
#: The lane that has no room, on a request that was to be made again there: it is refused.
FULL = "legacygrid.full"
#: In the console: the `LoginAttempt` of the request.
ATTEMPT = "legacygrid.attempt"
#: What a request keeps when it is made again.
KEPT = (CALL, ATTEMPT, FULL)

# In `Flask.extensions`
#: The `Grid` of an application.
GRID = "legacygrid"
#: The console, where the emulator has one.
CONSOLE = "legacygrid.console"
#: The token of the control API; the empty text for none.
ADMIN_TOKEN = "legacygrid.admin_token"  # noqa: S105 - a name
#: The origins whose pages may use the control API.
CORS = "legacygrid.cors"
#: In the console: its `LoginSessions`.
LOGIN_SESSIONS = "legacygrid.login_sessions"
#: In the console: the WSGI application that answers calls.
CALLS = "legacygrid.calls"
