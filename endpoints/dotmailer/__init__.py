"""dotmailer's API v2."""

from legacygrid.endpoints.dotmailer.api_users import family
from legacygrid.endpoints.dotmailer.not_emulated import NOT_EMULATED
from legacygrid.models.settings import DOTMAILER
from legacygrid.registry.system import System
from legacygrid.serializers.login_kinds import LoginKind

_DOMAINS = ("dotmailer.com", "dotdigital.com")

SYSTEM = System(
    name="dotmailer",
    title="dotmailer",
    families=(family,),
    logins=LoginKind(
        name=DOTMAILER,
        noun="API user",
        add="New user",
        # It makes the names of its users itself.
        add_command="legacygrid login add ACCOUNT --kind dotmailer",
    ),
    # Clients begin at the name without a region.
    hosts=(
        "api.dotmailer.com",
        *(f"r{region}-api.{domain}" for domain in _DOMAINS for region in (1, 2, 3)),
    ),
    not_emulated=NOT_EMULATED,
)
