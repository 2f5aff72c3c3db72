"""Customers Mail Cloud."""

from legacygrid.endpoints.cmc import audit_logs, emails, lists, reports
from legacygrid.models.settings import CMC
from legacygrid.registry.system import System
from legacygrid.serializers.login_kinds import LoginKind

SYSTEM = System(
    name="cmc",
    title="Customers Mail Cloud",
    families=(reports.family, lists.family, audit_logs.family, emails.family),
    logins=LoginKind(
        name=CMC,
        noun="API user",
        add="Add API user",
        add_command="legacygrid login add ACCOUNT {name} --kind cmc",
    ),
    # Trial and standard had names, and each customer of the third plan one of its own.
    hosts=("*.smtps.jp",),
    mail_paths=("/api/v2/emails/",),
    bounces_block=True,
    is_audited=True,
)
