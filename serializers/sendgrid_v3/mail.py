"""The members of mail/send."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import missing

from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3 import mail_messages
from legacygrid.serializers.sendgrid_v3.mail_contents import Bodies, Files, SubjectOfAll
from legacygrid.serializers.sendgrid_v3.mail_fields import (
    MailArray,
    MailNumber,
    MailString,
    TextMap,
    refuse,
)
from legacygrid.serializers.sendgrid_v3.mail_recipients import (
    DYNAMIC,
    MAX_RECIPIENTS,
    MAX_VALUES,
    HeaderMap,
    NamedMailbox,
    Personalizations,
    SenderMailbox,
)
from legacygrid.serializers.sendgrid_v3.mail_settings import (
    MailCategories,
    MailSettings,
    PoolName,
    TrackingSettings,
    UnsubscribeGroup,
)

#: Characters of a template's id that an error repeats.
_SHOWN = 100


def new_mail(profile: Profile) -> Params:
    """mail/send; in the order in which errors were recorded."""
    return {
        "from": SenderMailbox(required=True),
        "personalizations": Personalizations(),
        "reply_to": NamedMailbox(),
        "reply_to_list": ReplyToList(),
        "subject": SubjectOfAll(),
        "content": Bodies(),
        "attachments": Files(),
        "template_id": TemplateId(),
        "sections": TextMap(),
        "headers": HeaderMap(),
        "categories": MailCategories(),
        "custom_args": TextMap(MAX_VALUES),
        "send_at": MailNumber(),
        "batch_id": MailString(),
        "asm": UnsubscribeGroup(),
        "ip_pool_name": PoolName(),
        "mail_settings": MailSettings(),
        "tracking_settings": TrackingSettings(),
    }


class ReplyToList(MailArray):
    """Where answers go, if that is to several."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **mail_messages.MESSAGES,
        "both": mail_messages.BOTH_REPLIES,
    }

    def __init__(self) -> None:
        super().__init__(NamedMailbox(required=True), most=MAX_RECIPIENTS)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The addresses.

        :raises ValidationError: there is `reply_to`, too.
        """
        if value not in (missing, None, []) and (data or {}).get("reply_to"):
            raise self.error("both", str(self.name))
        return super().deserialize(value, attr, data, **kwargs)


class TemplateId(MailString):
    """A template, which the mail is told of: there are none here."""

    def read(self, name: str, value: str) -> str:
        """The id: that of a dynamic template, or a GUID."""
        if value.startswith(DYNAMIC):
            return value
        try:
            uuid.UUID(value)
        except ValueError:
            raise refuse(name, mail_messages.TEMPLATE, given=value[:_SHOWN]) from None
        return value

    def rule(self) -> str:
        """Its two forms."""
        return f"a string that begins with {DYNAMIC}, or a GUID"
