"""What SendGrid's v3 says of parameters that are wrong, each sentence with its evidence."""

from collections.abc import Mapping

from legacygrid.registry.evidence import Sentence, inferred

_OURS = inferred("the rule is documented; no source has the words")

MESSAGES: Mapping[str, Sentence] = {
    "required": Sentence("{name} is required", _OURS),
    "unreadable": Sentence("{name} {why}", _OURS),
    "kind": Sentence("{name} must be {kind}", _OURS),
    "long": Sentence("{name} must have {limit} characters at most", _OURS),
    "many": Sentence("{name} must have {most} elements at most", _OURS),
    "hostname": Sentence("{name} must be a hostname", _OURS),
    "array": Sentence("the body must be an array", _OURS),
    "boolean": Sentence("{name} must be true or false", _OURS),
    "direction": Sentence("{name} must be asc or desc", _OURS),
    "ip": Sentence("{name} must be an IP address", _OURS),
    "addresses": Sentence("{name} must be e-mail addresses, with commas between them", _OURS),
    "range": Sentence("{name} must be {least} to {most}", _OURS),
    "unknown": Sentence("{name} must not have {other}", _OURS),
}
