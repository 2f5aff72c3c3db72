"""What dotmailer says of parameters that are wrong, each sentence with its evidence."""

from collections.abc import Mapping

from legacygrid.registry.evidence import Sentence, inferred

_OURS = inferred("the code after it is documented; the words are ours")
_RULE = inferred("the rule is that of dotmailer's support page on API users; the words are ours")

MESSAGES: Mapping[str, Sentence] = {
    "required": Sentence("{label} is required", _OURS),
    "long": Sentence("{label} can only be up to {limit} characters.", _OURS),
    "single": Sentence("{label} can only be a single text", _OURS),
    "unreadable": Sentence("{label} {why}", _OURS),
    "null": Sentence("{label} cannot be null", _OURS),
    "box": Sentence("{label} can only be true or false", _OURS),
    "password-short": Sentence("The password must be at least 8 characters long.", _RULE),
    "password-letters": Sentence(
        "The password must contain at least one digit or non-alphanumeric character.", _RULE
    ),
    "password-address": Sentence("The password cannot contain the email address.", _RULE),
    "password-company": Sentence("The password cannot contain the company name.", _RULE),
    "password-word": Sentence("The password cannot contain the word password.", _RULE),
}
