"""What Toy says."""

from legacygrid import reasons
from legacygrid.registry.evidence import inferred
from legacygrid.serializers.dialects import TRANSPORT, Dialect, Saying, Sayings
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.writers import compact_json

_WHY = inferred("Toy never was")
_OWN: Sayings = {
    reasons.WrongCredentials: Saying(401, "Toy does not know you", _WHY, always=True),
    reasons.NotAuthorised: Saying(403, "Toy does not let you", _WHY, always=True),
    reasons.BadParameters: Saying(400, None, _WHY, always=True),
}


def dialect(profile: Profile) -> Dialect:
    """Toy's words, the same in each profile."""
    return Dialect(
        name="toy",
        title="Toy",
        write_json=compact_json,
        separator=",",
        json_headers={"Content-Type": "application/json"},
        xml_headers={},
        sayings={**TRANSPORT, **_OWN},
        refusals_are_ok=False,
        declaration="",
        root="error",
        traits=(),
    )
