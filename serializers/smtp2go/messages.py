"""What SMTP2GO says of members of a JSON object that are wrong, each sentence with its evidence."""

from collections.abc import Mapping

from legacygrid.registry.evidence import Sentence, documented, inferred

_OURS = inferred("which member is wrong has a place in its answers; the words are ours")
_RULE = inferred("the rule is documented; the words are ours")

#: Addresses that each of to, cc and bcc has at most; documented.
MOST_ADDRESSES = 100

MESSAGES: Mapping[str, Sentence] = {
    "required": Sentence("{name} is required", _OURS),
    "unreadable": Sentence("{name} {why}", _OURS),
    "kind": Sentence("{name} must be {kind}", _OURS),
    "long": Sentence("{name} must have {limit} characters at most", _OURS),
    "many": Sentence("{name} must have {most} elements at most", _RULE),
    "range": Sentence("{name} must be {least} to {most}", _OURS),
    "unknown": Sentence("{name} must not have {other}", _OURS),
    "rule": Sentence("{name}: {why}", _OURS),
    "spaces": Sentence("cannot begin or end with a space", _OURS),
    "destination": Sentence("must be from, drop or a valid email address", _RULE),
    "status": Sentence("{name} must be one of {known}", _OURS),
    "no-body": Sentence("text_body or html_body is required", _OURS),
    "address": Sentence(
        "The field '{field}' was expecting a valid RFC-822 formatted email field but found"
        " '{found}', Please correct your JSON payload and try again.",
        documented("developers.smtp2go.com, Send an email; the vendor's plugin looks for it"),
    ),
    "twice": Sentence("{name} has {header} more than once", _OURS),
    "base64": Sentence("{name} must be Base64", _OURS),
    "unemulated": Sentence("{name} is not emulated", _OURS),
    "name-length": Sentence("The name can only be between 5 and 100 characters.", _RULE),
    "name-letters": Sentence("The name can only have letters, digits, and . _ - @.", _RULE),
    "name-reserved": Sentence("The name cannot be {reserved}.", _OURS),
    "password-entropy": Sentence(
        "The password must have an entropy of at least {bits} bits.", _RULE
    ),
    "password-control": Sentence("The password must not contain control characters.", _OURS),
}
