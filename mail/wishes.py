"""What a sender wants to be done to a mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from legacygrid.mail.envelope import SpamReport
from legacygrid.mail.mime.composing import Draft
from legacygrid.mail.mime.effects import Effects
from legacygrid.mail.mime.smtpapi import Instructions
from legacygrid.models.suppression import BLOCK, UNSUBSCRIBE

#: The lists that keep mail back unless its system has others; such mail counts as blocked.
USUAL_LISTS: Mapping[str, str] = {BLOCK: "", UNSUBSCRIBE: ""}


@dataclass(frozen=True)
class Wishes:
    """What shall be done to a mail, by the settings of its sender and by the mail itself.

    :param effects: what is done to all copies alike.
    :param open_link: makes the address of the invisible image from the Message-ID.
    :param personalize: makes of that what is done to one recipient's copy, by the recipient's
        address; with it, each recipient gets a copy of their own.
    :param shares_large: copies that would be too large together are one all the same, for which
        the address is empty.
    :param instructions: SendGrid's X-SMTPAPI: other recipients, and values of each.
    :param hidden_headers: header fields that must not leave, in lower case.
    :param headers: header fields that every copy gets in the place of its own.
    :param copy_to: further recipients of each copy, and their kind.
    :param labels: what the outbox keeps beside the message for its sender.
    :param archived: whether the sender keeps an archive of its mail.
    :param bounce_notifications: where a bounce notice goes: `from`, `drop`, or an address.
    :param drop: why the mail goes to nobody, though it is accepted; empty if it goes.
    :param notice: a notice to the sender about that, and `report`, a post.
    :param lists: the kinds of lists whose addresses get nothing, and why such mail is dropped;
        without a reason, it counts as blocked.
    :param whitelist: the app whose addresses and domains get mail in spite of the lists.
    :param has_events: whether it is told and counted what becomes of it, as SendGrid did.
    :param return_path: the address that takes the place of the envelope's sender, and that each
        copy has as its Return-Path; empty for none.
    """

    effects: Effects = field(default_factory=Effects)
    open_link: Callable[[str], str] | None = None
    personalize: Callable[[Effects, str], Effects] | None = None
    shares_large: bool = False
    instructions: Instructions = field(default_factory=Instructions)
    hidden_headers: tuple[str, ...] = ("bcc",)
    headers: Mapping[str, str] = field(default_factory=dict)
    copy_to: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, Any] = field(default_factory=dict)
    archived: bool = False
    ip_pool: int | None = None
    bounce_notifications: str = "drop"
    drop: str = ""
    notice: Draft | None = None
    report: SpamReport | None = None
    lists: Mapping[str, str] = field(default_factory=lambda: USUAL_LISTS)
    whitelist: str = ""
    has_events: bool = False
    return_path: str = ""
