"""/v3/scopes: what a key may do."""

from legacygrid.auth.principal import Principal
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import Contract
from legacygrid.serializers.sendgrid_v3 import rows, words
from legacygrid.serializers.sendgrid_v3.scopes import list_scopes

family = new_family()


@family.operation(
    "v3/scopes",
    task="GET",
    contract=Contract(evidence=documented(f"{words.OPENAPI}, tsg_scopes_v3"), rows=rows.scopes),
)
def get_scopes(principal: Principal) -> list[str]:
    """List the scopes of the key that calls; all of its account for one with full access."""
    every = list_scopes(principal.account)
    return [name for name in every if principal.calls is None or name in principal.calls]
