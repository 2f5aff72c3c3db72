"""Calls as journals, logs and recordings have them."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from legacygrid.harness.shown_paths import shorten_path
from legacygrid.migration.names import KnownOperation, find_in_path, operations

#: The moments that a report has, in seconds since 1970; a log may have others by a broken clock.
_MOMENTS = (0, 253_000_000_000)
#: The caller of a call whose log-in was refused, as a journal names nobody then.
REFUSED = "(refused)"
#: Parameters whose values are passwords: `password`, `confirm_password`, `smtp_pass`.
_PASSWORDS = re.compile(r"pass(?:word|wd)?$", re.IGNORECASE)
_TUNNEL = "CONNECT, a tunnel whose requests are not told"
#: What names subusers beside `user`, by operation and task.
_NAMING: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("customer.add", ""): ("username",),
    ("customer.profile", "get"): ("user", "username"),
}
#: Letters of a body that are read for parameters: more is a file.
_MOST_OF_BODY = 1 << 20


class ObservedCall(NamedTuple):
    """A call of Web API v2. It holds no secret.

    :param task: of an operation with tasks; none if the source does not tell.
    :param caller: the login that made it, or REFUSED; empty if that is not known.
    :param params: what is known of its parameters.
    :param at: seconds since 1970; none if that is not known.
    :param secret: what tells the `api_key` of its URL apart from others; none if it had none there.
    :param has_password_in_url: its URL had a password that it sets, or checks.
    """

    operation: str
    task: str | None
    format: str
    method: str
    caller: str
    params: Mapping[str, Any]
    at: float | None
    secret: int | None = None
    has_password_in_url: bool = False

    @property
    def subusers(self) -> list[str]:
        """The subusers that it names, one by one."""
        names = _NAMING.get((self.operation, self.task or ""), ("user",))
        given = [self.params.get(each) for name in names for each in (name, f"{name}[]")]
        texts = [text for each in given for text in (each if isinstance(each, list) else [each])]
        parts = (part.strip() for text in texts if text for part in str(text).split(","))
        return [part for part in parts if part]


class Unrecognised(NamedTuple):
    """A request that is no call of Web API v2, or not one that is known.

    :param what: what is safe to show of it.
    """

    what: str


Observed = ObservedCall | Unrecognised


def from_journal(entry: Mapping[str, Any]) -> Observed:
    """A call as `/__admin/requests` shows it.

    :raises KeyError, TypeError, ValueError: it is none.
    """
    name = str(entry["operation"])
    if not name:
        return Unrecognised(f"{entry['method']} {shorten_path(str(entry['path']))}")
    known = operations().get(name)
    if known is None:
        return Unrecognised(f"{name}: an operation of another system")
    params = entry.get("params") or {}
    secret = 0 if entry.get("credentials_from") == "query" else None
    return _make_call(
        known,
        str(entry.get("task") or "") or None,
        str(entry.get("format") or ""),
        str(entry["method"]),
        str(entry.get("caller") or "") or (REFUSED if entry.get("outcome") == "refused" else ""),
        {str(key): value for key, value in params.items()},
        read_time(entry.get("time")),
        secret,
    )


def from_request(
    method: str,
    url: str,
    body: str | None = None,
    at: float | None = None,
    caller: str = "",
) -> Observed:
    """A call as it was sent.

    :param url: whole, or from its path on.
    :param body: a form; none if the source does not have it.
    :param caller: who made it, where the parameters do not say.
    """
    path, _, query = url.partition("?")
    known, suffix, shown = _find(path)
    if known is None:
        return Unrecognised(_TUNNEL if method == "CONNECT" else f"{method} {shown}")
    in_query = _read_form(query.partition("#")[0])
    params = in_query | (_read_body(body) if body else {})
    key = in_query.get("api_key")
    login = params.pop("api_user", caller)
    params.pop("api_key", None)
    params |= dict.fromkeys(filter(_PASSWORDS.search, params), "...")
    task = params.get("task")
    # A log has no bodies; so what is not in the URL is not known.
    no_task = None if body is None and method != "GET" else ""
    made = _make_call(
        known,
        str(task) if task else no_task,
        suffix,
        method,
        str(login),
        params,
        at,
        hash(key) if key else None,
    )
    if isinstance(made, ObservedCall) and any(map(_PASSWORDS.search, in_query)):
        return made._replace(has_password_in_url=True)
    return made


def _make_call(
    known: KnownOperation,
    task: str | None,
    format: str,
    method: str,
    caller: str,
    params: Mapping[str, Any],
    at: float | None,
    secret: int | None,
) -> Observed:
    if not known.tasks:
        task = ""
    elif task is not None and task not in known.tasks:
        said = f"task={task[:32]!r}" if task else "without a task"
        return Unrecognised(f"{known.name} {said}")
    if at is not None and not _MOMENTS[0] <= at < _MOMENTS[1]:
        at = None
    return ObservedCall(known.name, task, format, method, caller, params, at, secret)


@lru_cache(4096)
def _find(url: str) -> tuple[KnownOperation | None, str, str]:
    """The operation that a URL without query calls, the format of the answer, and what may be shown
    of it.
    """
    try:
        split = urlsplit(url)
    except ValueError:
        return None, "", "a URL that cannot be read"
    known, suffix = find_in_path(split.path)
    if split.path.startswith("/v3/"):
        return None, suffix, "/v3/..., which is v3 already"
    shown = shorten_path(split.path)
    if not split.path.startswith(("/api/", "/apiv2/")):
        # Of another service, whose second part may be anything.
        first, more, _ = shown.removeprefix("/").partition("/")
        shown = f"/{first}/..." if more else shown
    return known, suffix, f"{split.hostname or ''}{shown}"


def _read_form(text: str) -> dict[str, Any]:
    """The parameters of a form; those of one name that came more than once are a list."""
    params: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
        if name not in params:
            params[name] = value
        elif name.endswith("]"):
            known = params[name]
            params[name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            # PHP took the last.
            params[name] = value
    return params


def _read_body(body: str) -> dict[str, Any]:
    body = body[:_MOST_OF_BODY]
    return _read_parts(body) if body.lstrip().startswith("--") else _read_form(body)


def _read_parts(body: str) -> dict[str, Any]:
    """The texts of a multipart form; files are left out."""
    params = {}
    for part in body.replace("\r\n", "\n").split("\n--"):
        head, _, value = part.partition("\n\n")
        name = head.partition('name="')[2].partition('"')[0]
        if name and "filename=" not in head:
            params[name] = value.partition("\n--")[0].rstrip("\n")
    return params


def read_time(text: Any) -> float | None:
    """A moment in ISO 8601 as seconds since 1970; none if it is none."""
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except (ValueError, OverflowError):
        return None
