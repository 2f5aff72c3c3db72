"""/v3/mail/batch: names for batches of mail that is planned for later."""

from legacygrid import reasons
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.models.account import Account
from legacygrid.models.mail_batches import is_batch_id, make_batch_id
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import Contract
from legacygrid.serializers.sendgrid_v3 import mail_batches, words

_OPENAPI = documented(f"{words.OPENAPI}, tsg_mail_v3")
family = new_family()


@family.operation(
    "v3/mail/batch",
    task="POST",
    scopes=("mail.batch.create",),
    contract=Contract(evidence=_OPENAPI, rows=mail_batches.rows, status=201),
)
def make_batch(caller: Account) -> str:
    """Make a name for a batch of mail."""
    return make_batch_id(caller)


@family.operation(
    "v3/mail/batch/{batch_id}",
    task="GET",
    scopes=("mail.batch.read",),
    contract=Contract(evidence=_OPENAPI, params=mail_batches.named, rows=mail_batches.rows),
)
def check_batch(caller: Account, batch_id: str) -> str:
    """Tell whether a name was made for a batch of the account's."""
    if not is_batch_id(caller, batch_id):
        raise reasons.BadParameters(Problem("", mail_batches.UNKNOWN_BATCH))
    return batch_id
