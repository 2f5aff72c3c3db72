"""What the emulator hints at, in the words of a command that runs a program with one of its own."""

import re

#: What the emulator says is to be done to a store, by what options of such a command do the same.
_INSTEAD = (
    # Of a store in memory, there are two ways.
    (re.compile(r"start with (?P<way>--account .+|--key .+|`.+), or POST .*$"), r"\g<way>"),
    (
        re.compile(r"legacygrid account add (?P<name>\S.*?)(?: --database .*)?$"),
        r"--account \g<name>:PASSWORD",
    ),
    (re.compile(r"legacygrid key add ACCOUNT\b.*$"), "--key ACCOUNT:KEY"),
    (
        re.compile(r"legacygrid login (?:add|edit)\b.*$"),
        "`credentials` of its account, in a file of --seed",
    ),
    (
        re.compile(r"legacygrid domain add\b.*$"),
        "`mail_domains` of its account, in a file of --seed",
    ),
)


def in_words_of_a_run(hint: str) -> str:
    """A hint of an emulator that lives no longer than a program: to add something to a store would
    come too late.
    """
    for said, instead in _INSTEAD:
        hint = said.sub(instead, hint)
    return hint
