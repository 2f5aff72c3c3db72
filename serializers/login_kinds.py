"""What one system calls its further logins, and how one is added."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LoginKind:
    """The further logins of one system.

    :param name: how the store, seeds and the command line call the kind.
    :param noun: what one of them is called; `add` is the label of the button that adds one.
    :param add_command: the command that adds one; `{name}` stands for its name.
    """

    name: str
    noun: str
    add: str
    add_command: str
