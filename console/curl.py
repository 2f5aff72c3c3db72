"""A call of the journal as a curl command that makes it again."""

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from legacygrid.auth import claims
from legacygrid.auth.claims import Claim, Environ
from legacygrid.console.languages import gettext as _
from legacygrid.harness.calls import Call
from legacygrid.harness.fault_targets import SMTP
from legacygrid.harness.unknown_parameters import LONGEST, NOT_RECORDED
from legacygrid.registry import spelling
from legacygrid.registry.conventions import JSON
from legacygrid.registry.gaps import MissingRoute
from legacygrid.registry.routes import Route
from legacygrid.wsgi import rest
from legacygrid.wsgi.forms import Fields

_BY_FIELDS = ('--data-urlencode "api_user=$API_USER"', '--data-urlencode "api_key=$API_KEY"')
_BY_BEARER = ('-H "Authorization: Bearer $API_KEY"',)
#: Where each system takes who calls; the shell puts in what stands for it.
_WHO: dict[Callable[[Fields, Environ], Claim], tuple[str, ...]] = {
    claims.pair_or_bearer: _BY_FIELDS,
    claims.form_pair: _BY_FIELDS,
    claims.basic: ('-u "$API_USER:$API_KEY"',),
    claims.smtp2go_key: ('-H "X-Smtp2go-Api-Key: $API_KEY"',),
    claims.bearer_key: _BY_BEARER,
    claims.bearer_or_basic: _BY_BEARER,
}
#: Where that is a key alone.
_BY_KEY = (claims.smtp2go_key, claims.bearer_key, claims.bearer_or_basic)


@dataclass(frozen=True)
class Command:
    """A command for a shell, and sentences on what it is without."""

    text: str
    notes: tuple[str, ...]


def command(root: str, call: Call, route: Route | MissingRoute | None) -> Command | None:
    """The command; none for what was no call of HTTP.

    :param root: the URL under which the call's world answers, with a slash at its end.
    :param route: what answered, or would if it were emulated; none if nothing did.
    """
    if call.operation == SMTP:
        return None
    url = shlex.quote(root + quote(call.shown_path.removeprefix("/"), safe="/~"))
    options = [*_data(call, route)] if route else []
    words = [f"curl {url}", *_method(call.method, options), *options]
    return Command(" \\\n  ".join(words), tuple(_notes(call, route)))


def _method(method: str, options: list[str]) -> Iterator[str]:
    has_data = any(option.startswith("--data") for option in options)
    if method in ("GET", "HEAD") and has_data:
        yield "-G"
    if method == "HEAD":
        yield "-I"
    elif method != ("POST" if has_data else "GET") and not (method == "GET" and has_data):
        yield f"-X {shlex.quote(method)}"


def _data(call: Call, route: Route | MissingRoute) -> Iterator[str]:
    """Who calls, and the parameters."""
    yield from _WHO[route.conventions.claim]
    params = {name: value for name, value in call.params.items() if value != NOT_RECORDED}
    if call.method == "GET" or not route.conventions.takes_json:
        for name, value in spelling.pairs(route.conventions, params):
            yield f"--data-urlencode {shlex.quote(f'{name}={value}')}"
    elif params:
        yield f"-H {shlex.quote(f'Content-Type: {JSON}')}"
        text = json.dumps(rest.to_document(params), ensure_ascii=False)
        yield f"--data-binary {shlex.quote(text)}"


def _notes(call: Call, route: Route | MissingRoute | None) -> Iterator[str]:
    if route is None:
        yield _("The parameters of the call were not read, so the command has none.")
        return
    if route.conventions.claim in _BY_KEY:
        yield _("Set API_KEY to a key of the caller.")
    else:
        yield _("Set API_USER and API_KEY to the name and secret of the caller.")
    if route.conventions.claim is claims.bearer_or_basic:
        yield _('A call by name and password has -u "NAME:PASSWORD" in the place of the key.')
    if hidden := secret_names(call, route):
        yield _(
            "The journal keeps no values of %(names)s. Add them if the call had any.",
            names=", ".join(hidden),
        )
    is_missing = isinstance(route, MissingRoute)
    if call.ignored and is_missing:
        yield _("Parameters whose names may hold secrets are left out.")
    elif call.ignored:
        yield _("Parameters that the operation does not have are left out.")
    if _is_cut(call.params, LONGEST if is_missing else 1000):
        yield _("The journal keeps only the beginning of long values.")


def secret_names(call: Call, route: Route | MissingRoute) -> list[str]:
    """The parameters that the call may have had and that the journal does not keep."""
    if isinstance(route, MissingRoute):
        return [name for name, value in call.params.items() if value == NOT_RECORDED]
    ready = route.tasks.get(call.task)
    names = list(ready.schema.fields) if ready else sorted(route.hidden)
    return [
        name for name in names if name in route.hidden and name not in route.conventions.claimed
    ]


def _is_cut(value: Any, longest: int) -> bool:
    """Whether a value is as long as the journal keeps any: texts of so many characters."""
    if isinstance(value, str):
        return len(value) >= longest
    if isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return len(value) >= 100 or any(_is_cut(each, longest) for each in inside)
    return False
