"""SendGrid's Web API v2."""

from legacygrid.endpoints.sendgrid import (
    apps,
    credentials,
    customer,
    event_post_urls,
    limit,
    mail,
    monitors,
    parse,
    password,
    profile,
    setup,
    stats,
    suppressions,
    timezone,
)
from legacygrid.endpoints.sendgrid.mail_wishes import OPERATIONS, wishes
from legacygrid.endpoints.sendgrid.not_emulated import NOT_EMULATED
from legacygrid.models.suppression import BOUNCE, SPAMREPORT
from legacygrid.registry.system import USUAL_LISTS, System
from legacygrid.serializers.sendgrid.keys import KEYS
from legacygrid.serializers.sendgrid.logins import LOGINS
from legacygrid.serializers.sendgrid.smtp_words import SMTP_WORDS

SYSTEM = System(
    name="sendgrid",
    title="SendGrid",
    families=(
        customer.family,
        apps.of_subusers,
        event_post_urls.of_subusers,
        parse.of_subusers,
        suppressions.of_subusers,
        setup.family,
        monitors.family,
        limit.family,
        stats.of_subusers,
        stats.of_accounts,
        credentials.family,
        profile.family,
        password.family,
        timezone.family,
        parse.family,
        mail.family,
        *suppressions.FAMILIES,
        apps.family,
        event_post_urls.family,
    ),
    logins=LOGINS,
    keys=KEYS,
    hosts=("api.sendgrid.com", "sendgrid.com", "www.sendgrid.com"),
    smtp_hosts=("smtp.sendgrid.net",),
    not_emulated=NOT_EMULATED,
    mail_paths=("/api/mail.send",),
    smtp_words=SMTP_WORDS,
    wishes=wishes,
    event_lists={**USUAL_LISTS, "bounce": BOUNCE, "spamreport": SPAMREPORT},
    told_operations=OPERATIONS,
)
