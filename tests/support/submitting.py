"""Mail of bytes that no client sends, as an account submits it."""

from emulator import World
from legacygrid.auth.principal import Principal
from legacygrid.mail.envelope import IncomingMail
from legacygrid.mail.submission import Submission
from legacygrid.models.lookup import find_login


def sent(world: World, raw: bytes, *recipients: str) -> int:
    """A mail of the account whose bytes are these; its number."""
    found = find_login(world.name, world.account.world)
    assert found
    submission = Submission(world.service.grid, Principal(*found), "http://127.0.0.1/")
    incoming = IncomingMail("acme@example.com", recipients or ("ada@example.com",), raw, "http", "mail.send")
    return submission.accept(incoming)[0]
