"""What `legacygrid serve` says at its start."""

import shlex
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from legacygrid import config
from legacygrid.models.store_urls import hide_password
from legacygrid.server.sockets import bracketed
from legacygrid.wsgi.hosts import is_loopback

#: What a server says whose control API anybody might reach by a proxy that does not say so.
_UNPROTECTED = (
    "/__admin/ has no token: it answers whatever seems to come from this machine, also through a"
    " proxy that hides who asks; --admin-token TOKEN sets one"
)


def describe(url: str, settings: config.Settings) -> list[str]:
    """The lines on what answers, and how to try it."""
    name, password = ("demo", "demo-password") if settings.demo else ("NAME", "PASSWORD")
    if settings.accounts and not settings.demo:
        name = settings.accounts[0][0]
    lines = [
        f"Legacygrid answers as SendGrid's Web API v2 did (profile {settings.profile}),",
        "and as SMTP2GO, Customers Mail Cloud and dotmailer; `legacygrid routes` lists the calls.",
        f"  Try:      curl {url}/apiv2/customer.profile.json "
        f"-d api_user={quote(name, safe='')} -d api_key={password} -d task=get",
    ]
    if not settings.no_console:
        lines.append(f"  Console:  {url}/console/ (log in as {name}, {password})")
    if settings.cors:
        lines.append(f"  CORS:     {_who_may_call(settings)}")
    if relay := settings.relay_server:
        lines.append(f"  Relay:    {relay}; single messages go there, on command")
    if settings.webhooks:
        lines.append(f"  Webhooks: {_who_is_posted_to(settings.webhooks)}")
    lines += [
        f"  Database: {hide_password(settings.database)}",
        f"  Accounts: {_how_to_add(settings.database)}",
    ]
    return lines


def describe_addresses(hosts: Sequence[str]) -> list[str]:
    """The line on the addresses that the URL does not name."""
    others = [bracketed(host) for host in hosts[1:]]
    return [f"  Also at:  {', '.join(others)}, on the same ports"] if others else []


def describe_access(
    settings: config.Settings, made_token: str, hosts: Iterable[str], is_exposed: bool
) -> list[str]:
    """The lines on who else can reach the server.

    :param made_token: the token of the control API that was made at the start, if one was.
    """
    if not is_exposed:
        return []
    lines = [f"  Open to:  other machines, {_how_to_reach(settings, hosts)}"]
    if made_token:
        lines.append(
            f"  Token:    {made_token} (for /__admin/; --admin-token sets another, and"
            " --no-admin-token none)"
        )
    elif not settings.no_admin and not settings.admin_token:
        lines.append(f"  Token:    none. {_UNPROTECTED}")
    return lines


def _how_to_reach(settings: config.Settings, hosts: Iterable[str]) -> str:
    """How other machines come: straight, or to what answers this machine alone by a proxy."""
    if straight := [bracketed(host) for host in hosts if not is_loopback(host)]:
        return f"at {', '.join(straight)}"
    if settings.trusted_proxies:
        return f"through a proxy in {', '.join(settings.trusted_proxies)}"
    return f"as {settings.public_url}"


def _who_may_call(settings: config.Settings) -> str:
    if "*" not in settings.cors:
        return ", ".join(settings.cors)
    is_open = not settings.no_admin and not settings.admin_token
    return "every website may call" + (", and use the control API" if is_open else "")


def _who_is_posted_to(hosts: Sequence[str]) -> str:
    if "off" in hosts:
        return "none are posted; GET /__admin/webhooks lists what would be"
    return f"are posted to this machine and to {', '.join(hosts)}"


def _how_to_add(database: str) -> str:
    if database.endswith(":memory:"):
        return "legacygrid serve --account NAME:SECRET (this database ends with the process)"
    return f"legacygrid account add NAME --database {shlex.quote(hide_password(database))}"
