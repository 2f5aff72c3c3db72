"""SendGrid's apps: their names, titles and settings, as they were recorded."""

from collections.abc import Mapping
from typing import NamedTuple


class AppKind(NamedTuple):
    """An app.

    :param settings: the names of its settings, in the order in which they are told.
    :param told: those that are told before they are set up, too, as empty texts.
    :param needs_one_of: setting it up takes one of these at least.
    """

    name: str
    title: str
    description: str
    settings: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    needs_one_of: tuple[str, ...] = ()


_TEXTS = ("text/html", "text/plain")
_POSTED = (
    "processed", "dropped", "deferred", "delivered", "bounce", "click", "open", "unsubscribe",
    "spamreport", "url",
)  # fmt: skip
#: Of later years.
_POSTED_LATER = ("subscribe", "group_unsubscribe", "group_resubscribe", "batch", "version")
#: Its description says that it cannot be disabled, and it was the only one that was on at first.
DKIM = "dkim"
#: Recorded, in this order.
KINDS = (
    AppKind("gravatar", "Gravatar", "Appends your gravatar to each HTML email."),
    AppKind(
        "clicktrack",
        "Click Tracking",
        "Overwrites every link to track every click in emails.",
        ("enable_text",),
    ),
    AppKind(
        "subscriptiontrack",
        "Subscription Tracking",
        "Adds unsubscribe links to the bottom of the text and HTML emails.  Future emails won't be"
        " delivered to unsubscribed users.",
        (*_TEXTS, "url", "landing", "replace"),
    ),
    AppKind(
        "opentrack",
        "Open Tracking",
        "Appends an invisible image to HTML emails to track emails that have been opened.",
    ),
    AppKind(
        "footer",
        "Footer",
        "Allows you to add a custom footer to outgoing email.",
        _TEXTS,
        needs_one_of=_TEXTS,
    ),
    AppKind(
        "spamcheck",
        "Spam Checker",
        "Check outbound messages for spam content.",
        ("max_score", "url"),
    ),
    AppKind(
        "ganalytics",
        "Google Analytics",
        "Track your conversion rates and ROI with Google Analytics.",
        ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"),
    ),
    AppKind(
        "template",
        "Email Template",
        "Allows you to customize your outgoing HTML emails.",
        ("text/html",),
    ),
    AppKind(
        "domainkeys",
        "Domain Keys",
        "Allows email to be signed with DomainKeys.",
        ("domain", "sender"),
    ),
    AppKind("bcc", "BCC", "Automatically BCC an address for every e-mail sent.", ("email",)),
    AppKind(
        "eventnotify",
        "Event Notification",
        "Controls notifications for events, such as bounces, clicks, and opens.",
        (*_POSTED, *_POSTED_LATER),
        told=_POSTED,
    ),
    AppKind(
        "seedlist",
        "Return Path Seedlist",
        "For Return Path customers, with your seedlist for delivery monitoring.",
    ),
    AppKind(
        "forwardspam",
        "Forward Spam",
        "Allows for a copy of spam reports to be forwarded to an email address.",
        ("email",),
    ),
    AppKind(
        "addresswhitelist",
        "Address Whitelist",
        "Address / domains that should never have email suppressed.",
        ("list",),
    ),
    AppKind(
        DKIM,
        "DKIM",
        "Allows email to be signed with DKIM. Cannot be disabled.",
        ("domain", "use_from"),
    ),
)
BY_NAME: Mapping[str, AppKind] = {kind.name: kind for kind in KINDS}
