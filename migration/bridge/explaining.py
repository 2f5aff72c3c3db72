"""Why v3 did not carry out a call: in v2's words where v2 had such, else v3's words, with what had
been done and what was taken back.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

from legacygrid import reasons
from legacygrid.migration.bridge.conversation import (
    BudgetSpent,
    CallerHasNoKey,
    Conversation,
    SubuserNeedsKey,
    TooMuchRead,
    UnsendableName,
    is_sendable,
)
from legacygrid.migration.bridge.refusals import (
    NoWay,
    UpstreamBusy,
    UpstreamRefused,
    UpstreamSilent,
    explain_no_target,
    say,
    tell,
)
from legacygrid.migration.bridge.upstream_answers import UpstreamFailure
from legacygrid.migration.execution import (
    MigrationError,
    NoAnswer,
    NoTarget,
    RefusedInV3,
    UnknownInV3,
)
from legacygrid.migration.inputs import MissingParameter
from legacygrid.migration.requests import V3Answer, V3Request
from legacygrid.migration.rows import Row
from legacygrid.models.ip_addresses import ForeignAddress
from legacygrid.reasons import Problem, Reason
from legacygrid.serializers.sendgrid.messages import MESSAGES

#: Characters of v3's own words that are passed on.
_MOST = 300
#: Seconds after which a client is told to come back at most, whatever v3 asks for.
_LONGEST_PAUSE = 24 * 60 * 60


def to_reason(error: Exception, row: Row, talk: Conversation, *, is_key: bool) -> Reason:
    """Why a call was not carried out.

    :param is_key: the caller sent the key that v3 refused.
    """
    match error:
        case NoTarget():
            return explain_no_target(row)
        case MissingParameter(name="ip"):
            return ForeignAddress()
        case MissingParameter():
            name = error.name.replace("_", " ").capitalize()
            why = _NOT_PASSED_ON.get(error.name, "")
            problem = Problem(error.name, say(f"{name} cannot be passed on to v3{why}"))
            return reasons.BadParameters(problem)
        case UnknownInV3():
            return _unknown(row)
        case RefusedInV3():
            return _refused(error, row, talk, is_key=is_key)
        case NoAnswer():
            return _silent(error, talk)
        case MigrationError():
            return _not_asked(error, talk) or UpstreamSilent(
                say(f"v3's answer cannot be read.{_tell_rest(error, talk)}")
            )
    raise error


def _not_asked(error: MigrationError, talk: Conversation) -> Reason | None:
    """Why the bridge itself did not go on."""
    match error:
        case SubuserNeedsKey():
            text = f"Mail of the subuser {error} needs a key of its own: v3 would send it as"
            return NoWay(say(f"{text} its parent's. Give the bridge one, as `key` of the caller."))
        case UnsendableName() if talk.user and not is_sendable(talk.user):
            return reasons.UnknownSubuser()
        case UnsendableName():
            text = "A name of the call cannot be passed on to v3: the request would be about"
            return NoWay(say(f"{text} something else.{_tell_rest(error, talk)}"))
        case CallerHasNoKey():
            return NoWay(say("The bridge has no key of v3 for this caller."))
        case BudgetSpent():
            text = f"The call needs more than {error} requests of v3; --budget lets it make more."
            return NoWay(say(text + _tell_rest(error, talk)))
        case TooMuchRead():
            text = f"What v3 tells for the call has over {error} bytes.{_tell_rest(error, talk)}"
            return NoWay(say(text))
    return None


#: Why v3 takes no such value, by the parameter.
_NOT_PASSED_ON: Mapping[str, str] = {
    "permissions": ": they leave an API key without scopes, which might do everything"
}


def _silent(error: NoAnswer, talk: Conversation) -> UpstreamSilent:
    request, cause = tell(error.request), error.__cause__
    if not isinstance(cause, UpstreamFailure):
        raise error
    if not cause.was_sent:
        text = f"v3 cannot be reached: {cause.why}. {request} was not carried out."
    elif error.request.verb == "GET":
        text = f"v3 did not answer {request}: {cause.why}."
    else:
        text = f"v3 did not answer {request}: {cause.why}. It may have been carried out or not."
    return UpstreamSilent(say(text + _tell_rest(error, talk)))


def _tell_rest(error: MigrationError, talk: Conversation) -> str:
    """What had been done before, and what became of that."""
    before = talk.done[: len(talk.done) - len(error.undone)]
    if not before:
        return ""
    told = [f" Carried out before: {', '.join(map(tell, before))}."]
    if error.undone:
        told.append(f" Taken back by: {', '.join(map(tell, error.undone))}.")
    if error.left:
        told.append(f" Not taken back, as this failed: {', '.join(map(tell, error.left))}.")
    if len(error.undone) < len(before):
        told.append(" The rest of it stays done.")
    return "".join(told)


#: By what v3 has not: the condition of a step of the table.
_UNKNOWN: Mapping[str, type[Reason]] = {
    "credentials": reasons.UnknownCredential,
    "customer": reasons.UnknownMailDomain,
}


def _unknown(row: Row) -> Reason:
    """v3 has nothing of the name that the call gave: a key, or a domain."""
    family = row.operation.replace("/", ".").partition(".")[0]
    return _UNKNOWN[family]()


def _refused(error: RefusedInV3, row: Row, talk: Conversation, *, is_key: bool) -> Reason:
    answer, request, rest = error.answer, error.request, _tell_rest(error, talk)
    if not rest and (known := _in_v2_words(request, answer)):
        return known
    said = words_of(answer.body)
    if answer.status == 401 and is_key and not rest:
        return reasons.RefusedKey(hint="v3 refused the key")
    if answer.status == 401:
        said += "; the bridge's key is none that v3 takes, or not for that subuser"
    if answer.status == 403:
        said += f"; {row.operation} needs the scopes {', '.join(row.scopes)}"
    if 300 <= answer.status < 400:
        said = "it leads elsewhere, where the bridge sends no key"
    text = f"v3 refused {tell(request)} with {answer.status}: {said}."
    if answer.status >= 500 and request.verb != "GET":
        text += " It may have been carried out or not."
    if answer.status == 429:
        busy = UpstreamBusy(say(text + rest))
        busy.seconds = 0 if rest else ceil(min(answer.pause, _LONGEST_PAUSE))
        return busy
    is_refusal = 400 <= answer.status < 500
    return (UpstreamRefused if is_refusal else UpstreamSilent)(say(text + rest))


def _in_v2_words(request: V3Request, answer: V3Answer) -> Reason | None:
    """The same refusal of v2, if it had one."""
    match request.verb, request.template, answer.status:
        case _, "/v3/subusers" | "/v3/user/username", 400:
            is_taken = "exists" in words_of(answer.body).lower()
            return reasons.NameTaken() if is_taken else None
        case _, "/v3/subusers/{user}/ips", 400:
            return ForeignAddress()
        case "POST", "/v3/user/webhooks/parse/settings", 400:
            return _about_hostname("hostname-taken")
        case _, "/v3/user/webhooks/parse/settings/{hostname}", 404:
            return _about_hostname("hostname-unknown")
        case "DELETE", path, 404 if "suppression" in path:
            return reasons.NotListed()
    return None


def _about_hostname(message: str) -> Reason:
    return reasons.BadParameters(Problem("hostname", MESSAGES[message]))


def words_of(body: Any) -> str:
    """What v3 says of a refusal, cut."""
    rows = body.get("errors", body.get("error", "")) if isinstance(body, Mapping) else ""
    rows = rows if isinstance(rows, list) else [rows]
    texts = [_words(row) for row in rows[:20]]
    return ("; ".join(filter(None, texts)) or "no words")[:_MOST]


def _words(row: Any) -> str:
    if not isinstance(row, Mapping):
        return row if isinstance(row, str) else ""
    field, message = row.get("field"), row.get("message")
    return ": ".join(str(each) for each in (field, message) if each)
