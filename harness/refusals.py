"""Why a call is not carried out: said in its dialect, and noted in the call for the journal."""

from dataclasses import replace

from legacygrid.harness.calls import Call, without_traceback
from legacygrid.harness.log import report_fault
from legacygrid.reasons import Problem, Reason, StoreUnavailable
from legacygrid.serializers.answers import refusal
from legacygrid.serializers.dialects import Dialect
from legacygrid.wsgi.answer import Answer
from legacygrid.wsgi.blocking import TryLater, WouldBlock


def refuse(error: Exception, dialect: Dialect, call: Call) -> Answer:
    """What is answered to a call that ended with that error."""
    reason = _reason(error, dialect, call.operation)
    call.evidence = dialect.evidence(reason, call.operation)
    response = refusal(dialect, reason, call.operation, call.format)
    if isinstance(reason, TryLater | StoreUnavailable):
        response.headers["Retry-After"] = str(reason.seconds)
    # Thousands of calls are kept.
    call.refusal = type(reason)(*map(_cut, reason.problems[:100]), hint=reason.hint)
    return response


def _reason(error: Exception, dialect: Dialect, operation: str) -> Reason:
    if isinstance(error, WouldBlock):
        return TryLater()
    if isinstance(error, Reason) and dialect.has_words(type(error), operation):
        return without_traceback(error)
    return report_fault(error)


def _cut(problem: Problem) -> Problem:
    return replace(problem, text=problem.text.within(problem.text[:1000]))
