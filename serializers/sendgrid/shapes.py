"""How SendGrid's back ends wrote refusals, and what they had in common."""

from legacygrid.registry.evidence import inferred
from legacygrid.serializers.json_types import Literals
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.shapes import Document, RefusalContent, XmlDocument, shaped

#: SMTP2GO's keys have a list of endpoints; SendGrid's of the time had none.
NOT_ON_LIST = inferred(
    "as where the caller may not; keys with a list of endpoints are another system's"
)


@shaped({"message": Literals(("error",)), "errors": [str]})
def errors(refusal: RefusalContent) -> tuple[Document, XmlDocument]:
    """What an action refuses: `{"message":"error","errors":["..."]}`."""
    document = {"message": "error", "errors": refusal.texts}
    return document, document


@shaped({"message": (str, None)})
def bare_message(refusal: RefusalContent) -> tuple[Document, XmlDocument]:
    """`{"message":"..."}`, as printed for some calls."""
    document = {"message": refusal.first_text}
    return document, document


@shaped({"error": str})
def error_text(refusal: RefusalContent) -> tuple[Document, XmlDocument]:
    """What the Python back ends refuse: `{"error": "..."}`; in XML, what the sibling
    reseller.credential printed.
    """
    _, xml = errors(refusal)
    return {"error": "; ".join(refusal.texts)}, xml


@shaped({"errors": [str], "message": Literals(("error",))})
def mail_errors(refusal: RefusalContent) -> tuple[Document, XmlDocument]:
    """What mail.send refuses: `{"errors":["..."],"message":"error"}`, keys sorted since 2015."""
    _, xml = errors(refusal)
    return {"errors": refusal.texts, "message": "error"}, xml


def declaration(profile: Profile) -> str:
    """What XML begins with."""
    if profile.xml_declaration == "none":
        return ""
    return f'<?xml version="1.0" encoding="{profile.xml_declaration}"?>'
