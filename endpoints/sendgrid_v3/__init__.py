"""SendGrid's Web API v3."""

from legacygrid.endpoints.sendgrid_v3 import (
    mail,
    mail_batches,
    scopes,
    suppressions,
    unsubscribes,
    user,
)
from legacygrid.endpoints.sendgrid_v3.family import recognises
from legacygrid.endpoints.sendgrid_v3.not_emulated import NOT_EMULATED
from legacygrid.registry.system import System
from legacygrid.serializers.sendgrid.logins import LOGINS
from legacygrid.serializers.sendgrid_v3 import lists, mail_messages
from legacygrid.serializers.sendgrid_v3.mail_batches import UNKNOWN_BATCH

SYSTEM = System(
    name="sendgrid_v3",
    title="SendGrid v3",
    families=(
        scopes.family,
        user.family,
        mail.family,
        mail_batches.family,
        suppressions.family,
        unsubscribes.family,
    ),
    # Those of v2: both have one store, and v3 lets in by keys alone.
    logins=LOGINS,
    hosts=("api.sendgrid.com", "api.eu.sendgrid.com"),
    not_emulated=NOT_EMULATED,
    mail_paths=("/v3/mail/send",),
    sentences=(*mail_messages.SENTENCES, UNKNOWN_BATCH, lists.NEITHER, lists.BOTH),
    recognises=recognises,
    tells_emulated=True,
)
