"""What SMTP2GO does to a mail: the settings of the SMTP user that sends it."""

from collections.abc import Callable
from dataclasses import replace

from legacygrid.auth.principal import Principal
from legacygrid.mail.envelope import IncomingMail
from legacygrid.mail.mime.effects import Effects
from legacygrid.mail.tracking_links import Links
from legacygrid.mail.wishes import Wishes
from legacygrid.models.message import AUDIT
from legacygrid.models.settings import SmtpUser

#: The footer of an SMTP user who has set no text for it (inferred).
_FOOTER_HTML = '<p><a href="%%UNSUBSCRIBE%%">Unsubscribe</a></p>'
_FOOTER_TEXT = "Unsubscribe: %%UNSUBSCRIBE%%"


def wishes(mail: IncomingMail, principal: Principal, links: Links) -> Wishes:
    """What the settings of the SMTP user want to be done."""
    settings = principal.login.settings
    if not isinstance(settings, SmtpUser):
        return Wishes()
    footer_html = footer_text = ""
    personalize = None
    if settings.feedback_enabled:
        footer_html = settings.feedback_html or _FOOTER_HTML
        footer_text = settings.feedback_text or _FOOTER_TEXT
        domain = "" if settings.feedback_domain == "default" else settings.feedback_domain
        personalize = _unsubscribing(links, domain)
    click = links.click if settings.click_tracking_enabled else None
    open_link = links.open if settings.open_tracking_enabled else None
    copy_to = ((settings.audit_email, AUDIT),) if settings.audit_email else ()
    return Wishes(
        Effects(click=click, footer_html=footer_html, footer_text=footer_text),
        open_link=open_link,
        personalize=personalize,
        copy_to=copy_to,
        archived=settings.archive_enabled,
        ip_pool=settings.ip_pool,
        bounce_notifications=settings.bounce_notifications,
    )


def _unsubscribing(links: Links, domain: str) -> Callable[[Effects, str], Effects]:
    """Makes the copies in which each recipient unsubscribes by a link of their own."""

    def personalize(effects: Effects, address: str) -> Effects:
        url = links.unsubscribe(address, domain)
        return replace(effects, recipient=address, unsubscribe_url=url)

    return personalize
