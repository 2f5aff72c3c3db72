"""What SendGrid does to a mail: the apps of the account, which a mail's X-SMTPAPI may switch."""

import re
from dataclasses import replace
from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import Principal
from legacygrid.endpoints.sendgrid import mail_apps
from legacygrid.endpoints.sendgrid.mail_apps import LISTS, MailApps
from legacygrid.harness.fault_targets import SMTP
from legacygrid.mail import notices
from legacygrid.mail.envelope import DOMAIN, IncomingMail
from legacygrid.mail.mime import sentences, smtpapi
from legacygrid.mail.mime.composing import Address, Draft
from legacygrid.mail.mime.smtpapi import BadInstructions, Instructions, UnreadableInstructions
from legacygrid.mail.tracking_links import Links
from legacygrid.mail.wishes import Wishes
from legacygrid.models.mail_domain import find_domain, find_links_domain

#: The operations whose mail SendGrid's apps are for: an account may call other systems, too.
OPERATIONS = ("mail.send", SMTP, "v3/mail/send")
_HIDDEN = ("bcc", "x-smtpapi")
#: What addresses, and links, can have as their domain: a whitelabel record may be called anything.
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)
_LINKS_DOMAIN = re.compile(rf"{_DOMAIN.pattern}(?::\d{{1,5}})?", re.ASCII)
#: Of most mail.
_PLAIN = Wishes(hidden_headers=_HIDDEN, lists=LISTS, whitelist="addresswhitelist", has_events=True)


def wishes(mail: IncomingMail, principal: Principal, links: Links) -> Wishes:
    """What the account's whitelabel and apps and the mail's X-SMTPAPI want to be done.

    :raises Unwritable: X-SMTPAPI names too many recipients or values.
    """
    if mail.operation not in OPERATIONS:
        return Wishes()
    account = principal.account
    domain = find_domain(account)
    if not _DOMAIN.fullmatch(domain):
        return _wishes(mail, principal, links)
    at = find_links_domain(account, domain)
    own_links = links.at(at) if _LINKS_DOMAIN.fullmatch(at) else links
    # As such addresses looked: each names the sender and the mail.
    return_path = f"bounces+{account.id}-{mail.queue_id}@{domain}"
    return replace(_wishes(mail, principal, own_links), return_path=return_path)


def _wishes(mail: IncomingMail, principal: Principal, links: Links) -> Wishes:
    acting = mail_apps.find_acting(principal.account)
    if mail.instructions is not None:
        return _by_apps(MailApps(mail.instructions, acting), mail, links)
    text = mail.smtpapi or mail.parsed.header("x-smtpapi")
    if not (text or acting):
        return _PLAIN
    try:
        instructions = smtpapi.parse(text) if text.strip() else Instructions()
    except UnreadableInstructions as error:
        notice = _notice(mail, error)
        return Wishes(drop=sentences.UNREADABLE, notice=notice, has_events=True)
    except BadInstructions as error:
        raise reasons.Unwritable(error.why) from None
    return _by_apps(MailApps(instructions, acting), mail, links)


def _notice(mail: IncomingMail, why: BadInstructions) -> Draft | None:
    """What the sender of a mail with a broken X-SMTPAPI gets by SMTP; a call of mail.send has no
    envelope that it could come back to.
    """
    if mail.via != "smtp" or not mail.mail_from:
        return None
    return Draft(
        sender=f"mailer-daemon@{DOMAIN}",
        sender_name="Mail Delivery System",
        to=(Address(mail.mail_from),),
        subject="Error in decoding the SMTP API header",
        text=f"There was an error in decoding the SMTP API header of your message: {why}.\n"
        "The message was not sent to anybody.",
        headers={"Auto-Submitted": "auto-replied"},
        attachments=(notices.attach_headers(mail.raw),),
    )


def _by_apps(apps: MailApps, mail: IncomingMail, links: Links) -> Wishes:
    wanted = replace(_PLAIN, instructions=apps.instructions, labels=_labels(apps.instructions))
    if dropped := apps.drop_spam(wanted, mail):
        return dropped
    return replace(
        wanted,
        effects=apps.effects,
        personalize=apps.personalize(links, mail.queue_id),
        shares_large=apps.find("subscriptiontrack") is None,
        copy_to=apps.copy_to,
        lists=apps.lists,
    )


def _labels(instructions: Instructions) -> dict[str, Any]:
    labels = {
        "category": list(instructions.category),
        "unique_args": dict(instructions.unique_args),
        "send_at": instructions.send_at,
    }
    return {name: value for name, value in labels.items() if value}
