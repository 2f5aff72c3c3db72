"""customer.limit: credits of subusers."""

from typing import Any

from legacygrid.migration import sources
from legacygrid.migration.rows import Case, Kind, Row
from legacygrid.migration.steps import Ask, Compare, Condition, Step, When
from legacygrid.migration.values import NUMBER, Kept, Negative, Param
from legacygrid.registry.evidence import documented

_CREDITS = "/v3/subusers/{user}/credits"
_NUMBER = Param("credits", NUMBER)
_ONLY_NONRECURRING = documented(
    "the user guide: what is left can be changed where the type is nonrecurring"
)


def _limit(task: str, kind: Kind, *steps: Step, **more: Any) -> Row:
    example = {"task": task, "user": "ada", **more.pop("example", {})}
    evidence = more.pop("evidence", sources.OAI)
    return Row("customer.limit", task, kind, evidence, steps=steps, example=example, **more)


def _change(task: str, value: Param | Negative, sign: str) -> Row:
    """A row of increment or decrement."""
    left = Kept("limit", ("remain",))
    return _limit(
        task,
        Kind.LOSSY,
        Ask("GET", _CREDITS, keep="limit"),
        When(
            Condition(Kept("limit", ("type",)), Compare.IS, "recurring"),
            (Ask("PUT", _CREDITS, body={"type": "nonrecurring", "total": left}),),
        ),
        Ask("PATCH", f"{_CREDITS}/remaining", body={"allocation_update": value}),
        evidence=_ONLY_NONRECURRING,
        losses=(
            "v3 changes what is left of a total alone: a limit that recurs, which v2 turned into a"
            " total by itself, has to be set as one first",
            "without a limit, v2 started at 0; v3 refuses",
        ),
        inversions=(f"the task was the sign: {task} is allocation_update {sign}credits",),
        example={"credits": "100"},
    )


ROWS = (
    _limit(
        "retrieve",
        Kind.LOSSY,
        Ask("GET", _CREDITS, keep="limit"),
        yields=Kept("limit"),
        losses=(
            "v2 answered a list of one object with numbers as text, or an empty list; v3 an object"
            " with numbers, whose type is unlimited where there is no limit",
            "last_reset is not in it",
            "credit is total, credit_remain is remain",
        ),
        gains=("used, and reset_frequency",),
    ),
    _limit("none", Kind.EXACT, Ask("PUT", _CREDITS, body={"type": "unlimited"})),
    _limit(
        "recurring",
        Kind.LOSSY,
        Ask(
            "PUT",
            _CREDITS,
            body={"type": "recurring", "total": _NUMBER, "reset_frequency": Param("period")},
        ),
        losses=("startdate, enddate and initial_credits do not exist", "total is a number"),
        example={"credits": "400", "period": "monthly"},
    ),
    _limit(
        "total",
        Kind.LOSSY,
        Ask("PUT", _CREDITS, body={"type": "nonrecurring", "total": _NUMBER}),
        losses=("total is a number of 1 or more",),
        example={"credits": "400"},
    ),
    _limit(
        "total",
        Kind.NONE,
        when=(Case(("credits",), ("0",)),),
        reason="total is 1 or more in v3",
        instead="customer.disable's request, PATCH /v3/subusers/{user} with disabled true",
        example={"credits": "0"},
    ),
    _change("increment", _NUMBER, "+"),
    _change("decrement", Negative(_NUMBER), "-"),
)
