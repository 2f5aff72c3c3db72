"""What customer.sendip, .whitelabel and .monitor refuse in words of their own."""

from legacygrid import reasons
from legacygrid.models.ip_addresses import ForeignAddress
from legacygrid.models.monitors import MonitorExists, MonitorInUse, UnknownMonitor
from legacygrid.registry.evidence import inferred, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.serializers.dialects import Saying, Sayings
from legacygrid.serializers.sendgrid.shapes import errors

_MONITOR = "the shape of the recorded `Monitor record not found`; the words are after it"

SETUP: Sayings = {
    # The one call of the front end that was recorded to refuse a parameter in an error object.
    ("customer.sendip", reasons.BadParameters): Saying(
        400, None, recorded(f"{e.CASSETTES_2013}: `Invalid set parameter`")
    ),
    ForeignAddress: Saying(
        400,
        "Invalid ip parameter",
        inferred("worded after the recorded `Invalid set parameter`"),
    ),
    UnknownMonitor: Saying(400, "Monitor record not found", recorded(e.GEM_2012), errors),
    MonitorExists: Saying(400, "Monitor record already exists", inferred(_MONITOR), errors),
    MonitorInUse: Saying(400, "Monitor record has users", inferred(_MONITOR), errors),
}
