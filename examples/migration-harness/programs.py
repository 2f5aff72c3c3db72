"""What the program does with its subusers, whichever client it has.

python programs.py v2
python programs.py v3
"""

import os
import sys
from contextlib import suppress

from subusers_v2 import Refused, SubusersV2
from subusers_v3 import SubusersV3

PASSWORD = "Secret-pw-1"


def old(world):
    """The client of v2, for a world of Legacygrid."""
    return SubusersV2(world.account, world.key, world.url)


def new(world, kind=SubusersV3):
    """The client of v3, or one with a slip in it."""
    return kind(world.api_key, world.url)


#: How each call of v2 is made by a client's methods.
CALLS = {
    "customer.add": lambda client, call: client.add(call["username"], call["email"], PASSWORD),
    "customer.delete": lambda client, call: client.delete(call["user"]),
    "customer.disable": lambda client, call: client.disable(call["user"]),
    "customer.enable": lambda client, call: client.enable(call["user"]),
    "customer.website_enable": lambda client, call: client.open_website(call["user"], True),
    "customer.website_disable": lambda client, call: client.open_website(call["user"], False),
    "customer.profile set": lambda client, call: client.describe(
        call["user"], **{name: call[name] for name in call if name not in ("user", "task")}
    ),
    "customer.profile setUsername": lambda client, call: client.rename(
        call["user"], call["username"], "Example & Sons"
    ),
    "customer.limit total": lambda client, call: client.limit(call["user"], int(call["credits"])),
    "customer.limit increment": lambda client, call: client.give_credits(
        call["user"], int(call["credits"])
    ),
    "customer.limit decrement": lambda client, call: client.take_credits(
        call["user"], int(call["credits"])
    ),
}


def play(client, calls):
    """Make calls by a client, as a program does that goes on when one is refused."""
    for call in calls:
        name = f"{call.operation} {call.task}".strip()
        with suppress(Refused):
            CALLS[name](client, call.params)


def walk(client, ips=("192.0.2.33",)):
    """Every method once, with what a port gets wrong most easily."""
    for number in range(12):
        client.add(f"shop-{number}", f"shop-{number}@example.com", PASSWORD, ips)
    client.disable("shop-1")
    client.open_website("shop-2", False)
    client.describe("shop-3", city="London")
    client.rename("shop-4", "store-4", "Store 4")
    client.limit("shop-5", 100)
    client.take_credits("shop-5", 40)
    client.give_credits("shop-5", 5)
    client.add_login("reports", PASSWORD, {"web": 0})
    client.add_login("robot", PASSWORD, {"api": 0, "web": 0})
    client.change_login("robot", {"api": 1})
    everybody = ["ada@example.com", "bob@example.com"]
    client.send("shop-6", PASSWORD, everybody, "Together", "Hello, all of you.")
    client.send("shop-7", PASSWORD, everybody, "Apart", "Hello, you.", apart=True)
    client.delete("shop-8")
    client.enable("shop-1")
    client.disable_all()


if __name__ == "__main__":
    if sys.argv[1:] == ["v2"]:
        walk(SubusersV2("acme", os.environ["SENDGRID_PASSWORD"]))
    elif sys.argv[1:] == ["v3"]:
        walk(SubusersV3(os.environ["SENDGRID_API_KEY"]))
    else:
        sys.exit(__doc__)
