"""What SendGrid's v3 says: its refusals, and how they are written."""

from legacygrid import reasons
from legacygrid.models.ip_addresses import ForeignAddress
from legacygrid.models.parse_hosts import UnknownHost
from legacygrid.registry.evidence import documented, inferred, recorded
from legacygrid.serializers.dialects import (
    Dialect,
    Sayings,
    transport_by,
)
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3 import headers
from legacygrid.serializers.sendgrid_v3.account_words import ACCOUNTS
from legacygrid.serializers.sendgrid_v3.shapes import OPENAPI as OPENAPI
from legacygrid.serializers.sendgrid_v3.shapes import errors, saying
from legacygrid.serializers.sendgrid_v3.teammates import TEAMMATES
from legacygrid.serializers.sendgrid_v3.webhook_words import EVENT_WEBHOOKS
from legacygrid.serializers.writers import net_json

_OURS = inferred("the shape is recorded, no source has the words")


_OWN: Sayings = {
    reasons.UnknownMethod: saying(404, "not found", _OURS),
    reasons.NotEmulated: saying(
        501, None, inferred("the shape of its refusals, with a message of our own")
    ),
    reasons.VerbNotAllowed: saying(405, "method not allowed", _OURS),
    reasons.WrongCredentials: saying(
        401, "authorization required", documented(f"{OPENAPI}, in ten of its documents")
    ),
    reasons.NotAuthorised: saying(
        403,
        "access forbidden",
        inferred(
            "as where a scope is missing; no source has a subuser's key at its parent's calls"
        ),
    ),
    reasons.NotPermitted: saying(
        403, "access forbidden", recorded("sendgrid-php issue 263, sendgrid-csharp 185 and 291")
    ),
    reasons.TooManyCalls: saying(
        429,
        "too many requests",
        recorded("trois-six/terraform-provider-sendgrid issue 6, 2021; arslanbekov's 39, 2024"),
    ),
    reasons.BadDocument: saying(400, "the body is no JSON object", _OURS),
    reasons.BadParameters: saying(400, None, _OURS),
    reasons.NotListed: saying(
        404,
        "not found",
        recorded("sendgrid/docs issues 6087 and 6194, 2020: the status; the words are inferred"),
    ),
    reasons.UnknownSubuser: saying(404, "not found", _OURS),
    reasons.UnknownMailDomain: saying(
        404,
        "not found",
        recorded(
            "digitalocean/terraform-provider-sendgrid issue 6, 2021: the status, where a subuser"
            " has no domain; the words are inferred"
        ),
    ),
    UnknownHost: saying(404, "not found", _OURS),
    ("v3/ips/{ip_address}", ForeignAddress): saying(404, "not found", _OURS),
    reasons.NothingGiven: saying(
        400, "no fields provided", documented(f"{OPENAPI}, of PATCH /v3/subusers/NAME")
    ),
    ForeignAddress: saying(
        400, "unable to validate IPs at this time", documented(f"{OPENAPI}, of POST /v3/subusers")
    ),
    **ACCOUNTS,
    **TEAMMATES,
    **EVENT_WEBHOOKS,
    reasons.Fault: saying(
        500,
        "internal server error",
        recorded("trois-six/terraform-provider-sendgrid issues 6 and 10, 2021"),
    ),
}
_TRAITS = (
    (
        "JSON is compact and UTF-8, `application/json` without a charset",
        recorded("sendgrid-php issue 263, 2016: 56 bytes"),
    ),
    (
        'Refusals are `{"errors":[{"field":null,"message":"TEXT"}]}`',
        recorded("sendgrid-php issue 263, sendgrid-csharp 185 and 291, 2016"),
    ),
    (
        "A call is for the subuser that On-Behalf-Of names, where its account may make it for one;"
        " one that is none of its own is refused as a wrong key is",
        inferred("the header is documented, the refusal is not; so names cannot be tried"),
    ),
    (
        "What is wrong is told in this order: path, verb, key, On-Behalf-Of, scope, JSON, fields,"
        " subject",
        inferred("a key that may not make a call learns nothing of what it would say"),
    ),
    (
        "`GET v3/subusers/stats` and `v3/subusers/reputations` are those calls, also where a"
        " subuser is called so: it is named by other verbs, in longer paths, in queries and by"
        " On-Behalf-Of",
        inferred("the documents have both at one place; a written path wins over a name"),
    ),
    (
        "Reason phrases are in capitals, such as `FORBIDDEN`; those of mail/send are not",
        recorded("sendgrid-php issue 263, sendgrid-csharp 185 and 291, 2016"),
    ),
    ("Unknown keys are ignored", documented("clients send some, and are answered")),
    ("HEAD is no verb of it", documented(f"{OPENAPI} and its guide have five verbs and OPTIONS")),
)


def management(profile: Profile) -> Dialect:
    """The management calls, the same in each profile."""
    return Dialect(
        name="sendgrid_v3",
        title="SendGrid's v3",
        write_json=net_json,
        separator=",",
        json_headers={"Content-Type": "application/json", **headers.management(profile)},
        common_headers=headers.management(profile),
        xml_headers={},
        # Bodies are no forms here.
        sayings={**transport_by(errors, reasons.ForeignBody), **_OWN},
        refusals_are_ok=False,
        declaration="",
        root="",
        traits=_TRAITS,
        has_capitals=True,
    )
