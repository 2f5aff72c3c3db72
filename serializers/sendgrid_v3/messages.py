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
    "range": Sentence("{name} must be {least} to {most}", _OURS),
    "unknown": Sentence("{name} must not have {other}", _OURS),
}
