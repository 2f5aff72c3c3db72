"""Several servers, with several workers each, over one store: whichever answers, all is as with one."""

import signal
import smtplib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from emulator import PASSWORD, fresh
from engines import make_schema
from estates import OWNER, Estate, serving
from postgres_server import PostgresServer
from receiver import Receiver, receiving
from sessions import Console
from wire import fields, request, wait_until

SUCCESS = {"message": "success"}
pytestmark = [pytest.mark.waits, pytest.mark.takes(30)]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Two workers on a file; on PostgreSQL two servers with two workers each."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        with serving(folder, f"sqlite:///{folder}/store.db", 1, 2) as estate:
            yield estate
        return
    url = make_schema(request.getfixturevalue("postgres").url)
    with serving(folder, url, 2, 2) as estate:
        yield estate


@pytest.fixture
def world(servers: Estate) -> Estate:
    return servers.world()


def test_a_reset_acts_everywhere_before_it_answers(world: Estate) -> None:
    for _ in range(10):
        assert world.add(fresh()).json == SUCCESS
        assert len(world.names()) == 1
        assert world.admin("POST", "reset", {}).status == 200
        assert world.names() == set()


def test_a_state_is_there_everywhere_before_its_answer(world: Estate) -> None:
    for number in range(10):
        subuser = {"username": f"sub{number}", "password": "somepass1", "email": "sub@example.com"}
        account = {"username": OWNER, "password": PASSWORD, "email": "acme@example.com", "subusers": [subuser]}
        assert world.admin("PUT", "state", {"version": 1, "accounts": [account]}).status == 200
        assert world.names() == {f"sub{number}"}
    assert "sub9" in world.admin("GET", "state").text


def test_a_fault_is_triggered_as_often_as_ordered(world: Estate) -> None:
    for times in (1, 3):
        ordered = world.admin(
            "POST", "faults", {"operation": "profile.get", "times": times, "status": 500, "body": "no"}
        )
        assert ordered.status == 201, ordered.text
        assert [world.call("profile.get").status for _ in range(6)] == [500] * times + [200] * (6 - times)
        assert len(world.journal("outcome=fault")) == times
        (told,) = world.admin("GET", "faults").json["faults"]
        assert (told["id"], told["fired"]) == (ordered.json["id"], times)
        assert world.admin("POST", "reset", {"only": ["faults", "requests"]}).status == 200
    assert [world.call("profile.get").status for _ in range(4)] == [200] * 4


def test_all_threads_together_trigger_it_as_often(world: Estate) -> None:
    world.admin("POST", "faults", {"operation": "profile.get", "times": 10, "status": 503, "body": "busy"})
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: world.call("profile.get").status, range(60)))
    assert sorted(answers) == [200] * 50 + [503] * 10


def test_a_fault_that_nothing_can_be_done_by_waits_for_the_next_call(world: Estate) -> None:
    world.admin("POST", "faults", {"operation": "profile.get", "times": 1, "truncate": 3})
    head = request("HEAD", f"{world.prefix}/api/profile.get.json?api_user={OWNER}&api_key={PASSWORD}")
    assert [world.send(head, bodiless=True).status for _ in range(4)] == [200] * 4
    (told,) = world.admin("GET", "faults").json["faults"]
    assert (told["fired"], told["missed"]) == (0, 4)


def test_a_fault_of_smtp_too(servers: Estate) -> None:
    servers.admin("POST", "faults", {"operation": "smtp", "task": "MAIL", "times": 3, "status": 451, "body": "later"})
    codes = [greet_by_smtp(each.smtp_port) for each in [*servers.servers * 8][:8]]
    assert sorted(codes) == [250] * 5 + [451] * 3
    assert [each["outcome"] for each in servers.journal("operation=smtp&task=MAIL")].count("fault") == 3
    servers.admin("POST", "reset", {"only": ["faults", "requests"]})


def greet_by_smtp(port: int) -> int:
    """What a log-in and MAIL FROM come to."""
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.login(OWNER, PASSWORD)
        return client.mail("bob@example.com")[0]


def test_the_clock_is_set_everywhere_before_the_answer(world: Estate) -> None:
    for year in (2013, 2014, 2015):
        assert world.admin("PUT", "clock", {"frozen": f"{year}-01-21T10:00:00Z"}).status == 200
        for _ in range(4):
            world.call("bounces.get")
            assert world.admin("GET", "clock").json["now"].startswith(f"{year}-01-21T10:00:00")
        assert {each["time"][:4] for each in world.journal("operation=bounces.get")} == {str(year)}
        assert world.admin("POST", "reset", {"only": ["requests", "clock"]}).status == 200


def test_the_journal_has_all_calls_in_their_order(world: Estate) -> None:
    names = [fresh("order") for _ in range(40)]
    for name in names:
        world.call("customer.delete", user=name)
    calls = world.journal("operation=customer.delete")
    assert [call["params"]["user"] for call in calls] == names
    numbers = [call["id"] for call in calls]
    assert numbers == sorted(set(numbers))
    half = world.journal(f"operation=customer.delete&after={numbers[19]}")
    assert [call["id"] for call in half] == numbers[20:]
    assert world.admin("GET", f"requests/{numbers[7]}").json["params"]["user"] == names[7]
    wanted = {"operation": "customer.delete", "params": {"user": names[3]}}
    assert world.admin("POST", "requests/count", wanted).json == {"count": 1}
    assert world.admin("DELETE", "requests").json["removed"] >= 40
    assert world.journal("operation=customer.delete") == []


def test_who_waits_for_a_call_or_mail_is_told(world: Estate) -> None:
    with ThreadPoolExecutor(8) as people:
        for _ in range(3):
            call = people.submit(world.admin, "GET", "requests?operation=mail.send&wait=20s")
            mail = people.submit(world.admin, "GET", "messages?subject=Wanted&wait=20s")
            time.sleep(0.1)
            begin = time.monotonic()
            send(world, subject="Wanted")
            assert call.result().json["requests"]
            assert mail.result().json["messages"]
            assert time.monotonic() - begin < 5
            world.admin("POST", "reset", {"only": ["messages", "requests"]})


def send(world: Estate, **params: str) -> None:
    mail = {"to": "ada@example.com", "from": "bob@example.com", "subject": "Hello", "text": "Hi"} | params
    assert world.call("mail.send", **mail).json == SUCCESS


def test_worlds_are_kept_apart_and_end_everywhere(servers: Estate) -> None:
    one, other = servers.world(), servers.world()
    one.add("same")
    assert (one.names(), other.names()) == ({"same"}, set())
    one.admin("POST", "faults", {"operation": "profile.get", "status": 500, "body": "no"})
    assert [other.call("profile.get").status for _ in range(4)] == [200] * 4
    assert one.admin("DELETE", "state").status == 200
    assert [one.call("profile.get").json["error"]["code"] for _ in range(4)] == [401] * 4


def test_events_are_posted_once(world: Estate, receiver: Receiver) -> None:
    listen(world, receiver)
    for number in range(12):
        send(world, to=f"to{number}@example.com")
    assert wait_until(lambda: receiver.told.count("delivered") >= 12)
    flushed = world.admin("POST", "webhooks/flush").json
    assert (flushed["waiting"], flushed["failed"]) == (0, 0)
    assert sorted(each["email"] for each in receiver.events if each["event"] == "delivered") == sorted(
        f"to{number}@example.com" for number in range(12)
    )


def test_a_flush_posts_what_any_server_took(world: Estate, receiver: Receiver) -> None:
    listen(world, receiver)
    for number in range(4):
        send(world, to=f"to{number}@example.com")
        world.admin("POST", "webhooks/flush")
        assert receiver.told.count("delivered") == number + 1


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def listen(world: Estate, receiver: Receiver) -> None:
    kinds = dict.fromkeys(("processed", "delivered"), "1")
    settings = {"name": "eventnotify", "url": f"{receiver.url}/200", "version": "3", **kinds}
    assert world.call("filter.activate", {"name": "eventnotify"}).json == SUCCESS
    assert world.call("filter.setup", settings).json == SUCCESS


def test_a_session_of_the_console_is_one_everywhere(world: Estate) -> None:
    class ByTurns(Console):
        """Asks the next server each time."""

        @property
        def root(self) -> str:  # type: ignore[override]
            return f"{world.next_url}/console/"

        @root.setter
        def root(self, value: str) -> None:
            pass

    world.call("profile.get")
    with ByTurns("") as console:
        # As a proxy in front of them has it; cookies are told apart by the port.
        console.session.headers["Host"] = "localhost:8026"
        console.enter(OWNER)
        assert [console.is_in() for _ in range(6)] == [True] * 6
        assert "profile.get" in console.page("requests")
        console.post("logout")
        assert [console.is_in() for _ in range(4)] == [False] * 4


def test_guesses_count_wherever_they_come(servers: Estate) -> None:
    """As many are free as with one server; then each has to wait longer, until it would be too long."""
    world = servers.world()
    begin = time.monotonic()
    wrong = [fields(OWNER, api_key=f"wrong{number}") for number in range(24)]
    statuses = [world.send(request("POST", f"{world.prefix}/api/profile.get.json", each)).json for each in wrong]
    assert {each["error"]["code"] for each in statuses} == {401}
    # 20 are free; the waits after them are of 0.25, 0.5, 1 and 2 seconds.
    assert time.monotonic() - begin > 3.5
    assert world.admin("POST", "reset", {}).status == 200
    begin = time.monotonic()
    assert world.send(request("POST", f"{world.prefix}/api/profile.get.json", wrong[0])).json["error"]["code"] == 401
    assert time.monotonic() - begin < 3


def test_a_rate_is_that_of_all_servers(world: Estate) -> None:
    key = "api-0123456789ABCDEF0123456789ABCDEF"
    seed = {
        "version": 1,
        "accounts": [{"username": OWNER, "password": PASSWORD, "email": "acme@example.com", "keys": [{"key": key}]}],
    }
    assert world.admin("PUT", "state", seed).status == 200
    body = b'{"api_key": "%s"}' % key.encode()
    ask = request("POST", f"{world.prefix}/v3/users/smtp/view", body, Content_Type="application/json")
    replies = [world.send(ask) for _ in range(32)]
    assert [reply.status for reply in replies] == [200] * 30 + [429] * 2, replies[0].text
    left = [int(reply.headers["X-RateLimit-Remaining"]) for reply in replies]
    assert left == [*range(29, -1, -1), 0, 0]


def test_snapshots_are_found_everywhere(world: Estate) -> None:
    world.add("before")
    assert world.admin("PUT", "snapshots/ready").status in (200, 201)
    world.add("after")
    assert world.admin("POST", "snapshots/ready").status == 200
    assert [world.names() for _ in range(4)] == [{"before"}] * 4


def test_metrics_are_those_of_all(servers: Estate) -> None:
    before = count_of(servers, "unsubscribes.get")
    for _ in range(8):
        servers.call("unsubscribes.get")
    assert [count_of(servers, "unsubscribes.get") - before for _ in range(3)] == [8] * 3


def count_of(servers: Estate, operation: str) -> float:
    text = servers.admin("GET", "metrics").text
    lines = [
        line for line in text.splitlines() if line.startswith("legacygrid_calls_total") and f'"{operation}"' in line
    ]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_pages_come_as_from_one(world: Estate, version: str) -> None:
    """Long and short bodies, HEAD, what is not there, in both versions of HTTP."""
    for _ in range(300):
        world.call("customer.delete", user="nobody" * 30)
    listed = request("GET", f"{world.prefix}/__admin/requests?limit=1000", version=version)
    for _ in range(4):
        reply = world.send(listed)
        assert len(reply.json["requests"]) == 300
        assert (reply.headers["Transfer-Encoding"] is None) is (version == "1.0" or "Content-Length" in reply.headers)
        head = world.send(request("HEAD", f"{world.prefix}/__admin/clock", version=version), bodiless=True)
        assert (head.status, head.headers["Content-Type"]) == (200, "application/json")
        assert world.send(request("GET", f"{world.prefix}/__admin/nothing", version=version)).status == 404


def test_the_server_that_leads_knows_the_client(world: Estate) -> None:
    """What is passed on comes from this machine; that it came through a proxy still counts."""
    for _ in range(4):
        through = world.admin("GET", "state", X_Forwarded_For="203.0.113.9")
        assert (through.status, "through another server" in through.text) == (403, True)


def test_nobody_else_is_taken_for_a_server(world: Estate) -> None:
    for _ in range(4):
        forged = world.admin(
            "GET", "state", X_Legacygrid_Peer="guess", X_Legacygrid_Origin='[["127.0.0.1", 1]]', Via="1.1 proxy"
        )
        assert forged.status == 403


def test_another_server_leads_when_the_first_ends(tmp_path: Path, postgres: PostgresServer) -> None:
    with serving(tmp_path, make_schema(postgres.url), 2, 1) as servers:
        world = servers.world()
        assert world.admin("PUT", "clock", {"frozen": "2014-01-21T10:00:00Z"}).status == 200
        world.admin("POST", "faults", {"operation": "bounces.get", "status": 500, "body": "no"})
        first, second = servers.servers
        first.kill()
        left = Estate([second], world.prefix)
        assert left.add("later").json == SUCCESS
        assert wait_until(lambda: left.admin("GET", "clock").status == 200)
        assert left.admin("GET", "clock").json["now"] == "2014-01-21T10:00:00.000Z"
        assert left.call("bounces.get").status == 500
        assert left.names() == {"later"}
        assert [each["operation"] for each in left.journal("outcome=fault")] == ["bounces.get"]


def test_who_leads_does_so_after_the_database_was_away(
    tmp_path: Path, postgres: PostgresServer, receiver: Receiver
) -> None:
    with serving(tmp_path, make_schema(postgres.url), 2, 1) as servers:
        world = servers.world()
        listen(world, receiver)
        for turn in range(1, 4):
            with psycopg.connect(postgres.url, autocommit=True) as connection:
                others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                connection.execute(f"{others} AND application_name = 'legacygrid'")
            assert wait_until(lambda: world.add(fresh()).status == 200)
            frozen = {"frozen": f"201{turn}-01-21T10:00:00Z"}
            assert wait_until(lambda frozen=frozen: world.admin("PUT", "clock", frozen).status == 200)
            assert [world.admin("GET", "clock").json["now"][:4] for _ in range(4)] == [f"201{turn}"] * 4
            send(world, to=f"to{turn}@example.com")
            assert wait_until(lambda: world.admin("POST", "webhooks/flush").status == 200)
            assert receiver.told.count("delivered") == turn


def test_a_server_that_stops_gives_up_its_lead(tmp_path: Path, postgres: PostgresServer) -> None:
    with serving(tmp_path, make_schema(postgres.url), 2, 1) as servers:
        first, second = servers.servers
        first.signal(signal.SIGTERM)
        assert first.status(10) == 0
        left = Estate([second])
        assert wait_until(lambda: left.admin("GET", "clock").status == 200)
        assert left.add("later").json == SUCCESS


def test_who_leads_next_knows_how_often_a_fault_was_triggered(tmp_path: Path, postgres: PostgresServer) -> None:
    with serving(tmp_path, make_schema(postgres.url), 2, 1) as servers:
        first, second = servers.servers
        servers.admin("POST", "faults", {"operation": "profile.get", "times": 3, "status": 418, "body": "no"})
        assert [servers.call("profile.get").status for _ in range(2)] == [418] * 2
        first.kill()
        left = Estate([second])
        assert wait_until(lambda: left.admin("GET", "clock").status == 200)
        assert [left.call("profile.get").status for _ in range(3)] == [418, 200, 200]


def test_calls_that_no_fault_is_for_do_without_the_server_that_leads(tmp_path: Path, postgres: PostgresServer) -> None:
    with serving(tmp_path, make_schema(postgres.url), 2, 1) as servers:
        first, second = servers.servers
        servers.admin("POST", "faults", {"operation": "bounces.get", "status": 418, "body": "no"})
        # A password that is new to a process needs the server that leads.
        assert [servers.call("profile.get").status for _ in range(2)] == [200] * 2
        first.signal(signal.SIGSTOP)
        try:
            left = Estate([second])
            assert [left.call("profile.get").status for _ in range(2)] == [200] * 2
            assert greet_by_smtp(second.smtp_port) == 250
        finally:
            first.signal(signal.SIGCONT)
        assert [servers.call("bounces.get").status for _ in range(2)] == [418] * 2
