"""SendGrid's Web API v3."""

from legacygrid.endpoints.sendgrid_v3 import (
    api_keys,
    domain_users,
    domains,
    enforced_tls,
    event_webhooks,
    ips,
    links,
    mail,
    mail_batches,
    parse_settings,
    scopes,
    settings,
    stat_parts,
    stat_sums,
    stats,
    subuser_credits,
    subusers,
    suppressions,
    teammates,
    unsubscribes,
    user,
    webhook_signing,
)
from legacygrid.endpoints.sendgrid_v3.family import recognises
from legacygrid.endpoints.sendgrid_v3.not_emulated import NOT_EMULATED
from legacygrid.registry.system import System
from legacygrid.serializers.sendgrid_v3 import account_words, lists, mail_messages, webhook_words
from legacygrid.serializers.sendgrid_v3 import domains as domain_words
from legacygrid.serializers.sendgrid_v3 import parse_settings as parse_words
from legacygrid.serializers.sendgrid_v3 import stats as stat_serializers
from legacygrid.serializers.sendgrid_v3 import teammates as teammate_words
from legacygrid.serializers.sendgrid_v3.logins import LOGINS
from legacygrid.serializers.sendgrid_v3.mail_batches import UNKNOWN_BATCH

#: What is said of what was found wrong beside the kinds of parameters.
SENTENCES = (
    *account_words.SENTENCES,
    *teammate_words.SENTENCES,
    *mail_messages.SENTENCES,
    UNKNOWN_BATCH,
    *lists.SENTENCES,
    *stat_serializers.SENTENCES,
    webhook_words.NO_URL,
    webhook_words.TAKEN_URL,
    parse_words.FOREIGN,
    parse_words.TAKEN,
    domain_words.TAKEN,
)
SYSTEM = System(
    name="sendgrid_v3",
    title="SendGrid v3",
    families=(
        scopes.family,
        user.family,
        subusers.family,
        subuser_credits.family,
        api_keys.family,
        teammates.family,
        mail.family,
        mail_batches.family,
        suppressions.family,
        unsubscribes.family,
        settings.family,
        enforced_tls.family,
        event_webhooks.family,
        webhook_signing.family,
        parse_settings.family,
        ips.family,
        domains.family,
        domain_users.family,
        links.family,
        stats.own,
        stats.of_subusers,
        stat_sums.own,
        stat_sums.of_subusers,
        stat_parts.family,
    ),
    logins=LOGINS,
    hosts=("api.sendgrid.com", "api.eu.sendgrid.com"),
    not_emulated=NOT_EMULATED,
    mail_paths=("/v3/mail/send",),
    takes_smtp=False,
    sentences=SENTENCES,
    recognises=recognises,
    tells_emulated=True,
)
