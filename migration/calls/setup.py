"""customer.ip, .sendip, .whitelabel, .monitor, .geturl, and timezone/*."""

from typing import Any

from legacygrid.migration import sources
from legacygrid.migration.calls.shared import FIND_DOMAIN, USER, each
from legacygrid.migration.rows import Case, Kind, Row
from legacygrid.migration.steps import Ask, Compare, Condition, Narrow, Pages, Step
from legacygrid.migration.values import TEXTS, Kept, Param, Plucked

_IPS = Pages(Ask("GET", "/v3/ips", keep="ips"))
_OF_IPS = (
    "a page has 10 addresses unless limit says more",
    "the items have nine fields where v2's had one",
)


def _ip_list(use: str, *steps: Step, losses: tuple[str, ...] = ()) -> Row:
    return Row(
        "customer.ip",
        "",
        Kind.LOSSY,
        sources.OAI,
        when=(Case(("list",), (use,)),) if use != "all" else (),
        steps=(_IPS, *steps),
        yields=Kept("ips"),
        losses=(*_OF_IPS, *losses),
        example={"list": use},
    )


def _used(compare: Compare) -> Narrow:
    return Narrow("ips", (Condition(each("subusers"), compare),))


_ADDRESSES = (
    _ip_list("all"),
    _ip_list("free", _used(Compare.HAS_NONE)),
    _ip_list("taken", _used(Compare.HAS_SOME)),
    _ip_list(
        "available",
        Pages(Ask("GET", "/v3/subusers", keep="subusers")),
        Narrow("subusers", (Condition(each("disabled"), Compare.IS, False),)),
        Narrow(
            "ips",
            (
                Condition(
                    each("subusers"),
                    Compare.SHARES_NOTHING,
                    Plucked(Kept("subusers"), "username"),
                ),
            ),
        ),
        losses=("which subusers are disabled, another list tells",),
    ),
    Row(
        "customer.sendip",
        "list",
        Kind.LOSSY,
        sources.OAI,
        steps=(Pages(Ask("GET", "/v3/ips", query={"subuser": USER}, keep="ips")),),
        yields=Kept("ips"),
        losses=("outboundcluster does not exist", *_OF_IPS),
        example={"task": "list", "user": "ada"},
    ),
)


def _assign(which: str, kind: Kind, *steps: Step, **example: Any) -> Row:
    return Row(
        "customer.sendip",
        "append",
        kind,
        sources.OAI,
        when=(Case(("set",), (which,)),),
        steps=steps,
        losses=("the addresses are replaced, as in v2 in spite of the task's name",),
        example={"task": "append", "user": "ada", "set": which, **example},
    )


_PUT_IPS = "/v3/subusers/{user}/ips"
_ASSIGNMENTS = (
    _assign(
        "specify",
        Kind.EXACT,
        Ask("PUT", _PUT_IPS, body=Param("ip", TEXTS)),
        ip=["192.0.2.33"],
    ),
    _assign("none", Kind.EXACT, Ask("PUT", _PUT_IPS, body=[])),
    _assign(
        "all",
        Kind.FAN,
        _IPS,
        Ask("PUT", _PUT_IPS, body=Plucked(Kept("ips"), "ip")),
    ),
)
_WHITELABELS = (
    Row(
        "customer.whitelabel",
        "list",
        Kind.LOSSY,
        sources.GUIDE,
        steps=FIND_DOMAIN[:1],
        yields=Kept("domains"),
        losses=(
            "mail_domain is subdomain and domain with a dot between them",
            "url_domain is another thing, of GET /v3/whitelabel/links",
        ),
        example={"task": "list"},
    ),
    Row(
        "customer.whitelabel",
        "append",
        Kind.FAN,
        sources.GUIDE,
        steps=(
            *FIND_DOMAIN,
            Ask(
                "POST",
                "/v3/whitelabel/domains/{domain.id}/subuser",
                body={"username": USER},
            ),
        ),
        losses=("the record has to be looked up by its name, as v3 takes its id",),
        gains=("POST .../subuser:add gives a subuser several domains",),
        example={"task": "append", "user": "ada", "mail_domain": "em.example.com"},
    ),
)


def _monitor(task: str, **example: str) -> Row:
    return Row(
        "customer.monitor",
        task,
        Kind.NONE,
        sources.RETIRED_MONITORS,
        reason="monitors of subusers were retired in December 2022",
        instead="a bcc in the code that sends, or an alert on statistics",
        example={"task": task, **example},
    )


_ENGINE = {"name": "engine", "email": "ada@example.com", "frequency": "1000"}
_MONITORS = (
    _monitor("create", **_ENGINE),
    _monitor("edit", name="engine", new_frequency="500"),
    _monitor("delete", name="engine"),
    _monitor("list"),
    _monitor("append", user="ada", name="engine"),
    _monitor("detach", user="ada", name="engine"),
)


def _zone(action: str, **example: str) -> Row:
    return Row(
        f"timezone/{action}",
        "",
        Kind.NONE,
        sources.ABSENCE,
        reason="scopes user.timezone.* exist, but no document has a request for them",
        instead="set it on the website; dates of statistics and moments in epoch seconds are turned"
        " into a zone by your code",
        example=example,
    )


_OTHERS = (
    Row(
        "customer.geturl",
        "",
        Kind.NONE,
        sources.ABSENCE,
        reason="v3 makes no link that logs somebody in",
        instead="single sign-on, for teammates or partners",
        example={"user": "ada"},
    ),
    _zone("get"),
    _zone("edit", timezone="America/New_York"),
    _zone("list"),
)
ROWS = (*_ADDRESSES, *_ASSIGNMENTS, *_WHITELABELS, *_MONITORS, *_OTHERS)
