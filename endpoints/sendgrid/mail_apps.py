"""The apps that act on one mail: those of its account, unless its X-SMTPAPI says otherwise."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from legacygrid.mail.envelope import IncomingMail, SpamReport
from legacygrid.mail.mime import sentences, spam
from legacygrid.mail.mime.effects import Effects
from legacygrid.mail.mime.lenient import parse_mailbox
from legacygrid.mail.mime.smtpapi import Instructions
from legacygrid.mail.tracking_links import Links
from legacygrid.mail.wishes import Wishes
from legacygrid.models import apps, suppression
from legacygrid.models.account import Account
from legacygrid.models.apps import AppSetting

#: The apps that do something to mail; what the others are set to is kept.
_ACTING = frozenset((
    "clicktrack", "opentrack", "subscriptiontrack", "footer", "template", "ganalytics", "bcc",
    "spamcheck",
))  # fmt: skip
#: What is appended where `subscriptiontrack` is on and was never set up (the texts are inferred).
_LEAVE: Mapping[str, str] = {
    "text/html": "<p>If you'd like to unsubscribe and stop receiving these emails"
    " <% click here %>.</p>",
    "text/plain": "If you'd like to unsubscribe and stop receiving these emails click here: <% %>",
}
#: The lists whose addresses get nothing, and the reasons of the manual's drops. Blocks are of the
#: day: later mail goes there.
LISTS: Mapping[str, str] = {
    suppression.BOUNCE: sentences.BOUNCED_ADDRESS,
    suppression.INVALID: sentences.INVALID,
    suppression.SPAMREPORT: sentences.SPAM_REPORTING_ADDRESS,
    suppression.UNSUBSCRIBE: sentences.UNSUBSCRIBED_ADDRESS,
}
#: What a mail says in order to go to addresses on some of them all the same.
_BYPASSES: Mapping[str, Sequence[str]] = {
    "bypass_list_management": tuple(LISTS),
    "bypass_bounce_management": (suppression.BOUNCE,),
    "bypass_spam_management": (suppression.SPAMREPORT,),
    "bypass_unsubscribe_management": (suppression.UNSUBSCRIBE,),
}
#: The score above which mail is spam, unless `spamcheck` has one: the manual's.
_MAX_SCORE = 5.0


def find_acting(account: Account) -> Mapping[str, AppSetting]:
    """The apps that the account has on and that do something to its mail."""
    if not (account.may_have.apps or account.open_tracking or account.click_tracking):
        return {}
    found = apps.read(account)
    return {name: each for name, each in found.items() if each.active and name in _ACTING}


class MailApps(NamedTuple):
    """The apps of one mail.

    :param own: those that the account has on.
    """

    instructions: Instructions
    own: Mapping[str, AppSetting]

    def find(self, name: str) -> Mapping[str, Any] | None:
        """What an app goes by; none if it is off. The manual of X-SMTPAPI: an app that the mail
        switches on has to come with all its settings, those of the account are not taken.
        """
        own, switched = self.own.get(name), self.instructions.enabled(name)
        if not (own is not None if switched is None else switched):
            return None
        settings = own.settings if own else {}
        given = self.instructions.filters.get(name, {})
        return {**settings, **given} if self.instructions.extends else given or settings

    def drop_spam(self, wanted: Wishes, mail: IncomingMail) -> Wishes | None:
        """What becomes of a mail that `spamcheck` keeps back; none if it does not."""
        settings = self.find("spamcheck")
        if settings is None:
            return None
        score = spam.score(mail.parsed) if mail.spam_score is None else mail.spam_score
        if score <= _read_score(settings.get("max_score", "")):
            return None
        url = settings.get("url")
        report = _report(mail, url, score) if url else None
        return replace(wanted, drop=sentences.SPAM_CONTENT, report=report)

    @property
    def lists(self) -> Mapping[str, str]:
        """The lists whose addresses get nothing, and why."""
        passed = {kind for app, kinds in _BYPASSES.items() if self.find(app) for kind in kinds}
        return {kind: why for kind, why in LISTS.items() if kind not in passed}

    @property
    def copy_to(self) -> tuple[tuple[str, str], ...]:
        """Who gets a copy by `bcc`."""
        settings = self.find("bcc") or {}
        mailbox = parse_mailbox(settings.get("email", ""))
        return ((mailbox.address, "bcc"),) if mailbox else ()

    @property
    def effects(self) -> Effects:
        """What is done to all copies alike."""
        footer, leave = self.find("footer") or {}, self._leaving or {}
        template, campaign = self.find("template") or {}, self.find("ganalytics") or {}
        tag = leave.get("replace", "")
        texts = [footer, {} if tag else leave]
        return Effects(
            open_tag=(self.find("opentrack") or {}).get("replace", ""),
            click_text=_is_set((self.find("clicktrack") or {}).get("enable_text", "")),
            footer_html="".join(_of_each(texts, "text/html")),
            footer_text="\r\n".join(_of_each(texts, "text/plain")),
            unsubscribe_tag=tag,
            template=template.get("text/html", ""),
            campaign={
                name: value for name, value in campaign.items() if name.startswith("utm_") and value
            },
        )

    @property
    def _leaving(self) -> Mapping[str, Any] | None:
        settings = self.find("subscriptiontrack")
        if settings is None:
            return None
        # A mail by X-SMTPAPI brings its texts along; one of the API after that need not.
        is_bare = settings.keys() <= ({"enable"} if self.instructions.extends else set())
        return _LEAVE if is_bare else settings

    def personalize(self, links: Links, queue_id: str) -> Callable[[Effects, str], Effects] | None:
        """Makes the copy of each recipient, where one has links of its own: what is done by them
        is an event of that recipient.
        """
        tracked = [self.find(name) is not None for name in ("clicktrack", "opentrack")]
        leaves = self._leaving is not None
        if not (leaves or any(tracked)):
            return None
        clicks, opens = tracked

        def personalize(effects: Effects, address: str) -> Effects:
            own = links.of(queue_id, address) if address else links
            return replace(
                effects,
                click=own.click if clicks else None,
                open_pixel_url=own.open() if opens else None,
                unsubscribe_url=own.unsubscribe(address) if leaves else None,
            )

        return personalize


def _report(mail: IncomingMail, url: str, score: float) -> SpamReport:
    """The mail as the Parse Webhook posts one, with its score; the manual of the API after this one
    calls the `url` one for inbound mail.
    """
    from legacygrid.mail.inbound import USER_AGENT
    from legacygrid.serializers.sendgrid import inbound_form
    from legacygrid.serializers.sendgrid.inbound_form import Findings, InboundEnvelope
    from legacygrid.serializers.sendgrid.multipart import write_form

    envelope = InboundEnvelope(mail.mail_from, mail.recipients)
    findings = Findings(spam_score=str(score))
    parts = inbound_form.list_parts(mail.parsed, envelope, findings, spam_check=True)
    content_type, body = write_form(parts)
    headers = {"Content-Type": content_type, "User-Agent": USER_AGENT}
    return SpamReport(url, headers, body)


def _of_each(settings: list[Mapping[str, Any]], name: str) -> Iterator[str]:
    return filter(None, (each.get(name, "") for each in settings))


def _is_set(value: str) -> bool:
    return value not in ("", "0", "false")


def _read_score(text: str) -> float:
    """A score as it was set; the usual one for what is none."""
    try:
        return float(text)
    except ValueError:
        return _MAX_SCORE
