"""How the tests log in by SMTP, and what they send then."""

from typing import Any

from emulator import World, fresh
from legacygrid.models import credentials
from posting import Talk

SECRET = "login-secret1"
SENDER = "250 Sender address accepted"
RESET = "250 I remember nothing."
WRONG = "535 Authentication failed: Bad username / password"
END = b"\r\n.\r\n"
MAIL = "MAIL FROM:<from@example.com>"
TEXT = b"From: Ada <ada@example.com>\r\nTo: to@example.com\r\nSubject: one\r\n\r\ntext" + END


def login(world: World, **columns: Any) -> str:
    """A further login; its name."""
    name = fresh("login")
    grid = world.service.grid
    with grid.store.writing():
        credentials.add(world.account, name, grid.secrets.hash(SECRET), **columns)
    return name


def said(talk: Talk, name: str, secret: str = SECRET) -> str:
    """The reply to AUTH; if it lets in, to MAIL."""
    try:
        talk.enter(name, secret)
    except AssertionError as error:
        return str(error).partition("\n")[0]
    return talk.say(MAIL)
