"""What is said of members of a JSON object that are wrong; all of it is inferred."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "required": "{name} is required",
    "unreadable": "{name} {why}",
    "kind": "{name} must be {kind}",
    "long": "{name} must have {limit} characters at most",
    "range": "{name} must be {least} to {most}",
    "unknown": "{name} must not have {other}",
    "rule": "{name}: {why}",
    "status": "{name} must be one of {known}",
    "no-body": "text_body or html_body is required",
    "twice": "{name} has {header} more than once",
    "base64": "{name} must be Base64",
    "unemulated": "{name} is not emulated",
}
