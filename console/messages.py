"""Messages: the outbox, newest first, and the outcome of each at its recipients."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, request, url_for
from marshmallow import ValidationError

from legacygrid import reasons
from legacygrid.console import reading
from legacygrid.console.forms import Form, TextField
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
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
from legacygrid.console.periods import TimeRange
from legacygrid.console.reading import MessageContent
from legacygrid.endpoints.control.schemas import CODES, EVENTS, EventSchema
from legacygrid.grid import current_grid
from legacygrid.mail import delivery_events
from legacygrid.mail.mime import headers
from legacygrid.models import outbox
from legacygrid.models.message import (
    BLOCKED,
    BOUNCED,
    DEFERRED,
    DELIVERED,
    DISPOSITIONS,
    DROPPED,
    REFUSED,
    SANDBOXED,
    Message,
    Recipient,
)
from legacygrid.models.outbox import MessageFilter
from legacygrid.wsgi import blocking

blueprint = Blueprint("messages", __name__)
#: Messages of a page; recipients of a message that its page lists.
PAGE, MAX_RECIPIENTS = 50, 500
#: Why mail was refused, in words for people, by the name of the reason.
REFUSALS = {
    "MailNotAllowed": _l("its account is disabled, or its login may not send"),
    "MailBlocked": _l("its login is blocked from sending"),
    "LimitExceeded": _l("its login had reached its rate limit"),
    "CreditsExceeded": _l("its account had fewer credits left than it has recipients"),
    "NotAuthorised": _l("its login may not do that"),
}
#: The parts of a message that its page shows, one at a time.
PARTS = {"html": "HTML", "text": _l("Text"), "headers": _l("Headers"), "source": _l("Source")}
#: What may become of a message at a recipient, the worst first.
WORST_FIRST = (REFUSED, DROPPED, BOUNCED, BLOCKED, DEFERRED, SANDBOXED, DELIVERED)
_FILTERS = ("to", "words", "subject", "from", "header", "disposition", "archived")
_EVENTS: Mapping[str, Callable[[str], str]] = {
    "bounce": lambda whom: _l("Bounced: %(whom)s.", whom=whom),
    "block": lambda whom: _l("Blocked: %(whom)s.", whom=whom),
    "defer": lambda whom: _l("Deferred: %(whom)s.", whom=whom),
    "deliver": lambda whom: _l("Delivered: %(whom)s.", whom=whom),
    "unsubscribe": lambda whom: _l("Unsubscribed: %(whom)s.", whom=whom),
    "spamreport": lambda whom: _l("Reported as spam: %(whom)s.", whom=whom),
    "open": lambda whom: _l("Opened: %(whom)s.", whom=whom),
    "click": lambda whom: _l("Clicked: %(whom)s.", whom=whom),
}


class EventForm(Form):
    """An event to simulate."""

    event = TextField(_l("Event"))
    recipient = TextField(
        _l("Recipient"), _l("Leave it empty for all recipients."), render_kw={"list": "recipients"}
    )
    code = TextField(_l("Reason code"))
    reason = TextField(_l("Reason"), _l("The answer of the recipient's server."))
    status = TextField(_l("Status"), _l("Of a bounce or a block, such as 5.1.1."))
    url = TextField(_l("URL"), _l("Of the link that was clicked."))

    def read(self) -> dict[str, Any]:
        """The event, read as the control API reads it; the fields say what is wrong."""
        values: dict[str, Any] = {
            name: text for name, text in self.data.items() if text and name != "csrf_token"
        }
        if values.get("code", "").isdecimal():
            values["code"] = int(values["code"][:9])
        try:
            loaded: dict[str, Any] = EventSchema().load(values)
        except ValidationError as error:
            messages: Any = error.messages
            self.add_errors(messages)
            return {}
        return loaded


def visible_to(visitor: Visitor) -> Any:
    """Which messages a visitor sees, as a condition on them.

    A visitor who manages the account sees its messages and those of its subusers; other visitors
    see the messages that they sent themselves.
    """
    account, login = visitor.principal.account, visitor.principal.login
    if visitor.can_manage and account.is_primary:
        return Message.of_primary(account)
    own = Message.account_id == account.id
    if visitor.can_manage:
        return own
    # A login that was renamed keeps its mail.
    return own & (Message.login_number == login.number)


def find_message(number: int) -> Message:
    """The message of that number; 404 if the visitor may not see it."""
    with current_grid().store.reading():
        # SQLite has no greater numbers.
        condition = (Message.id == min(number, 2**63 - 1)) & visible_to(current_visitor())
        message: Message | None = Message.get_or_none(condition)
    if message is None:
        abort(404)
    return message


@blueprint.get("/messages")
@for_everybody
def index() -> Page:
    """The outbox."""
    filters = {name: request.args.get(name, "") for name in (*_FILTERS, *TimeRange._fields)}
    message_filter = _read_filter(filters)
    if message_filter.is_search:
        blocking.about_to_block()
    with current_grid().store.snapshot():
        messages = outbox.find_newest(message_filter, visible_to(current_visitor()), PAGE + 1)
        outcomes = outbox.summarize_outcomes(messages[:PAGE])
    query: dict[str, Any] = {name: text for name, text in filters.items() if text}
    older = None
    if len(messages) > PAGE:
        older = url_for(".index", **query, before=messages[PAGE - 1].id)
    return render(
        "messages.html",
        messages=messages[:PAGE],
        outcomes=outcomes,
        filters=filters,
        period=TimeRange.from_query(),
        dispositions=DISPOSITIONS,
        older=older,
        newest=url_for(".index", **query),
        is_first="before" not in request.args,
        smtp=current_grid().listeners.get("smtp"),
    )


def _read_filter(filters: dict[str, str]) -> MessageFilter:
    before = request.args.get("before", type=int)
    since, until = TimeRange.from_query().bounds
    return MessageFilter(
        since=since,
        until=until,
        to=filters["to"].strip() or None,
        # As the store has them.
        subject=headers.replace_forbidden(filters["subject"]) or None,
        sender=headers.replace_forbidden(filters["from"]) or None,
        header=headers.replace_forbidden(filters["header"]) or None,
        words=headers.replace_forbidden(filters["words"]) or None,
        disposition=filters["disposition"] or None,
        archived={"yes": True, "no": False}.get(filters["archived"]),
        before=before if before and 0 < before < 2**63 else None,
    )


@blueprint.get("/messages/<int:number>")
@for_everybody
def show(number: int) -> Page:
    """One message, and its outcome at each recipient."""
    return _render_message(find_message(number), EventForm(event="bounce"))


def _render_message(message: Message, form: EventForm) -> Page:
    with current_grid().store.reading():
        recipients, count = Recipient.of(message, MAX_RECIPIENTS), Recipient.count_of(message)
        outcomes = outbox.count_outcomes(message)
    content = reading.read_message(bytes(message.source))
    return render(
        "message.html",
        form,
        message=message,
        content=content,
        part=_find_part(content),
        parts_shown=PARTS,
        worst=next(filter(outcomes.get, WORST_FIRST), ""),
        outcomes=outcomes,
        count=count,
        recipients=recipients,
        more=max(0, count - MAX_RECIPIENTS),
        codes=CODES,
        events=EVENTS,
        labels=json.loads(message.labels_json or "{}"),
        why=REFUSALS.get(message.reason, message.reason),
        can_change=current_visitor().can_manage,
        goes_nowhere=message.disposition in (REFUSED, DROPPED),
    )


def _find_part(content: MessageContent) -> str:
    """Which part of a message is shown: as the address has it, or what a reader would show."""
    wanted = request.args.get("part", "")
    return wanted if wanted in PARTS else "html" if content.has_html else "text"


@blueprint.post("/messages/<int:number>/events")
@for_managers
def simulate(number: int) -> Page:
    """Simulate an event at the recipients of a message."""
    message, form = find_message(number), EventForm()
    event = form.read()
    if not form.errors:
        try:
            affected = delivery_events.simulate(
                current_grid(), number, current_world(), delivery_events.DeliveryEvent(**event)
            )
        except reasons.UnknownMessage:
            abort(404)
        except reasons.WentNowhere:
            form.add_error("", _("The message was refused, so you cannot simulate events for it."))
        except reasons.UnknownRecipient:
            form.add_error("recipient", _("The message has no such recipient."))
        else:
            return flash_and_redirect(_event_text(event["event"], affected), ".show", number=number)
    return _render_message(message, form)


def _event_text(event: str, affected: list[Recipient]) -> str:
    whom = _l("%(count)s recipients", count=len(affected))
    return _EVENTS[event](affected[0].address if len(affected) == 1 else whom)


@blueprint.post("/messages/<int:number>/delete")
@for_managers
def delete(number: int) -> Page:
    """Take a message out of the outbox."""
    message = find_message(number)
    with current_grid().store.writing():
        message.delete_instance()
    return flash_and_redirect(_l("Message %(number)s was deleted.", number=number), ".index")
