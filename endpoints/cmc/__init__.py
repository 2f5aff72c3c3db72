"""Customers Mail Cloud."""

from legacygrid.endpoints.cmc import audit_logs, emails, lists, reports
from legacygrid.models.suppression import BLOCK
from legacygrid.registry.system import USUAL_LISTS, System
from legacygrid.serializers.cmc.logins import LOGINS
from legacygrid.serializers.cmc.messages import PARAMETERS

SYSTEM = System(
    name="cmc",
    title="Customers Mail Cloud",
    families=(reports.family, lists.family, audit_logs.family, emails.family),
    logins=LOGINS,
    # Trial and standard had names, and each customer of the third plan one of its own.
    hosts=("*.smtps.jp",),
    mail_paths=("/api/v2/emails/",),
    event_lists={**USUAL_LISTS, "bounce": BLOCK},
    sentences=tuple(PARAMETERS),
    is_audited=True,
)
