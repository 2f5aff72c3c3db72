"""The tools that ask a running emulator."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Annotated, Any, Literal

from pydantic import Field

from legacygrid.migration.control_api import AdminToken, RunningEmulator
from legacygrid.migration.findings import count_of
from legacygrid.migration.mcp.answers import RefusedError, ToolAnswer, in_short

_NO_URL = "no emulator is named; start one by legacygrid serve, and this by --url"
After = Annotated[int | None, Field(ge=0, description="only those behind this id, oldest first")]
Outcome = Literal["", "pending", "done", "refused", "unmatched", "fault"]
Disposition = Annotated[str, Field(description="what became of it, such as accepted or refused")]


class EmulatorQuestions:
    """What came to an emulator.

    :param url: of the emulator; empty for none.
    """

    def __init__(self, url: str, token: AdminToken) -> None:
        self._url = url
        self._token = token

    def journal(
        self,
        operation: Annotated[str, Field(description="such as customer.add; empty for all")] = "",
        task: str = "",
        caller: Annotated[str, Field(description="the login that called")] = "",
        account: Annotated[str, Field(description="the primary account")] = "",
        outcome: Outcome = "",
        params: Annotated[
            Mapping[str, str] | None, Field(description="parameters that the call had")
        ] = None,
        after: After = None,
        limit: Annotated[int, Field(ge=1, le=500, description="the newest ones")] = 50,
    ) -> ToolAnswer:
        """Tell which calls came to the running emulator, with their parameters, and why some were
        refused; if none is as asked for, the one that comes nearest. It holds no credentials.
        """
        named = {
            "operation": operation,
            "task": task,
            "caller": caller,
            "account": account,
            "outcome": outcome,
        }
        data = self._find("requests", named | {"params": params or None, "after": after}, limit)
        calls = data["requests"]
        return ToolAnswer(in_short(count_of(len(calls), "call"), map(_call_line, calls)), data)

    def outbox(
        self,
        to: Annotated[str, Field(description="one of its recipients")] = "",
        sender: Annotated[str, Field(description="words of its From")] = "",
        subject: Annotated[str, Field(description="words of its subject")] = "",
        words: Annotated[str, Field(description="words of its text or HTML")] = "",
        account: Annotated[str, Field(description="the primary account")] = "",
        disposition: Disposition = "",
        after: After = None,
        limit: Annotated[int, Field(ge=1, le=100, description="the newest ones")] = 20,
        whole: Annotated[
            bool, Field(description="with header fields, text, HTML, links and names of files")
        ] = False,
    ) -> ToolAnswer:
        """Tell which mail the running emulator took, with what became of it at each recipient.
        Nothing of it has left.
        """
        named = {
            "to": to,
            "from": sender,
            "subject": subject,
            "words": words,
            "account": account,
            "disposition": disposition,
        }
        data = self._find("messages", named | {"after": after, "whole": whole or None}, limit)
        mail = data["messages"]
        return ToolAnswer(in_short(count_of(len(mail), "message"), map(_mail_line, mail)), data)

    def _find(self, what: str, sought: Mapping[str, Any], limit: int) -> dict[str, Any]:
        """What matches, by the control API's name of it.

        :raises RefusedError: no emulator is named, or what answers is none.
        :raises ControlApiError: it does not answer, or refuses.
        """
        if not self._url:
            raise RefusedError(_NO_URL)
        body = {name: value for name, value in sought.items() if value not in ("", None)}
        with closing(RunningEmulator(self._url, self._token)) as emulator:
            found = emulator.load("POST", f"{what}/find", body | {"limit": limit})
        if not (isinstance(found, dict) and _is_list_of_objects(found.get(what))):
            raise RefusedError(f"what answers at {emulator.url} is no emulator")
        return found


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _call_line(call: Mapping[str, Any]) -> str:
    refusal = call.get("refusal") or {}
    parts: Iterator[Any] = (
        call.get(name) for name in ("id", "method", "path", "task", "caller", "status", "outcome")
    )
    why = f": {refusal.get('hint') or refusal.get('reason')}" if refusal else ""
    return " ".join(str(each) for each in parts if each not in ("", None)) + why


def _mail_line(mail: Mapping[str, Any]) -> str:
    people = ", ".join(
        f"{each.get('address')} {each.get('outcome')}" for each in mail.get("recipients", [])[:5]
    )
    said = f"{mail.get('id')} {mail.get('from')}: {mail.get('subject')!r}"
    return f"{said} to {people}; {mail.get('disposition')} {mail.get('reason') or ''}".rstrip()
