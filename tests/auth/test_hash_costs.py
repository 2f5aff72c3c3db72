"""Hashes of other costs than the server's: an unknown name does not stand out, and weak ones are renewed."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import bcrypt
import pytest

from emulator import Service, World, fresh
from legacygrid.models import hash_costs, subusers
from legacygrid.models.database import Store
from legacygrid.models.hash_costs import HashCosts
from legacygrid.models.login import Login
from legacygrid.models.lookup import find_login
from legacygrid.models.queries import Compiled
from legacygrid.models.secrets import SCHEME, Secrets
from legacygrid.reasons import StoreUnavailable
from legacygrid.serializers import profiles
from posting import Talk, plain
from sessions import Console

SECRET = "right-password-1"


def hashed(cost: int, scheme: str = SCHEME) -> str:
    """A hash of the secret, without the scheme as PHP makes it."""
    if scheme:
        return Secrets(cost).hash(SECRET)
    return "$2y" + bcrypt.hashpw(SECRET.encode(), bcrypt.gensalt(cost)).decode()[3:]


def add(world: World, secret: str, name: str = "") -> str:
    """A primary account with that hash; its name."""
    name = name or fresh("hashed")
    with world.service.grid.store.writing():
        subusers.open_account(name, secret, world=world.prefix.removeprefix("/~"))
    return name


def stored(world: World, name: str) -> str:
    found = find_login(name, world.prefix.removeprefix("/~"))
    assert found
    return found[0].secret


def cost_of(secret: str) -> int:
    return int(secret.rsplit("$", 2)[1])


def get(world: World, name: str, secret: str = SECRET) -> str:
    """What profile.get answers."""
    return world.service.form(f"{world.prefix}/api/profile.get.json", api_user=name, api_key=secret).text


# An unknown name


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ((), {6: 1.0}),
        (((4, 10),), {4: 1.0}),
        (((4, 1), (10, 1)), {4: 0.5, 10: 0.5}),
        (((4, 900), (5, 90), (12, 10)), {4: 0.9, 5: 0.09, 12: 0.01}),
    ],
    ids=["none", "one", "two", "three"],
)
def test_an_unknown_name_has_each_cost_as_often_as_the_logins(costs: Any, expected: dict[int, float]) -> None:
    secrets = Secrets(6)
    drawn = Counter(cost_of(secrets.decoy(f"name-{number}", costs)) for number in range(20_000))
    for cost, share in expected.items():
        assert abs(drawn[cost] / 20_000 - share) < 0.015
    assert drawn.keys() == expected.keys()
    assert secrets.decoy("ada", costs) == secrets.decoy("ada", costs)


@pytest.mark.parametrize("scheme", [SCHEME, ""], ids=["ours", "php"])
def test_costs_are_those_of_the_world(own_world: World, scheme: str) -> None:
    for cost in (4, 5, 5, 6):
        add(own_world, hashed(cost, scheme))
    costs, name = HashCosts(), own_world.prefix.removeprefix("/~")
    assert costs.of(name) == ()
    costs.count(name)
    costs.count("another")
    # The owner's own is of the server's cost.
    assert (costs.of(name), costs.of("another")) == (((4, 2), (5, 2), (6, 1)), ())


def test_costs_are_counted_again(own_world: World) -> None:
    now = [0.0]
    costs, name = HashCosts(lambda: now[0]), own_world.prefix.removeprefix("/~")
    counts = []
    for seconds in (0.0, 0.5, 2.0):
        now[0] = seconds
        costs.count(name)
        counts.append(costs.of(name))
        add(own_world, hashed(5))
    assert counts == [((4, 1),), ((4, 1),), ((4, 1), (5, 2))]


def test_costs_of_many_are_counted_part_by_part(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # With the owner, five.
    for place, cost in enumerate((4, 4, 5, 6)):
        add(own_world, hashed(cost), f"{place} {fresh('hashed')}")
    monkeypatch.setattr(hash_costs, "PART", 2)
    monkeypatch.setattr(hash_costs, "_COUNT_PART", Compiled(hash_costs._count_part))
    now = [0.0]
    costs, name = HashCosts(lambda: now[0]), own_world.prefix.removeprefix("/~")
    counts = []
    for _ in range(4):
        costs.count(name)
        counts.append(costs.of(name))
    whole = ((4, 3), (5, 1), (6, 1))
    assert counts == [((4, 2),), ((4, 2),), whole, whole]
    add(own_world, hashed(5))
    now[0] = 2.0
    for _ in range(4):
        assert costs.of(name) == whole
        costs.count(name)
    assert costs.of(name) == ((4, 3), (5, 2), (6, 1))


@pytest.mark.parametrize("cost", [5, 6])
def test_a_guess_costs_the_same_for_any_name(own_world: World, cost: int, monkeypatch: pytest.MonkeyPatch) -> None:
    known = add(own_world, hashed(cost))
    with own_world.service.grid.store.writing():
        Login.update(secret=hashed(cost)).where(Login.key == Login.owner_of(own_world.account).key).execute()
    asked: list[int] = []
    monkeypatch.setattr(bcrypt, "checkpw", lambda secret, other: asked.append(cost_of(other.decode())))
    for name in (known, fresh("nobody"), known.upper(), "x" * 1000, own_world.name):
        get(own_world, name, f"wrong for {name}")
    assert asked == [cost] * 5


# A weak hash


@pytest.fixture(scope="module")
def strong(store: Store) -> Any:
    """A server whose hashes cost 5."""
    service = Service(store, profiles.profile("recorded"), bcrypt_cost=5)
    yield service
    service.stop()


@pytest.fixture
def house(strong: Service) -> World:
    return World(strong, prefix=f"/~{fresh('world')}")


@pytest.mark.parametrize("scheme", [SCHEME, ""], ids=["ours", "php"])
def test_a_weak_hash_is_renewed_once_it_is_used(house: World, scheme: str) -> None:
    name = add(house, weak := hashed(4, scheme))
    assert "wrong credentials" in get(house, name, "wrong")
    assert stored(house, name) == weak
    assert f'"username":"{name}"' in get(house, name)
    renewed = stored(house, name)
    assert (renewed[: len(SCHEME)], cost_of(renewed)) == (SCHEME, 5)
    assert f'"username":"{name}"' in get(house, name)
    assert stored(house, name) == renewed
    assert "wrong credentials" in get(house, name, "wrong")


@pytest.mark.parametrize("cost", [5, 6])
def test_a_hash_that_is_not_weak_stays(house: World, cost: int) -> None:
    name = add(house, strong := hashed(cost))
    assert f'"username":"{name}"' in get(house, name)
    assert stored(house, name) == strong


def test_a_session_of_the_console_outlives_it(house: World) -> None:
    name = add(house, hashed(4))
    with Console(house) as console:
        console.enter(name, SECRET)
        assert cost_of(stored(house, name)) == 5
        assert console.is_in()


def test_customer_auth_renews_that_of_a_subuser(house: World) -> None:
    with house.service.grid.store.writing():
        sub = subusers.add(house.account, fresh("sub"), hashed(4)).username
    assert house.call("customer.auth.json", user=sub, password=SECRET).json == {"message": "success"}
    assert cost_of(stored(house, sub)) == 5


def test_many_at_once_are_all_let_in_and_stay(house: World) -> None:
    name = add(house, hashed(4))
    consoles = [Console(house) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda console: console.enter(name, SECRET), consoles))
    assert cost_of(stored(house, name)) == 5
    assert all(console.is_in() for console in consoles)
    for console in consoles:
        console.session.close()


def test_a_store_that_cannot_be_written_to_does_no_harm(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    name = add(house, weak := hashed(4))

    def writing(self: Store, at: float | None = None) -> Any:
        raise StoreUnavailable(hint="attempt to write a readonly database")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "writing", writing)
        assert f'"username":"{name}"' in get(house, name)
        assert f'"username":"{name}"' in get(house, name)
    assert stored(house, name) == weak


def test_a_password_that_changes_meanwhile_stays_changed(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    name, other = add(house, hashed(4)), hashed(5)
    real = Secrets.hash

    def hash_slowly(self: Secrets, secret: str) -> str:
        with house.service.grid.store.writing():
            Login.update(secret=other).where(Login.name == name).execute()
        return real(self, secret)

    monkeypatch.setattr(Secrets, "hash", hash_slowly)
    get(house, name)
    assert stored(house, name) == other


def test_smtp_renews_it_and_sends(posted: tuple[Service, int], monkeypatch: pytest.MonkeyPatch) -> None:
    service, port = posted
    world = World(service, prefix=f"/~{fresh('world')}")
    name = add(world, hashed(4))
    monkeypatch.setattr(service.grid.secrets, "cost", 5)
    with Talk(port) as talk:
        talk.say("EHLO here")
        assert talk.say(f"AUTH PLAIN {plain(f'{world.prefix[1:]}/{name}', SECRET)}").startswith("235 ")
        assert cost_of(stored(world, name)) == 5
        assert talk.say("MAIL FROM:<from@example.com>").startswith("250 ")


def test_a_reset_brings_the_old_hash_back_and_the_password_stays(house: World) -> None:
    name = fresh("seeded")
    seed = {"version": 1, "accounts": [{"username": name, "password_hash": hashed(4), "email": "a@example.com"}]}
    assert house.admin("POST", "seed", seed).status == 200
    for _ in range(2):
        assert f'"username":"{name}"' in get(house, name)
        assert house.admin("POST", "reset").status == 200
