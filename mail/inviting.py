"""Letters that invite people to join an account of SendGrid."""

from legacygrid.mail import notices
from legacygrid.mail.envelope import DOMAIN
from legacygrid.mail.mime.composing import Address, Draft
from legacygrid.models.account import Account
from legacygrid.models.invitations import Invitation
from legacygrid.models.login import OWNER
from legacygrid.models.lookup import name_of
from legacygrid.models.message_parts import MessageSender

#: Where the link of such a letter leads, below the URL of the emulator.
JOIN = "wf/join"
OPERATION = "v3/teammates"
_TEXT = """You are invited to be a teammate of {account}.

To join, choose a user name and a password within 7 days:

{link}
"""


def send_invitation(account: Account, invitation: Invitation, root: str, at: float) -> None:
    """Put the letter of an invitation into the outbox; in a transaction.

    :param root: the URL under which the emulator answers, with a slash at its end.
    :param at: seconds since 1970, by the emulator's clock.
    """
    names = name_of(account.primary_id), account.username
    sender = MessageSender(account.world, *names, account.id, account.username, None, OWNER)
    letter = Draft(
        sender=f"teammates@{DOMAIN}",
        sender_name="Teammates",
        to=(Address(invitation.email),),
        subject=f"Join {account.username}",
        text=_TEXT.format(account=account.username, link=_link(root, invitation)),
        headers={"Auto-Submitted": "auto-generated"},
    )
    notices.store_notice(sender, letter, OPERATION, at, via="invitation")


def _link(root: str, invitation: Invitation) -> str:
    return f"{root}{JOIN}?token={invitation.token}"
