"""What the calls of Event Webhooks refuse in words of their own."""

from dataclasses import dataclass

from legacygrid.models.event_webhooks import UnknownWebhook, Webhook
from legacygrid.models.webhook_settings import TooManyWebhooks, WebhookExists
from legacygrid.reasons import BadParameters, Problem
from legacygrid.registry.evidence import Sentence, documented
from legacygrid.serializers.dialects import Saying, Sayings
from legacygrid.serializers.sendgrid_v3.shapes import messages
from legacygrid.serializers.shapes import Document, RefusalContent, Shape, shaped
from legacygrid.wsgi.callback_urls import mask_url

KNOWN = documented("twilio/sendgrid-oai of January 2026, tsg_webhooks_v3")
NO_URL = Sentence("'{url}' is not a valid url", KNOWN)
TAKEN_URL = Sentence("Webhook at '{url}' already exists. Please provide a unique URL.", KNOWN)


class BadWebhookUrl(BadParameters):
    """What is to be posted to is no whole URL of http or https."""


@dataclass(frozen=True)
class TakenUrl(Problem):
    """A URL that another webhook has.

    :ivar id: of that webhook.
    """

    id: str
    url: str


def bad_url(url: str) -> Problem:
    """Why nothing can be posted there; no more is said than may be logged."""
    return Problem("url", NO_URL.fill(url=mask_url(url)))


def taken_url(other: Webhook) -> Problem:
    """Why a URL cannot be another webhook's, too."""
    url = mask_url(other.url)
    return TakenUrl("url", TAKEN_URL.fill(url=url), other.uid, url)


@shaped({"errors": [{"id": str, "message": str, "url": str}]})
def _taken(refusal: RefusalContent) -> tuple[Document, Document]:
    """The same, with the webhook that is there."""
    errors = [
        {"id": each.id, "message": str(each.text), "url": each.url}
        for each in refusal.problems
        if isinstance(each, TakenUrl)
    ]
    document: Document = {"errors": errors}
    return document, document


def _say(code: int, text: str | None, shape: Shape = messages) -> Saying:
    return Saying(code, text, KNOWN, shape, always=True)


EVENT_WEBHOOKS: Sayings = {
    UnknownWebhook: _say(404, "Invalid id provided."),
    TooManyWebhooks: _say(
        400, "You have reached the maximum number of webhooks per your current billing plan."
    ),
    BadWebhookUrl: _say(400, None),
    WebhookExists: _say(400, None, _taken),
}
