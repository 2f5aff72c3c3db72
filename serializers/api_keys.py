"""What the API keys of one system look like, and how clients send them."""

from collections.abc import Callable
from typing import NamedTuple


class KeyKind(NamedTuple):
    """The API keys of one system.

    :param make: makes a key as the real service did.
    :param noun: what one is called, with its article; `looks` says what one looks like.
    :param usage: how a client sends one, as pieces of text and code in turn.
    :param trial: a command that tries one, `{root}` for the emulator's URL and `{key}` for the key.
    """

    make: Callable[[], str]
    noun: str
    looks: str
    usage: tuple[str, ...]
    trial: str
