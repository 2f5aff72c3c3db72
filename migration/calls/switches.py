"""customer.enable, .disable, .website_enable, .website_disable."""

from legacygrid.migration import sources
from legacygrid.migration.calls.shared import NO_BODY
from legacygrid.migration.rows import Kind, Row
from legacygrid.migration.steps import Ask


def _switch(operation: str, resource: str, was: str, disabled: bool, loss: str) -> Row:
    """A row of one switch.

    :param was: what v2's profile calls the switch.
    """
    word = "false" if disabled else "true"
    return Row(
        operation,
        "",
        Kind.EXACT,
        sources.OAI,
        steps=(Ask("PATCH", f"/v3/subusers/{{user}}{resource}", body={"disabled": disabled}),),
        losses=(NO_BODY, loss),
        inversions=(
            f"{was} {word} is disabled {str(disabled).lower()}, and a boolean, never quoted",
        ),
        example={"user": "ada"},
    )


_WIDER = "disabled may shut out more than before: the guide speaks of all access, v2 of sending"
_UNREAD = "no request reads it back"
_WEBSITE = ("/website_access", "website_access")
ROWS = (
    _switch("customer.enable", "", "active", disabled=False, loss=_WIDER),
    _switch("customer.disable", "", "active", disabled=True, loss=_WIDER),
    _switch("customer.website_enable", *_WEBSITE, disabled=False, loss=_UNREAD),
    _switch("customer.website_disable", *_WEBSITE, disabled=True, loss=_UNREAD),
)
