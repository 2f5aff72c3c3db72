"""dotmailer's API v2."""

from legacygrid.endpoints.dotmailer.api_users import family
from legacygrid.endpoints.dotmailer.not_emulated import NOT_EMULATED
from legacygrid.registry.system import System
from legacygrid.serializers.dotmailer.logins import LOGINS

_DOMAINS = ("dotmailer.com", "dotdigital.com")

SYSTEM = System(
    name="dotmailer",
    title="dotmailer",
    families=(family,),
    logins=LOGINS,
    # Clients begin at the name without a region.
    hosts=(
        "api.dotmailer.com",
        *(f"r{region}-api.{domain}" for domain in _DOMAINS for region in (1, 2, 3)),
    ),
    not_emulated=NOT_EMULATED,
)
