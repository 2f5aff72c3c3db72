"""Passwords and keys: checked once, at the same cost for everybody, and shown to nobody."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import bcrypt
import pytest

from emulator import NEW, PASSWORD, Service, World, fresh
from engines import change_beside
from legacygrid import grid
from legacygrid.auth.principal import Principal
from legacygrid.config import Settings
from legacygrid.endpoints import SYSTEMS
from legacygrid.models.account import Account
from legacygrid.models.api_key import ApiKey
from legacygrid.models.database import Store
from legacygrid.models.login import OWNER, Login
from legacygrid.models.lookup import find_login
from legacygrid.models.secrets import HASH, MEMO, QUICK, NewSecret, Secrets, key_digest
from legacygrid.serializers import profiles
from legacygrid.serializers.sendgrid.keys import make_key
from legacygrid.wsgi import blocking

COST = 4
SECRET = "correct-horse-battery-staple1"


def plain(secret: bytes) -> str:
    """A hash as PHP's password_hash makes it."""
    return "$2y" + bcrypt.hashpw(secret, bcrypt.gensalt(COST)).decode()[3:]


@pytest.fixture
def secrets() -> Secrets:
    return Secrets(COST, blocking.about_to_block)


@contextmanager
def event_loop() -> Iterator[None]:
    """This thread runs one."""
    blocking.forbid()
    try:
        yield
    finally:
        blocking.allow()


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that bcrypt was asked about, in order."""
    asked: list[str] = []
    real = bcrypt.checkpw

    def checkpw(secret: bytes, stored: bytes) -> bool:
        asked.append(stored.decode())
        return real(secret, stored)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    return asked


def costs(hashes: list[str]) -> list[int]:
    return [int(cost) for stored in hashes for cost in re.findall(r"\$2[aby]\$(\d\d)\$", stored)]


# The memo


@pytest.mark.parametrize("secret", [SECRET, "wrong"])
def test_the_same_question_is_asked_once(secrets: Secrets, checked: list[str], secret: str) -> None:
    stored = secrets.hash(SECRET)
    answers = [secrets.check(stored, secret) for _ in range(3)]
    assert answers == [secret == SECRET] * 3
    assert len(checked) == 1


def test_other_questions_are_asked(secrets: Secrets, checked: list[str]) -> None:
    first, second = secrets.hash(SECRET), secrets.hash(SECRET)
    assert first != second
    assert secrets.check(first, SECRET)
    assert secrets.check(second, SECRET)
    assert not secrets.check(first, "wrong")
    assert not secrets.check(first, SECRET.upper())
    assert len(checked) == 4


@pytest.mark.parametrize("secret", [SECRET, "wrong"])
def test_the_event_loop_has_what_memory_has(secrets: Secrets, secret: str) -> None:
    stored = secrets.hash(SECRET)
    known = secrets.check(stored, secret)
    with event_loop():
        assert secrets.check(stored, secret) is known


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda secrets, stored: secrets.check(stored, SECRET), id="check"),
        pytest.param(lambda secrets, stored: secrets.check(secrets.decoy("nobody"), SECRET), id="decoy"),
        pytest.param(lambda secrets, stored: secrets.hash(SECRET), id="hash"),
    ],
)
def test_the_event_loop_does_not_wait_for_bcrypt(secrets: Secrets, checked: list[str], act: Any) -> None:
    stored = secrets.hash(SECRET)
    with event_loop(), pytest.raises(blocking.WouldBlock):
        act(secrets, stored)
    assert checked == []
    assert secrets.check(stored, SECRET)


@pytest.mark.parametrize(("cost", "lane"), [(QUICK, blocking.Lane.WRITE), (QUICK + 1, blocking.Lane.HASH)])
def test_a_new_hash_that_is_quick_is_made_where_writes_are(store: Store, cost: int, lane: blocking.Lane) -> None:
    """Of whoever was authenticated; the secret that somebody logs in with is checked in its own lane."""
    secrets = grid.make(store, profiles.profile("recorded"), SYSTEMS, cost).secrets
    with event_loop(), pytest.raises(blocking.WouldBlock) as pause:
        secrets.hash(SECRET)
    assert pause.value.lane is lane
    with event_loop(), pytest.raises(blocking.WouldBlock) as pause:
        secrets.check(secrets.decoy("nobody"), SECRET)
    assert pause.value.lane is blocking.Lane.HASH


def test_another_thread_may_wait(secrets: Secrets) -> None:
    found: list[str] = []
    with event_loop():
        elsewhere = threading.Thread(target=lambda: found.append(secrets.hash(SECRET)))
        elsewhere.start()
        elsewhere.join()
    assert len(found) == 1


def test_memory_has_a_bound(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bcrypt, "checkpw", lambda secret, stored: False)
    stored = secrets.decoy("nobody")
    for number in range(MEMO + 10):
        secrets.check(stored, str(number))
    assert len(secrets._memo[False]) == MEMO


# Single flight


def all_at_once(secrets: Secrets, monkeypatch: pytest.MonkeyPatch, threads: int) -> threading.Event:
    """Set once that many threads have found nothing in memory."""
    everybody, waiting = threading.Event(), threading.Semaphore(threads - 1)

    def about_to_block() -> None:
        if not waiting.acquire(blocking=False):
            everybody.set()

    monkeypatch.setattr(secrets, "before_hashing", about_to_block)
    return everybody


def ask_together(secrets: Secrets, stored: str, secret: str, threads: int) -> list[bool]:
    answers: list[bool] = []
    asking = [threading.Thread(target=lambda: answers.append(secrets.check(stored, secret))) for _ in range(threads)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(30)
    return answers


@pytest.mark.parametrize("secret", [SECRET, "wrong"])
def test_sixteen_clients_ask_bcrypt_once(secrets: Secrets, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    stored, calls, real = secrets.hash(SECRET), [], bcrypt.checkpw
    everybody = all_at_once(secrets, monkeypatch, 16)

    def checkpw(given: bytes, hashed: bytes) -> bool:
        calls.append(hashed)
        assert everybody.wait(30)
        return real(given, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    assert ask_together(secrets, stored, secret, 16) == [secret == SECRET] * 16
    assert len(calls) == 1


def test_a_flight_leaves_nothing_behind(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = secrets.hash(SECRET)

    def another_client_is_faster() -> None:
        monkeypatch.setattr(secrets, "before_hashing", lambda: None)
        assert secrets.check(stored, SECRET)

    monkeypatch.setattr(secrets, "before_hashing", another_client_is_faster)
    assert secrets.check(stored, SECRET)
    assert secrets._checking == {}


def test_a_failed_flight_is_flown_again(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    stored, real = secrets.hash(SECRET), bcrypt.checkpw

    def no_memory(given: bytes, hashed: bytes) -> bool:
        raise MemoryError

    monkeypatch.setattr(bcrypt, "checkpw", no_memory)
    with pytest.raises(MemoryError):
        secrets.check(stored, SECRET)
    monkeypatch.setattr(bcrypt, "checkpw", real)
    assert secrets.check(stored, SECRET)


# The cost of being wrong


@pytest.fixture
def own_world(recorded: Service) -> World:
    """An emulator whose owner's password was never checked."""
    return World(recorded, prefix=f"/~{fresh('world')}", is_known=False)


@pytest.fixture
def world(recorded: Service) -> World:
    """The same beside others."""
    return World(recorded, is_known=False)


def attempts(world: World) -> dict[str, dict[str, str]]:
    """Pairs that are wrong, and all look the same from outside."""
    return {
        "wrong secret": {"api_user": world.name, "api_key": "wrong-secret"},
        "unknown name": {"api_user": fresh("nobody"), "api_key": "wrong-secret"},
        "second unknown name": {"api_user": fresh("nobody"), "api_key": "wrong-secret"},
        "right secret of another": {"api_user": fresh("nobody"), "api_key": PASSWORD},
        "long secret": {"api_user": fresh("nobody"), "api_key": "x" * 200},
    }


@pytest.mark.parametrize("format", ["json", "xml"])
def test_wrong_is_wrong_at_one_cost(own_world: World, checked: list[str], format: str) -> None:
    """In a world whose hashes all cost the same."""
    answers = set()
    for what, pair in attempts(own_world).items():
        del checked[:]
        answers.add(own_world.service.form(f"{own_world.prefix}/api/profile.get.{format}", **pair).body)
        assert costs(checked) == [COST], what
    assert len(answers) == 1


def test_asking_again_costs_both_nothing(world: World, checked: list[str]) -> None:
    pairs = attempts(world)
    for pair in pairs.values():
        world.service.form("/api/profile.get.json", **pair)
    del checked[:]
    for pair in pairs.values():
        world.service.form("/api/profile.get.json", **pair)
    assert checked == []


def test_an_unknown_name_is_one_name_in_any_case(world: World, checked: list[str]) -> None:
    name = fresh("Nobody")
    for spelling in (name, name.upper(), name.lower()):
        world.service.form("/api/profile.get.json", api_user=spelling, api_key="wrong-secret")
    assert len(checked) == 1


def test_customer_auth_is_wrong_at_one_cost(own_world: World, checked: list[str]) -> None:
    world, name, other = own_world, own_world.add(), World(own_world.service, own_world.prefix)
    stranger, credential = other.add(), world.credential()
    world.rows()
    answers = set()
    for user in (name, fresh("nobody"), fresh("nobody"), stranger, credential, world.name):
        del checked[:]
        answers.add(world.call("customer.auth.json", user=user, password="wrong-secret").text)
        assert costs(checked) == [COST], user
    assert answers == {'{"message":"error","errors":["Invalid username and\\/or password"]}'}


@pytest.mark.parametrize("length", [1, 72, 73, 200])
def test_a_hash_of_php_costs_the_same(secrets: Secrets, checked: list[str], length: int) -> None:
    assert not secrets.check(plain(SECRET.encode()), "x" * length)
    assert costs(checked) == [COST]


@pytest.mark.parametrize("cost", [4, 5, 10])
def test_a_decoy_is_a_hash_like_any_other(cost: int) -> None:
    secrets = Secrets(cost)
    names = [f"name-{number}" for number in range(200)]
    decoys = [secrets.decoy(name) for name in names]
    assert all(HASH.fullmatch(decoy) for decoy in decoys)
    assert len(set(decoys)) == 200
    assert decoys == [secrets.decoy(name) for name in names]
    assert costs(decoys) == [cost] * 200
    assert decoys[0] != Secrets(cost).decoy(names[0])


def test_bcrypt_takes_every_decoy(secrets: Secrets) -> None:
    assert not any(secrets.check(secrets.decoy(f"name-{number}"), SECRET) for number in range(200))


# Long and strange secrets

SHARED = "a1" * 36


@pytest.mark.parametrize(
    ("secret", "other"),
    [
        pytest.param("a1" * 64, "a1" * 63 + "a2", id="128 characters"),
        pytest.param(SHARED + "b", SHARED + "c", id="73 bytes"),
        pytest.param(SHARED, SHARED[:-1] + "2", id="72 bytes"),
        pytest.param("🙂" * 128, "🙂" * 127 + "🙃", id="512 bytes"),
        pytest.param("päss wörd\t1", "pass word\t1", id="umlauts"),
        pytest.param(" secret ", "secret", id="spaces"),
        pytest.param("&=+%41<>\"'", "&= A<>\"'", id="escapes"),
    ],
)
def test_all_of_a_password_counts(world: World, secret: str, other: str) -> None:
    name = world.add(password=secret, confirm_password=secret)
    assert world.call("customer.auth.json", user=name, password=secret).json == {"message": "success"}
    assert world.call("customer.auth.json", user=name, password=other).json["message"] == "error"
    assert world.service.form("/api/profile.get.json", api_user=name, api_key=secret).json[0]["username"] == name


def test_129_characters_are_too_many(world: World) -> None:
    secret = "a1" * 64 + "b"
    given = NEW | {"username": fresh(), "password": secret, "confirm_password": secret}
    reply = world.call("customer.add.json", **given)
    assert reply.json["errors"] == ["Password can only be between 6 and 128 characters."]


@pytest.mark.parametrize(
    ("hashed", "given", "is_right"),
    [
        (SECRET.encode(), SECRET, True),
        (SECRET.encode(), SECRET + "x", False),
        ("pässword".encode(), "pässword", True),
        (b"x" * 72, "x" * 72, True),
        (b"x" * 72, "x" * 73, True),
        (b"x" * 72, "x" * 71, False),
        (b"x", "x\0y", False),
        (b"x", "\udcff", False),
    ],
)
def test_a_hash_of_php(secrets: Secrets, hashed: bytes, given: str, is_right: bool) -> None:
    assert secrets.check(plain(hashed), given) is is_right


def test_hashes_differ_and_fit_their_pattern(secrets: Secrets) -> None:
    hashes = [secrets.hash(SECRET) for _ in range(3)]
    assert len(set(hashes)) == 3
    assert all(HASH.fullmatch(hashed) and hashed.startswith("bcrypt_sha256$$2b$04$") for hashed in hashes)


# Changes


def profile_of(world: World, name: str, secret: str) -> str:
    return world.service.form("/api/profile.get.json", api_user=name, api_key=secret).text


def test_a_changed_password_counts_at_once(world: World) -> None:
    name = world.add(password="first-secret1", confirm_password="first-secret1")
    for old, new in (("first-secret1", "second-secret2"), ("second-secret2", "first-secret1")):
        assert name in profile_of(world, name, old)
        world.call("customer.password.json", user=name, password=new, confirm_password=new)
        assert "wrong credentials" in profile_of(world, name, old)
        assert name in profile_of(world, name, new)


def test_a_password_changed_by_another_process_counts_at_once(world: World) -> None:
    name = world.add(password="first-secret1", confirm_password="first-secret1")
    assert name in profile_of(world, name, "first-secret1")
    assert "wrong credentials" in profile_of(world, name, "second-secret2")
    sql = "UPDATE login SET secret = ? WHERE name = ?"
    assert change_beside(world.service.grid.store, sql, plain(b"second-secret2"), name) == 1
    assert "wrong credentials" in profile_of(world, name, "first-secret1")
    assert name in profile_of(world, name, "second-secret2")


def test_a_removed_login_is_dead_at_once_and_its_name_free(world: World) -> None:
    name = world.add(password="first-secret1", confirm_password="first-secret1")
    assert name in profile_of(world, name, "first-secret1")
    world.call("customer.delete.json", user=name)
    assert "wrong credentials" in profile_of(world, name, "first-secret1")
    world.add(name, password="second-secret2", confirm_password="second-secret2")
    assert "wrong credentials" in profile_of(world, name, "first-secret1")
    assert name in profile_of(world, name, "second-secret2")


# What shows


def shown(thing: object) -> str:
    return f"{thing!r} {thing!s} {thing} {[thing]} {thing:}"


def test_settings_show_no_secret() -> None:
    secret = {
        "accounts": (("ada", SECRET),),
        "keys": (("ada", "SG.some-key"),),
        "admin_token": SECRET,
        "relay_password": SECRET,
        "database": f"postgresql://ada:{SECRET}@localhost/legacygrid",
    }
    settings = Settings(**secret)
    assert "recorded" in shown(settings)
    assert SECRET not in shown(settings)
    assert "SG.some-key" not in shown(settings)
    assert {field.name for field in fields(Settings) if not field.repr} == secret.keys()


@pytest.mark.parametrize(
    "thing",
    [
        NewSecret(SECRET),
        Login(key="ada", name="ada", secret=SECRET),
        Principal(Login(key="ada", name="ada", secret=SECRET), Account(id=1)),
        ApiKey(id=1, label="label", digest=SECRET),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_nothing_that_has_a_secret_shows_it(thing: object) -> None:
    assert SECRET not in shown(thing)


def test_what_is_found_shows_no_hash(world: World) -> None:
    found = find_login(world.name)
    assert found is not None
    assert found[0].kind == OWNER
    assert found[0].secret not in shown(found)
    assert found[0].secret not in shown(world.service.grid)


def test_secrets_show_neither_key_nor_memory(secrets: Secrets) -> None:
    stored = secrets.hash(SECRET)
    secrets.check(stored, SECRET)
    assert not any(word in shown(secrets) for word in (SECRET, stored, repr(secrets._key)))


def test_a_new_secret_equals_its_like() -> None:
    assert NewSecret(SECRET) == NewSecret(SECRET)
    assert len({NewSecret(SECRET), NewSecret(SECRET), NewSecret("other")}) == 2
    assert NewSecret(SECRET) != SECRET


def test_only_the_digest_of_a_key_is_stored(world: World) -> None:
    key = make_key()
    with world.service.grid.store.writing():
        ApiKey.create(account=world.account, label="mine", digest=key_digest(key))
    (stored,) = ApiKey.select().where(ApiKey.account == world.account).dicts()
    assert key not in str(stored)
    assert key not in shown(ApiKey.get_by_id(stored["id"]))
