"""What is hidden in the lines that programs print: secrets, as reports of builds are public."""

import re

_VALUES = re.compile(r"((?:api_key|password|passwd)['\"]?\s*(?:=>?|:)\s*['\"]?)[^&\s'\",)]+", re.I)
_KEYS = re.compile(r"\bSG\.[\w.-]+|(?<=Bearer )\S+|(?<=://)[^/@\s]+(?=@)")
_HIDDEN = "***"


def hide_secrets(text: str) -> str:
    """A text without keys of SendGrid, log-ins in URLs, and what is called a key or a password."""
    return _KEYS.sub(_HIDDEN, _VALUES.sub(rf"\1{_HIDDEN}", text))
