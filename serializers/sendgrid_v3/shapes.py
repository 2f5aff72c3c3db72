"""How SendGrid's v3 writes refusals."""

from legacygrid.registry.evidence import Evidence
from legacygrid.serializers.dialects import Saying
from legacygrid.serializers.shapes import Document, RefusalContent, shaped

OPENAPI = "twilio/sendgrid-oai of January 2026"


@shaped({"errors": [{"field": (str, None), "message": (str, None)}]})
def errors(refusal: RefusalContent) -> tuple[Document, Document]:
    """`{"errors":[{"field":null,"message":"..."}]}`."""
    found = [{"field": each.field or None, "message": str(each.text)} for each in refusal.problems]
    document = {"errors": found or [{"field": None, "message": refusal.text}]}
    return document, document


@shaped({"errors": [{"message": str}]})
def messages(refusal: RefusalContent) -> tuple[Document, Document]:
    """The same without fields: `{"errors":[{"message":"..."}]}`."""
    document: Document = {"errors": [{"message": text} for text in refusal.texts]}
    return document, document


def saying(code: int, text: str | None, evidence: Evidence) -> Saying:
    """What the management calls say of a reason."""
    return Saying(code, text, evidence, errors, always=True)


def bare_saying(code: int, text: str | None, evidence: Evidence) -> Saying:
    """The same by calls that name no field."""
    return Saying(code, text, evidence, messages, always=True)
