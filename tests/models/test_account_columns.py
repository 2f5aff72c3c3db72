"""Nothing that is stored of an account gets lost on the way through an export."""

from emulator import World
from legacygrid.models.account import OWN, Account

#: What is the store's own, or stands elsewhere in a document: the names, the tree, the mail domain of a subuser.
ELSEWHERE = {"id", "parent", "world", "username", "mail_domain", "seal", "time_zone"}


def test_every_column_is_in_an_export_or_left_out_on_purpose() -> None:
    assert set(OWN) | ELSEWHERE == set(Account._meta.fields)
    assert not set(OWN) & ELSEWHERE


def test_an_export_can_be_seeded(own_world: World) -> None:
    own_world.add()
    state = own_world.admin("GET", "state").json
    (account,) = [each for each in state["accounts"] if each["username"] == own_world.name]
    assert set(OWN) <= set(account)
    assert set(OWN) <= set(account["subusers"][0])
    assert own_world.admin("PUT", "state", state).json["added"] == 2
    assert own_world.admin("GET", "state").json == state
