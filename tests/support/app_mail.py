"""Mail of an account that has apps on."""

from typing import Any

from emulator import World

ADA, BOB = "ada@example.com", "bob@example.com"


def set_up(world: World, name: str, **settings: Any) -> None:
    """Have an app of the account on, with those settings."""
    done = '{"message":"success"}'
    if settings:
        assert world.call("filter.setup.json", name=name, **settings).text == done
    assert world.call("filter.activate.json", name=name).text == done


def by_recipient(world: World) -> dict[str, dict[str, Any]]:
    """The copy of each recipient who has one of their own."""
    whole = [world.admin("GET", f"messages/{each['id']}").json for each in world.outbox()]
    return {each["recipients"][0]["address"]: each for each in whole}
