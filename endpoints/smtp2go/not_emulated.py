"""Names that SMTP2GO's API v3 answered and the emulator does not yet."""

from legacygrid.registry.not_emulated import Gap, spell

_FOLDERS = {
    "activity": "search",
    "allowed_senders": "add remove update view",
    "api_keys": "add edit permissions remove view",
    "archive": "email search",
    "domain": "add remove returnpath tracking verify view",
    "email": "batch mime scheduled search",
    "ip_allow_list": "add edit remove view",
    "single_sender_emails": "add remove view",
    "sms": "send summary view-received view-sent",
    "stats": "email_bounces email_cycle email_history email_spam email_summary email_unsubs",
    "subaccount": "add close reopen resend-invitation update",
    "suppression": "add remove view",
    "template": "add delete edit search view",
    "webhook": "add edit remove view",
}

NOT_EMULATED = (Gap("/v3/", spell(_FOLDERS, "/"), "SMTP2GO's API", family="smtp2go"),)
