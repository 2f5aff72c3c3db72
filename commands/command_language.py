"""The language of the code that is shown to somebody who runs a command."""

import re
from collections.abc import Sequence
from pathlib import PurePath

#: What is said of a language where nothing tells it.
USUAL = "python"
_RUNNERS = (
    ("php", re.compile(r"php\d*(?:\.\d+)*|phpunit|composer|artisan|pest")),
    ("ruby", re.compile(r"ruby\d*(?:\.\d+)*|bundle|rake|rspec|rails|j?irb|jruby")),
    ("node", re.compile(r"node(?:js)?|npm|npx|yarn|pnpm|bun|deno|jest|mocha|vitest|tsx|ts-node")),
    ("python", re.compile(r"python\d*(?:\.\d+)*|pypy\d*|pytest|uv|poetry|tox|nox|django-admin")),
    ("curl", re.compile(r"(?:ba|da|z|k)?sh|curl")),
)
_ENDINGS = {
    ".php": "php",
    ".phar": "php",
    ".rb": "ruby",
    ".py": "python",
    ".sh": "curl",
    **dict.fromkeys((".js", ".mjs", ".cjs", ".ts"), "node"),
}


def language_of_command(words: Sequence[str]) -> str:
    """The language of a program, by the first word of its command that tells one: `php old.php`,
    `env A=b ./old.rb`; that of a script before that of the shell that starts it.
    """
    names = [PurePath(word).name.lower() for text in words for word in text.split()]
    endings = (_ENDINGS.get(PurePath(name).suffix) for name in names)
    runners = (known for name in names for known, pattern in _RUNNERS if pattern.fullmatch(name))
    found = [*runners, *filter(None, endings)]
    return next((each for each in found if each != "curl"), next(iter(found), USUAL))
