"""Names that SendGrid's v3 answered, and the emulator does not."""

from legacygrid.registry.not_emulated import Gap

_SERVICE = "SendGrid's v3"
#: Of these, nothing is emulated.
_FIRST_PARTS = (
    "access_settings alerts api_keys asm browsers campaigns categories clients contactdb designs"
    " devices email_activity geo ips mail_settings mailbox_providers marketing messages"
    " partner_settings partners recipients resource_groups send_ips senders sso stats subusers"
    " suppression teammates templates tracking_settings validations verified_senders whitelabel"
)
_OF_USER = "account credits email password scheduled_sends settings username webhooks"

NOT_EMULATED = (
    # An address in its place would be found.
    Gap("/v3/suppression/bounces/", ("classifications",), _SERVICE, family="v3/suppression"),
    Gap("/v3/", frozenset(_FIRST_PARTS.split()), _SERVICE, by_first_part=True, family="v3"),
    Gap("/v3/user/", frozenset(_OF_USER.split()), _SERVICE, by_first_part=True, family="v3/user"),
)
