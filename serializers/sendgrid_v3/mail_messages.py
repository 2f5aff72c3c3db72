"""What mail/send says of a mail that is wrong: each sentence with its evidence."""

from collections.abc import Mapping

from legacygrid.registry.evidence import Evidence, Sentence, inferred, recorded

ANSWERED = recorded("the answer that a comment in a Swift client quotes, November 2017")
#: The vendor had a page of these errors; it is not stored, so neither are its words.
_AFTER_PAGE = inferred("the vendor's page of these errors has such a rule; worded after it")
_OURS = inferred("the document has the rule; the words are ours")


def _say(text: str, evidence: Evidence = _OURS) -> Sentence:
    return Sentence(text, evidence)


#: Of all kinds of members; `{place}` is the last name of where it stands.
MESSAGES: Mapping[str, Sentence] = {
    "required": _say("The {place} parameter is required."),
    "kind": _say("The {place} parameter must be {kind}."),
    "unreadable": _say("The {place} parameter {why}."),
    "range": _say("The {place} parameter must be {least} to {most}."),
    "long": _say("The {place} parameter must not exceed {limit} characters."),
    "many": _say("The {place} parameter must not have more than {most} elements."),
}
ADDRESS = _say("Does not contain a valid address.", ANSWERED)
SENDER = _say("The from email does not contain a valid address.", ANSWERED)
NO_SENDER = _say(
    "The from object must be provided for every email send. It is an object that requires the"
    ' email parameter, but may also contain a name parameter. e.g. {{"email" :'
    ' "example@example.com"}} or {{"email" : "example@example.com", "name" : "Example'
    ' Recipient"}}.',
    _AFTER_PAGE,
)
NO_PERSONALIZATION = _say(
    "The personalizations field is required and must have at least one personalization.",
    _AFTER_PAGE,
)
MANY_PERSONALIZATIONS = _say(
    "The personalizations block is limited to {most} personalizations per API request.",
    _AFTER_PAGE,
)
NO_RECIPIENT = _say(
    "The to array is required for all personalization objects, and must have at least one email"
    " object with a valid email address.",
    _AFTER_PAGE,
)
MANY_RECIPIENTS = _say(
    "You have more than {most} recipients in your personalizations.", _AFTER_PAGE
)
TWICE = _say(
    "Each email address in the personalization block should be unique between to, cc, and bcc. We"
    " found the first duplicate instance of [{address}] in the {place} field.",
    _AFTER_PAGE,
)
NO_SUBJECT = _say(
    "The subject is required. You can get around this requirement if you use a template with a"
    " subject defined or if every personalization has a subject defined.",
    _AFTER_PAGE,
)
NO_CONTENT = _say(
    "Unless a valid template_id is provided, the content parameter is required. There must be at"
    " least one defined content block. We typically suggest both text/plain and text/html blocks"
    " are included, but only one block is required.",
    _AFTER_PAGE,
)
EMPTY = _say("The content {place} must be a string at least one character in length.", _AFTER_PAGE)
CONTENT_ORDER = _say(
    "If present, text/plain must be first, followed by text/html, followed by any other content.",
    _AFTER_PAGE,
)
CONTENT_TWICE = _say("If present, text/plain and text/html may only be provided once.", _AFTER_PAGE)
CONTENT_TYPE = _say("The content type must look like text/plain.")
NOT_BASE64 = _say("The attachment content must be base64 encoded.", _AFTER_PAGE)
DISPOSITION = _say(
    'The disposition of your attachment can be either "inline" or "attachment".', _AFTER_PAGE
)
CONTENT_ID = _say(
    "The content_id of the attachment cannot contain ';', spaces, or CRLF characters, and must be"
    " at least one character long.",
    _AFTER_PAGE,
)
FILE_TYPE = _say("The type of the attachment must look like image/png.")
TEMPLATE = _say("The template_id must be a valid GUID, you provided '{given}'.", _AFTER_PAGE)
DYNAMIC = _say("Substitutions may not be used with dynamic templating", _AFTER_PAGE)
RESERVED = _say("The header {place} is reserved and cannot be used.")
HEADER_NAME = _say("The name of a header must consist of printable ASCII without spaces or colons.")
HEADER_VALUE = _say("The value of a header must be a single line.")
TEXT_VALUE = _say("The value of {place} must be a string.")
LARGE = _say("The {place} parameter must not exceed {most} bytes.")
CATEGORY = _say("A category must not exceed {most} characters.")
CATEGORY_TWICE = _say("The categories must be unique.")
LATE = _say("Scheduling more than {hours} hours in advance is forbidden.")
BATCH = _say("The batch_id provided is not valid.")
POOL = _say("The ip_pool_name must have {least} to {most} characters.")
BYPASSES = _say("bypass_list_management cannot be combined with other bypass filters.")
BOTH_REPLIES = _say("reply_to and reply_to_list cannot be used together.")
LARGE_MAILS = _say("The messages of all personalizations are more than {most} bytes together.")


#: All that is said of single members, beside `MESSAGES`.
SENTENCES = tuple(each for each in tuple(globals().values()) if isinstance(each, Sentence))
