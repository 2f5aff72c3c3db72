"""What the calls about batches of mail take and say."""

from legacygrid.registry.evidence import Sentence, documented
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3 import words
from legacygrid.serializers.sendgrid_v3.fields import BodyText
from legacygrid.serializers.sendgrid_v3.rows import make_rows

UNKNOWN_BATCH = Sentence("invalid batch id", documented(f"{words.OPENAPI}, tsg_mail_v3"))
rows = make_rows(lambda batch_id: {"batch_id": batch_id}, {"batch_id": str})


def named(profile: Profile) -> Params:
    """GET mail/batch/BATCH_ID."""
    return {"batch_id": BodyText(required=True)}
