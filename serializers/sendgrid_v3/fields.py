"""The kinds of parameters of SendGrid's v3: values of a JSON body, each of one type."""

from legacygrid.serializers import json_fields
from legacygrid.serializers.sendgrid_v3.messages import MESSAGES


class BodyText(json_fields.String):
    """A text."""

    messages = MESSAGES
