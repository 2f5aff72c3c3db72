"""SMTP2GO's API v3."""

from legacygrid.endpoints.smtp2go import mail, subaccounts, users
from legacygrid.endpoints.smtp2go.mail_wishes import wishes
from legacygrid.endpoints.smtp2go.not_emulated import NOT_EMULATED
from legacygrid.models.period import NO_LENGTH, NOT_A_PERIOD
from legacygrid.registry.system import System
from legacygrid.serializers.smtp2go.keys import KEYS
from legacygrid.serializers.smtp2go.logins import LOGINS
from legacygrid.serializers.smtp2go.smtp_words import SMTP_WORDS
from legacygrid.serializers.smtp2go.words import NON_VALIDATING

SYSTEM = System(
    name="smtp2go",
    title="SMTP2GO",
    families=(users.family, subaccounts.family, mail.family),
    logins=LOGINS,
    keys=KEYS,
    hosts=(
        "api.smtp2go.com",
        "us-api.smtp2go.com",
        "eu-api.smtp2go.com",
        "au-api.smtp2go.com",
    ),
    not_emulated=NOT_EMULATED,
    mail_paths=("/v3/email/",),
    smtp_words=SMTP_WORDS,
    wishes=wishes,
    sentences=(NON_VALIDATING, NOT_A_PERIOD, NO_LENGTH),
)
