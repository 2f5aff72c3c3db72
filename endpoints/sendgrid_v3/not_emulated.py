"""Names that SendGrid's v3 answered, and the emulator does not."""

from collections.abc import Mapping

from legacygrid.registry.not_emulated import Gap

_SERVICE = "SendGrid's v3"
#: Of these, nothing is emulated.
_FIRST_PARTS = (
    "access_settings alerts campaigns contactdb designs email_activity marketing messages"
    " partner_settings partners recipients resource_groups send_ips senders sso"
    " suppression templates validations verified_senders"
)
#: By what comes before them: parts of what is emulated.
_REST: Mapping[str, str] = {
    "asm": "groups suppressions",
    "ips": "pools remaining warmup",
    "mail_settings": "bcc plain_content spam_check",
    "user": "scheduled_sends timezone",
    "user/webhooks": "security",
    "user/webhooks/parse": "stats",
    "whitelabel": "dns ips",
}
#: What follows `/v3/`, by the verbs by which it is not emulated, though something is at its path.
_BY_VERBS: Mapping[tuple[str, ...], str] = {
    ("DELETE",): "whitelabel/links/subuser",
    ("PATCH", "DELETE"): "whitelabel/links/{id}",
    ("POST",): "ips whitelabel/links",
}
#: The same of whole paths.
_WHOLE = (
    "clients/{client_type}/stats suppression/bounces/classifications"
    " teammates/{username}/subuser_access"
    " whitelabel/domains/{id}/ips whitelabel/domains/{id}/ips/{ip}"
    " whitelabel/links/default"
    " whitelabel/links/{id}/validate whitelabel/links/{id}/subuser"
)


def _gap(before: str, names: str) -> Gap:
    name = "/".join(("v3", before)) if before else "v3"
    return Gap(f"/{name}/", frozenset(names.split()), _SERVICE, by_first_part=True, family=name)


def _whole(names: str, *verbs: str) -> Gap:
    return Gap("/v3/", frozenset(names.split()), _SERVICE, family="v3", verbs=verbs)


NOT_EMULATED = (
    _gap("", _FIRST_PARTS),
    *(_gap(*each) for each in _REST.items()),
    _whole(_WHOLE),
    *(_whole(names, *verbs) for verbs, names in _BY_VERBS.items()),
)
