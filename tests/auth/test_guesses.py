"""Guesses through each door: one count, the real words, and no harm to whose password is right."""

import base64
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from emulator import PASSWORD, Reply, Service, World, fresh, guess
from legacygrid.auth.failed_logins import FIRST, OF_LOGIN
from legacygrid.server import wsgi_bridge
from legacygrid.server.fair_queue import FairQueue
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import TryLater, Turn
from posting import Talk, plain
from sessions import Console, text_of

JSON = {"Content-Type": "application/json"}
WRONG = '{"error":{"code":401,"message":"Permission denied, wrong credentials"}}'


@pytest.fixture
def guessed(posted: tuple[Service, int]) -> World:
    """A world whose owner's password is not in memory."""
    return World(posted[0], prefix=f"/~{fresh('world')}", is_known=False)


@pytest.fixture
def port(posted: tuple[Service, int]) -> int:
    return posted[1]


def http(world: World, secret: str, format: str = "json", path: str = "/apiv2/customer.profile") -> Reply:
    return world.service.form(f"{world.prefix}{path}.{format}", api_user=world.name, api_key=secret, task="get")


def basic(world: World, secret: str) -> Reply:
    pair = base64.b64encode(f"{world.name}:{secret}".encode()).decode()
    return world.service.send("GET", f"{world.prefix}/v2/account-info", headers={"Authorization": f"Basic {pair}"})


def cmc(world: World, secret: str) -> Reply:
    body = f'{{"api_user":"{world.name}","api_key":"{secret}"}}'
    return world.service.send("POST", f"{world.prefix}/transaction/v2/bounces/list.json", body, JSON)


def smtp(world: World, port: int, secret: str) -> str:
    with Talk(port) as talk:
        talk.say("EHLO here")
        return talk.say(f"AUTH PLAIN {plain(f'{world.prefix[1:]}/{world.name}', secret)}")


def failures(world: World) -> int:
    """How often the owner's password was wrong."""
    records = world.service.grid.failed_logins._records
    record = records.get((world.prefix.removeprefix("/~"), world.name.casefold()))
    return record.failures if record else 0


def test_all_doors_have_one_count(guessed: World, port: int) -> None:
    with Console(guessed) as console:
        assert console.post("login", name=guessed.name, password="1").status_code == 403
    assert http(guessed, "2").text == WRONG
    assert [basic(guessed, "3").status, cmc(guessed, "4").status] == [401, 401]
    assert smtp(guessed, port, "5").startswith("535 ")
    assert failures(guessed) == 5
    assert http(guessed, PASSWORD).status == 200
    assert failures(guessed) == 5, "others' guesses stay counted"


def test_the_same_guess_counts_once(guessed: World, port: int) -> None:
    for _ in range(OF_LOGIN.free + 1):
        assert http(guessed, "wrong").text == WRONG
    assert smtp(guessed, port, "wrong").startswith("535 ")
    assert failures(guessed) == 1


def test_a_wrong_password_has_the_same_words_later(guessed: World, port: int) -> None:
    at_once = http(guessed, "wrong")
    started = time.monotonic()
    guess(guessed, failures=OF_LOGIN.free)
    later = http(guessed, "another")
    assert time.monotonic() - started >= FIRST
    assert (later.status, later.body) == (at_once.status, at_once.body)


@pytest.mark.parametrize(
    ("ask", "format"),
    [
        (lambda world: http(world, "wrong"), "application/json"),
        (lambda world: http(world, "wrong", "xml"), "text/xml"),
        (lambda world: http(world, "wrong", path="/api/mail.send"), "application/json"),
        (lambda world: basic(world, "wrong"), "application/json; charset=utf-8"),
        (lambda world: cmc(world, "wrong"), "application/json"),
    ],
    ids=["json", "xml", "mail.send", "dotmailer", "cmc"],
)
def test_one_too_many_is_told_when_to_come_again(guessed: World, ask: "object", format: str) -> None:
    guess(guessed)
    reply = ask(guessed)  # type: ignore[operator]
    assert (reply.status, int(reply.headers["Retry-After"]) >= 8) == (429, True)
    assert reply.headers["Content-Type"] == format
    assert "later" in reply.body.decode()


def test_refusals_leave_one_by_one(guessed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever guesses on at once keeps nobody waiting who is let in."""
    guess(guessed)
    monkeypatch.setattr(wsgi_bridge, "PUT_OFF", 0.1)
    started = time.monotonic()
    with ThreadPoolExecutor(4) as clients:
        replies = list(clients.map(http, [guessed] * 4, "abcd"))
    assert [reply.status for reply in replies] == [429] * 4
    assert time.monotonic() - started >= 0.4


def test_one_too_many_by_smtp(guessed: World, port: int) -> None:
    guess(guessed)
    assert smtp(guessed, port, "wrong") == "454 Temporary authentication failure, try again later"


def test_who_was_let_in_before_never_waits(guessed: World, port: int) -> None:
    assert http(guessed, PASSWORD).status == 200
    guess(guessed)
    assert http(guessed, PASSWORD).status == 200
    assert basic(guessed, PASSWORD).status == 200
    assert smtp(guessed, port, PASSWORD).startswith("235 ")
    with Console(guessed) as console:
        assert console.post("login", name=guessed.name, password=PASSWORD).status_code == 303


def test_a_right_password_waits_with_the_guesses_and_is_let_in(guessed: World) -> None:
    guess(guessed, failures=OF_LOGIN.free)
    assert http(guessed, PASSWORD).status == 200
    assert http(guessed, PASSWORD).status == 200


def test_an_unknown_name_is_slowed_as_a_known_one(guessed: World) -> None:
    name = fresh("nobody")
    guess(guessed, name)
    assert guessed.service.form(f"{guessed.prefix}/api/profile.get.json", api_user=name, api_key="x").status == 429


def test_a_reset_forgets(guessed: World) -> None:
    guess(guessed)
    assert http(guessed, "wrong").status == 429
    guessed.service.grid.failed_logins.forget(guessed.prefix.removeprefix("/~"))
    assert http(guessed, "wrong").text == WRONG


# Where no place is free


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody may wait for a hash."""

    def push(self: FairQueue, turn: Turn, place: object) -> None:
        raise TryLater

    with monkeypatch.context() as patched:
        patched.setattr(FairQueue, "push", push)
        yield


@pytest.mark.parametrize("format", ["json", "xml"])
def test_a_full_queue_is_told_in_the_format_that_was_asked_for(guessed: World, full: None, format: str) -> None:
    reply = http(guessed, PASSWORD, format)
    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    assert "Too many log-ins at once, try again later" in reply.text
    assert ("<result>" in reply.text) == (format == "xml")


def test_a_full_queue_by_smtp_and_in_the_console(guessed: World, port: int, full: None) -> None:
    assert smtp(guessed, port, PASSWORD).startswith("454 ")
    with Console(guessed) as console:
        reply = console.post("login", name=guessed.name, password=PASSWORD)
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "1")
    assert "Too many log-ins at once" in text_of(reply)


def test_a_full_queue_keeps_nobody_who_was_let_in_from_writing(
    guessed: World, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sub = guessed.add()
    # As at a cost at which hashes take long.
    monkeypatch.setattr(guessed.service.grid.secrets, "before_making", blocking.about_to_hash)
    with nothing_hashed(monkeypatch):
        assert guessed.call("customer.disable.json", user=sub).status == 200
        assert smtp(guessed, port, PASSWORD).startswith("235 ")
        assert (
            guessed.call("customer.password.json", user=sub, password="new-one-1", confirm_password="new-one-1").status
            == 503
        )


@contextmanager
def nothing_hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(FairQueue, "push", lambda self, turn, place: (_ for _ in ()).throw(TryLater()))
        yield
