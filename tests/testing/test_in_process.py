"""The emulator without a socket: for requests, httpx, urllib and http.client, handed over or intercepted."""

import asyncio
import http.client
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import bcrypt
import httpx
import pytest
import requests
import urllib3
from urllib3.util import Retry

from emulator import FORM, NEW, Service
from legacygrid.models.database import Store
from legacygrid.testing import Adapter, AsyncTransport, Emulator, Transport, intercept, serving, wsgi_app
from projects import environment

BASE = "https://api.sendgrid.com"
LIST = "/apiv2/customer.profile.json"
#: Seconds that each client waits in the tests of faults; a delay is a hundred times as long.
PATIENCE = 0.1

Call = Callable[[str, dict[str, str]], str]


@pytest.fixture
def emulator(store: Store) -> Iterator[Emulator]:
    with wsgi_app() as emulator:
        yield emulator


def by_requests(url: str, call: dict[str, str]) -> str:
    with requests.Session() as session:
        return session.post(url, data=call, timeout=PATIENCE).text


def by_httpx(url: str, call: dict[str, str], transport: httpx.BaseTransport | None = None) -> str:
    with httpx.Client(transport=transport, timeout=PATIENCE) as client:
        return client.post(url, data=call).text


def by_async_httpx(url: str, call: dict[str, str], transport: httpx.AsyncBaseTransport | None = None) -> str:
    async def post() -> str:
        async with httpx.AsyncClient(transport=transport, timeout=PATIENCE) as client:
            return (await client.post(url, data=call)).text

    return asyncio.run(post())


def by_urllib(url: str, call: dict[str, str]) -> str:
    with urllib.request.urlopen(url, urlencode(call).encode(), timeout=PATIENCE) as answer:
        return answer.read().decode()


def by_urllib3(url: str, call: dict[str, str]) -> str:
    with urllib3.PoolManager() as pool:
        options: dict[str, Any] = {"timeout": PATIENCE, "retries": False}
        return pool.request("POST", url, fields=call, encode_multipart=False, **options).data.decode()


def by_http_client(url: str, call: dict[str, str]) -> str:
    connection = http.client.HTTPSConnection("api.sendgrid.com", timeout=PATIENCE)
    try:
        connection.request("POST", url.removeprefix(BASE), urlencode(call), {"Content-Type": FORM})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


INTERCEPTED = (by_requests, by_httpx, by_async_httpx, by_urllib, by_urllib3, by_http_client)


def adapted(emulator: Emulator) -> Call:
    def call(url: str, call: dict[str, str]) -> str:
        with requests.Session() as session:
            session.mount("https://", Adapter(emulator))
            return session.post(url, data=call, timeout=PATIENCE).text

    return call


HANDED_OVER: dict[str, Callable[[Emulator], Call]] = {
    "adapter": adapted,
    "transport": lambda app: lambda url, call: by_httpx(url, call, Transport(app)),
    "async transport": lambda app: lambda url, call: by_async_httpx(url, call, AsyncTransport(app)),
}


@pytest.fixture(params=[*HANDED_OVER, *INTERCEPTED], ids=lambda each: each if isinstance(each, str) else each.__name__)
def call(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[Call]:
    """Each way to call it."""
    if isinstance(request.param, str):
        yield HANDED_OVER[request.param](emulator)
    else:
        with intercept(emulator):
            yield request.param


def test_a_call(emulator: Emulator, call: Call) -> None:
    emulator.world.add_subuser("ada", city="Zürich & more")
    (row,) = json.loads(call(BASE + LIST, {**emulator.world.auth, "task": "get", "city": "Zürich & more"}))
    assert row["username"] == "ada"
    emulator.world.assert_called("customer.profile", times=1, task="get", city="Zürich & more", caller=emulator.account)


def test_a_long_list_comes_in_chunks(emulator: Emulator, call: Call) -> None:
    hashed = bcrypt.hashpw(b"password1", bcrypt.gensalt(4)).decode()
    subusers = [{"username": f"sub-{n}", "password_hash": hashed} for n in range(300)]
    owner = {"username": emulator.account, "password": emulator.key, "subusers": subusers}
    emulator.admin.seed({"version": 1, "accounts": [owner]})
    rows = json.loads(call(BASE + LIST, {**emulator.world.auth, "task": "get"}))
    assert [row["username"] for row in rows] == [each["username"] for each in subusers]


#: Of each fault: what each kind of client raises.
FAULTS: list[tuple[dict[str, Any], dict[str, type[BaseException]]]] = [
    (
        {"reset": "before"},
        {"requests": requests.ConnectionError, "httpx": httpx.ReadError, "urllib3": urllib3.exceptions.ProtocolError},
    ),
    (
        {"reset": "after"},
        {"requests": requests.ConnectionError, "httpx": httpx.ReadError, "urllib3": urllib3.exceptions.ProtocolError},
    ),
    (
        {"truncate": 20},
        {
            "requests": requests.exceptions.ChunkedEncodingError,
            "httpx": httpx.RemoteProtocolError,
            "urllib3": urllib3.exceptions.ProtocolError,
            "stdlib": http.client.IncompleteRead,
        },
    ),
    (
        {"delay": PATIENCE * 100},
        {
            "requests": requests.ReadTimeout,
            "httpx": httpx.ReadTimeout,
            "urllib3": urllib3.exceptions.ReadTimeoutError,
            "stdlib": TimeoutError,
        },
    ),
]
KINDS = {"by_requests": "requests", "adapter": "requests", "by_urllib3": "urllib3"} | dict.fromkeys(
    ("by_httpx", "by_async_httpx", "transport", "async transport"), "httpx"
)


@pytest.mark.parametrize(("fault", "raised"), FAULTS, ids=lambda each: "-".join(map(str, each)))
def test_faults(
    request: pytest.FixtureRequest, emulator: Emulator, call: Call, fault: dict[str, Any], raised: dict[str, Any]
) -> None:
    emulator.world.add_subuser("ada")
    way = request.node.callspec.params["call"]
    kind = KINDS.get(way if isinstance(way, str) else way.__name__, "stdlib")
    order = emulator.world.fail_next(**fault)
    began = time.monotonic()
    with pytest.raises(raised.get(kind, ConnectionError)):
        call(BASE + LIST, {**emulator.world.auth, "task": "get"})
    assert time.monotonic() - began < PATIENCE * 50
    assert emulator.admin.requests()[-1].fault == order.id
    assert emulator.admin.requests()[-1].status == (None if "reset" in fault else 200)
    assert json.loads(call(BASE + LIST, {**emulator.world.auth, "task": "get"}))[0]["username"] == "ada"


def test_a_short_delay_is_waited_for(emulator: Emulator) -> None:
    emulator.world.fail_next(delay=PATIENCE / 4)
    assert adapted(emulator)(BASE + LIST, {**emulator.world.auth, "task": "get"}) == "[]"


def test_retries_are_the_clients_own(emulator: Emulator) -> None:
    emulator.world.fail_next(times=2, status=503)
    retries = Retry(total=3, status_forcelist=[503], allowed_methods=None, backoff_factor=0)
    with requests.Session() as session:
        session.mount(BASE, Adapter(emulator, max_retries=retries))
        assert session.post(BASE + LIST, data={**emulator.world.auth, "task": "get"}).json() == []
    emulator.world.assert_called("customer.profile", times=3)


def test_what_requests_can_send_and_read(emulator: Emulator) -> None:
    with requests.Session() as session:
        session.mount(BASE, Adapter(emulator))
        pieces = [urlencode({**emulator.world.auth, "username": "ada"}).encode() + b"&", urlencode(NEW).encode()]
        sent = session.post(f"{BASE}/apiv2/customer.add.xml", data=iter(pieces), headers={"Content-Type": FORM})
        assert sent.text == "<result><message>success</message></result>"
        assert (sent.status_code, sent.reason, sent.headers["Content-Type"]) == (200, "OK", "text/xml")
        asked = session.get(BASE + LIST, params={**emulator.world.auth, "task": "get"}, stream=True)
        assert b"".join(asked.iter_content(7)).startswith(b'[{"username":"ada"')
        assert session.head(BASE + LIST).content == b""
        assert session.options(BASE + LIST).status_code == 204
        bearer = {"Authorization": f"Bearer {emulator.world.api_key}"}
        assert session.post(BASE + LIST, files={"task": (None, "get")}, headers=bearer).json()


def test_the_transport_of_httpx_itself(emulator: Emulator) -> None:
    transport = httpx.WSGITransport(app=emulator)
    assert by_httpx(BASE + LIST, {**emulator.world.auth, "task": "get"}, transport) == "[]"


def test_a_server_on_the_same_application(emulator: Emulator) -> None:
    emulator.world.add_subuser("ada")
    with serving(emulator) as url, requests.Session() as session:
        call = {**emulator.world.auth, "user": "ada"}
        assert session.post(f"{url}/apiv2/customer.delete.json", data=call).json() == {"message": "success"}
    assert emulator.world.subusers() == []
    emulator.world.assert_called("customer.delete", times=1)


def test_emulators_do_not_see_each_other(emulator: Emulator) -> None:
    with wsgi_app(profile="documented", switches={"xml_declaration": "UTF-8"}) as other:
        emulator.world.add_subuser("ada")
        other.world.add_subuser("ada")
        assert other.admin.health()["profile"] == "documented"
        assert adapted(other)(BASE + LIST, {**emulator.world.auth, "task": "get"}).startswith('{"error"')
    assert len(emulator.world.subusers()) == 1
    assert emulator.world.requests == []


# Interception


@pytest.mark.parametrize(
    "base", ["https://api.sendgrid.com", "https://sendgrid.com", "http://api.sendgrid.com", "http://sendgrid.com"]
)
def test_the_hosts_that_are_answered(store: Store, base: str) -> None:
    with intercept(account="acme") as emulator:
        for call in INTERCEPTED[:5]:
            assert call(base + LIST, {**emulator.world.auth, "task": "get"}) == "[]"
    assert store is Store.current()


def test_other_hosts_are_reached_as_before(recorded: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PATIENCE", 30)
    with intercept() as emulator:
        for call in INTERCEPTED[:5]:
            assert "wrong credentials" in call(recorded.url + LIST, {**emulator.world.auth, "task": "get"})
        assert emulator.world.requests == []


def test_a_proxy_of_the_environment_is_not_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "example.com")
    # urllib keeps what it finds here for good.
    monkeypatch.setattr(urllib.request, "_opener", None)
    with intercept() as emulator:
        for call in INTERCEPTED[:5]:
            for base in ("https://api.sendgrid.com", "http://sendgrid.com"):
                assert call(base + LIST, {**emulator.world.auth, "task": "get"}) == "[]"
    assert os.environ["no_proxy"] == "example.com"


def test_blocks_nest_and_the_innermost_answers(store: Store) -> None:
    with intercept() as outer:
        with intercept() as inner:
            by_requests(BASE + LIST, inner.world.auth)
        by_httpx(BASE + LIST, outer.world.auth)
        assert [len(outer.world.requests)] == [1]
        with wsgi_app() as handed_over, intercept(handed_over) as same:
            by_urllib(BASE + LIST, same.world.auth)
            assert same is handed_over
            assert len(same.world.requests) == 1
        assert len(outer.world.requests) == 1


def patched() -> list[Any]:
    """All that an interception replaces, as it is now."""
    owners = (http.client.HTTPConnection, http.client.HTTPSConnection)
    owners += (urllib3.connection.HTTPConnection, urllib3.connection.HTTPSConnection)
    return [
        *(owner.connect for owner in owners),
        httpx.HTTPTransport.handle_request,
        httpx.AsyncHTTPTransport.handle_async_request,
        dict(os.environ),
    ]


def test_all_is_as_before_also_after_an_error(store: Store) -> None:
    before = patched()
    session = requests.Session()

    def fail() -> None:
        with intercept() as emulator:
            assert patched() != before
            session.post(BASE + LIST, data=emulator.world.auth)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert patched() == before
    # A session keeps no connection into a block that is over.
    session.trust_env = False
    session.proxies = {"https": "http://127.0.0.1:9"}
    with pytest.raises(requests.ConnectionError):
        session.post(BASE + LIST)
    session.close()


def test_options_for_an_emulator_that_is_there(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="takes no options"), intercept(emulator, account="acme"):
        pass


# The store


def test_a_store_that_is_open_is_used_and_left(store: Store, recorded: Service) -> None:
    with wsgi_app() as emulator:
        emulator.world.add_subuser("ada")
        prefix = emulator.admin.url.rpartition("/")[2]
    assert Store.current() is store
    left = recorded.send("GET", f"/{prefix}/__admin/state").json
    assert left["accounts"] == []


SCRIPT = """
import glob, os, tempfile
from legacygrid import app, config, models
from legacygrid.models.database import Store, StoreError
from legacygrid.testing import wsgi_app

folders = lambda: glob.glob(tempfile.gettempdir() + "/legacygrid-*")
first, second = wsgi_app(), wsgi_app()
assert folders()
try:
    app.create_app(config.Settings(database="sqlite:///mine.db"))
except StoreError as error:
    print(error)
first.close()
first.close()
assert second.world.subusers() == []
second.close()
assert Store.current() is None and not folders()
models.open_store("sqlite:///mine.db").close()
wsgi_app()
"""


def test_a_process_without_a_store_gets_one_in_memory(tmp_path: Path) -> None:
    env = environment(TMPDIR=str(tmp_path))
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("sqlite:///:memory: is open; one process holds one store")
    # What was not closed is gone with the process.
    assert list(tmp_path.glob("legacygrid-*")) == []


@pytest.mark.parametrize(("name", "library"), [("Adapter", "requests"), ("Transport", "httpx")])
def test_a_library_that_is_missing_is_named(name: str, library: str, tmp_path: Path) -> None:
    code = f"import sys; sys.modules[{library!r}] = None\nfrom legacygrid import testing\ntesting.{name}"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert f"is for {library}, which is not installed: pip install {library}" in done.stderr


def test_interception_needs_neither_requests_nor_httpx(tmp_path: Path) -> None:
    code = """
import sys, urllib.request
sys.modules["requests"] = sys.modules["urllib3"] = sys.modules["httpx"] = None
from legacygrid.testing import intercept
with intercept() as emulator:
    print(urllib.request.urlopen("https://sendgrid.com/apiv2/customer.profile.json?task=get&api_user=acme").read())
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "wrong credentials" in done.stdout, done.stderr
