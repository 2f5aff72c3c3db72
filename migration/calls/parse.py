"""customer.parse and parse.*: v3's settings of inbound parse."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from legacygrid.migration import sources
from legacygrid.migration.calls.shared import NO_BODY, USER
from legacygrid.migration.rows import Kind, Row
from legacygrid.migration.steps import Ask
from legacygrid.migration.values import IF_FILLED, IF_GIVEN, SWITCH, Kept, Param, Value

_SETTINGS = "/v3/user/webhooks/parse/settings"
_HOST = f"{_SETTINGS}/{{hostname}}"
_SWITCHES = {name: Param(name, SWITCH, IF_GIVEN) for name in ("spam_check", "send_raw")}
_BOOLEAN = "spam_check is a boolean where v2 had 0 and 1"
_EXAMPLE = {"hostname": "in.example.com", "url": "https://example.com/inbound", "spam_check": "1"}


class _Parse(NamedTuple):
    """The calls about hostnames of a subuser, or of the account itself."""

    as_user: Value | None

    def make_rows(self) -> Iterator[Row]:
        """What becomes of each."""
        url, host = Param("url"), Param("hostname")
        yield self._row(
            "set",
            Ask("POST", _SETTINGS, body={"hostname": host, "url": url, **_SWITCHES}),
            inversions=(_BOOLEAN,),
            gains=("send_raw",),
            example=_EXAMPLE,
        )
        yield self._row(
            "get",
            Ask("GET", _SETTINGS, keep="hosts", part="result"),
            yields=Kept("hosts"),
            losses=("the list is under result, where v2 had parse",),
            inversions=(_BOOLEAN,),
        )
        yield self._row(
            "update",
            Ask("PATCH", _HOST, body={"url": Param("url", presence=IF_FILLED), **_SWITCHES}),
            inversions=(_BOOLEAN,),
            example=_EXAMPLE,
        )
        yield self._row(
            "delete",
            Ask("DELETE", _HOST),
            losses=(NO_BODY,),
            example={"hostname": "in.example.com"},
        )

    def _row(self, action: str, ask: Ask, example: Any = None, **more: Any) -> Row:
        called = ("customer.parse", action) if self.as_user else (f"parse.{action}", "")
        who = {"task": action, "user": "ada"} if self.as_user else {}
        return Row(
            *called,
            kind=Kind.EXACT,
            evidence=sources.OAI,
            steps=(ask._replace(as_user=self.as_user),),
            example={**who, **(example or {})},
            **more,
        )


ROWS = (*_Parse(USER).make_rows(), *_Parse(None).make_rows())
