"""Messages: the outbox, newest first, and what became of each."""

import json
from typing import Any

from flask import Blueprint, abort, request, url_for
from marshmallow import ValidationError

from legacygrid import reasons
from legacygrid.console import reading
from legacygrid.console.forms import Form, TextField
from legacygrid.console.login_sessions import Visitor
from legacygrid.console.pages import (
    Page,
    current_visitor,
    current_world,
    flash_and_redirect,
    for_everybody,
    for_managers,
    render,
)
from legacygrid.endpoints.control.schemas import CODES, EVENTS, EventSchema
from legacygrid.grid import current_grid
from legacygrid.mail import delivery_events
from legacygrid.mail.mime import headers
from legacygrid.models import outbox
from legacygrid.models.message import DISPOSITIONS, REFUSED, Message, Recipient
from legacygrid.models.outbox import MessageFilter

blueprint = Blueprint("messages", __name__)
#: Messages of a page; recipients of one that its page tells of.
PAGE, MOST_RECIPIENTS = 50, 500
#: What a visitor is told of why mail was refused.
REFUSALS = {
    "MailNotAllowed": "its account is disabled, or its login may not send",
    "MailBlocked": "its login is set to send nothing",
    "LimitExceeded": "its login had sent all that its rate limit lets through",
    "NotAuthorised": "its login may not do that",
}
_DEEDS = {
    "bounce": "Bounced",
    "block": "Blocked",
    "defer": "Deferred",
    "deliver": "Delivered",
    "unsubscribe": "Unsubscribed",
}


class EventForm(Form):
    """What shall befall a message."""

    event = TextField("What happens")
    recipient = TextField("Recipient", "Empty for every one.", render_kw={"list": "recipients"})
    code = TextField("Why")
    reason = TextField("In words", "What the recipient's server said.")

    def read(self) -> dict[str, Any]:
        """The event as the control API is told of it; what is wrong is said at the fields."""
        given: dict[str, Any] = {
            name: text for name, text in self.data.items() if text and name != "csrf_token"
        }
        if given.get("code", "").isdecimal():
            given["code"] = int(given["code"][:9])
        try:
            loaded: dict[str, Any] = EventSchema().load(given)
        except ValidationError as error:
            wrong: Any = error.messages
            self.add_errors(wrong)
            return {}
        return loaded


def visible(visitor: Visitor) -> Any:
    """Which messages somebody sees, as a condition on them.

    Who manages an account sees those of it and its subusers. Any other sees what they themselves
    sent.
    """
    account, login = visitor.principal.account, visitor.principal.login
    if visitor.can_manage and account.is_primary:
        return Message.of_primary(account)
    own = Message.account_id == account.id
    if visitor.can_manage:
        return own
    # A login that was renamed keeps its mail.
    return own & (Message.login_number == login.number)


def theirs(number: int) -> Message:
    """The message of that number, if whoever looks may see it; else there is no page."""
    with current_grid().store.reading():
        # SQLite has no greater numbers.
        condition = (Message.id == min(number, 2**63 - 1)) & visible(current_visitor())
        found: Message | None = Message.get_or_none(condition)
    if found is None:
        abort(404)
    return found


@blueprint.get("/messages")
@for_everybody
def index() -> Page:
    """The outbox."""
    asked = {
        name: request.args.get(name, "")
        for name in ("to", "subject", "from", "disposition", "archived")
    }
    with current_grid().store.snapshot():
        found = outbox.find_newest(_sought(asked), visible(current_visitor()), PAGE + 1)
        outcomes = outbox.summarize_outcomes(found[:PAGE])
    query: dict[str, Any] = {name: text for name, text in asked.items() if text}
    older = url_for(".index", **query, before=found[PAGE - 1].id) if len(found) > PAGE else None
    newest = url_for(".index", **query)
    return render(
        "messages.html", messages=found[:PAGE], outcomes=outcomes, asked=asked, dispositions=DISPOSITIONS,
        older=older, newest=newest, is_first="before" not in request.args, smtp=current_grid().listeners.get("smtp"),
    )  # fmt: skip


def _sought(asked: dict[str, str]) -> MessageFilter:
    before = request.args.get("before", type=int)
    return MessageFilter(
        to=asked["to"].strip() or None,
        # As they are kept; SQLite reads a pattern up to a NUL.
        subject=headers.replace_forbidden(asked["subject"]) or None,
        sender=headers.replace_forbidden(asked["from"]) or None,
        disposition=asked["disposition"] or None,
        archived={"yes": True, "no": False}.get(asked["archived"]),
        before=before if before and 0 < before < 2**63 else None,
    )


@blueprint.get("/messages/<int:number>")
@for_everybody
def show(number: int) -> Page:
    """One message, and what became of it at each recipient."""
    return _shown(theirs(number), EventForm(event="bounce"))


def _shown(message: Message, form: EventForm) -> Page:
    with current_grid().store.reading():
        recipients, count = Recipient.of(message, MOST_RECIPIENTS), Recipient.count_of(message)
    return render(
        "message.html", form, message=message, letter=reading.letter(bytes(message.source)),
        recipients=recipients, more=max(0, count - MOST_RECIPIENTS),
        codes=CODES, events=EVENTS, labels=json.loads(message.labels_json or "{}"),
        why=REFUSALS.get(message.reason, message.reason), can_change=current_visitor().can_manage,
        went=message.disposition != REFUSED,
    )  # fmt: skip


@blueprint.post("/messages/<int:number>/events")
@for_managers
def befall(number: int) -> Page:
    """Let something happen to a message."""
    message, form = theirs(number), EventForm()
    event = form.read()
    if not form.errors:
        try:
            met = delivery_events.simulate(
                current_grid(), number, current_world(), delivery_events.DeliveryEvent(**event)
            )
        except reasons.UnknownMessage:
            abort(404)
        except reasons.WentNowhere:
            form.add_error(
                "", "The message was refused: it went nowhere, so nothing can befall it."
            )
        except reasons.UnknownRecipient:
            form.add_error("recipient", "The message was not to that address.")
        else:
            return flash_and_redirect(_told(event["event"], met), ".show", number=number)
    return _shown(message, form)


def _told(event: str, met: list[Recipient]) -> str:
    whom = met[0].address if len(met) == 1 else f"{len(met)} recipients"
    return f"{_DEEDS[event]}: {whom}."


@blueprint.post("/messages/<int:number>/delete")
@for_managers
def delete(number: int) -> Page:
    """Take a message out of the outbox."""
    found = theirs(number)
    with current_grid().store.writing():
        found.delete_instance()
    return flash_and_redirect(f"Message {number} was deleted.", ".index")
