"""By which URL and from which address clients seem to come: proxies, public URLs, worlds."""

import re
from typing import Any

import pytest
from click.testing import CliRunner

from emulator import NEW, PASSWORD, Service, World
from legacygrid import app as application
from legacygrid.commands.serve import serve
from legacygrid.wsgi.forwarded import TrustedProxies
from legacygrid.wsgi.public_url import PublicUrl
from wire import Process

PUBLIC = "https://mail.example.com/legacygrid"
PROXY = "10.1.2.3"
TOKEN = "a-token-of-the-tests"

# Whom a proxy is believed


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1, 10.0.0.1", "192.0.2.1"),
        # What the client wrote itself comes first.
        ("127.0.0.1, 192.0.2.1", "192.0.2.1"),
        ("127.0.0.1,192.0.2.1,10.0.0.1, 10.9.9.9", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "10.0.0.1"),
        ("127.0.0.1", "127.0.0.1"),
        # Nobody knows.
        ("", ""),
        ("unknown", ""),
        ("192.0.2.1, unknown", ""),
        ("_hidden, 10.0.0.1", ""),
        ("192.0.2.1,", ""),
        ("localhost", ""),
        ("127.0.0.1\t, <script>", ""),
    ],
)
def test_who_the_client_is(hops: str, client: str) -> None:
    assert TrustedProxies(["10.0.0.0/8", "2001:db8:ffff::/48"]).find_client(hops) == client


@pytest.mark.parametrize(
    ("address", "is_trusted"),
    [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("11.1.2.3", False), ("", False), ("2001:db8:ffff::9", True)],
)
def test_who_is_trusted(address: str, is_trusted: bool) -> None:
    assert (address in TrustedProxies(["10.0.0.0/8", "2001:db8:ffff::/48"])) is is_trusted


def behind(service: Service, public_url: str = "", trusted: tuple[str, ...] = (), token: str = "") -> Any:
    app = application.put_behind(application.serve_grid(service.grid, admin_token=token), public_url, trusted)
    return app.test_client()


def get(client: Any, path: str, address: str = PROXY, **headers: str) -> Any:
    environ = {"REMOTE_ADDR": address, "HTTP_HOST": "legacygrid:8026"}
    named = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return client.get(path, environ_overrides=environ | named)


FORWARDED = {
    "x_forwarded_for": "192.0.2.1",
    "x_forwarded_proto": "https",
    "x_forwarded_host": "mail.example.com",
    "x_forwarded_prefix": "/legacygrid",
}


def curl_url(reply: Any) -> str:
    """The URL that the front page shows."""
    found = re.search(r"curl &#x27;(.*?)apiv2|curl '(.*?)apiv2", reply.text)
    assert found
    return str(found[1] or found[2])


@pytest.mark.parametrize(
    ("address", "changes", "url"),
    [
        (PROXY, {}, "https://mail.example.com/legacygrid/"),
        (PROXY, {"x_forwarded_prefix": "/a/b/"}, "https://mail.example.com/a/b/"),
        (PROXY, {"x_forwarded_host": "one.example, two.example:81"}, "https://two.example:81/legacygrid/"),
        (PROXY, {"x_forwarded_proto": "https,http"}, "http://mail.example.com/legacygrid/"),
        (PROXY, {"x_forwarded_proto": "gopher"}, "http://mail.example.com/legacygrid/"),
        (PROXY, {"x_forwarded_host": "a@b.example"}, "https://legacygrid:8026/legacygrid/"),
        (PROXY, {"x_forwarded_prefix": "//evil.example"}, "https://mail.example.com/"),
        (PROXY, {"x_forwarded_prefix": "/<b>"}, "https://mail.example.com/"),
        # Nobody else is believed.
        ("192.0.2.9", {}, "http://legacygrid:8026/"),
        ("127.0.0.1", {}, "http://legacygrid:8026/"),
        ("", {}, "http://legacygrid:8026/"),
    ],
)
def test_the_url_that_a_proxy_tells(recorded: Service, address: str, changes: dict[str, str], url: str) -> None:
    client = behind(recorded, trusted=("10.0.0.0/8",))
    assert curl_url(get(client, "/", address, **FORWARDED | changes)) == url


def test_without_trust_nothing_is_taken(recorded: Service) -> None:
    assert curl_url(get(behind(recorded), "/", PROXY, **FORWARDED)) == "http://legacygrid:8026/"


@pytest.mark.parametrize("hops", ["192.0.2.1", "127.0.0.1, 192.0.2.1", "127.0.0.1", "", "::1"])
@pytest.mark.parametrize("proxy", ["127.0.0.1", "10.0.0.5"])
def test_nobody_gets_state_through_a_proxy_without_a_token(recorded: Service, hops: str, proxy: str) -> None:
    client = behind(recorded, trusted=("127.0.0.0/8", "10.0.0.0/8"))
    headers = {"x_forwarded_for": hops} if hops else {}
    environ = {"REMOTE_ADDR": proxy, "HTTP_HOST": "localhost"}
    for name, value in headers.items():
        environ[f"HTTP_{name.upper()}"] = value
    assert client.get("/__admin/state", environ_overrides=environ).status_code == 403
    guarded = behind(recorded, trusted=("127.0.0.0/8",), token=TOKEN)
    assert guarded.get("/__admin/state", environ_overrides=environ).status_code == 401
    bearer = environ | {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
    assert guarded.get("/__admin/requests", environ_overrides=bearer).status_code == 200


def test_the_audit_log_has_the_client(recorded: Service) -> None:
    seen: list[str] = []
    app = application.serve_grid(recorded.grid)
    inner = app.wsgi_app

    def note(environ: Any, start_response: Any) -> Any:
        seen.append(environ["REMOTE_ADDR"])
        return inner(environ, start_response)

    app.wsgi_app = note  # type: ignore[method-assign]
    client = application.put_behind(app, "", ["10.0.0.0/8"]).test_client()
    get(client, "/", PROXY, x_forwarded_for="192.0.2.1")
    get(client, "/", "192.0.2.7", x_forwarded_for="192.0.2.1")
    assert seen == ["192.0.2.1", "192.0.2.7"]


# The public URL


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://mail.example.com", "https://mail.example.com"),
        ("http://mail.example.com:8080/a/b/", "http://mail.example.com:8080/a/b"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
    ],
)
def test_public_urls(text: str, shown: str) -> None:
    assert str(PublicUrl.parse(text)) == shown


@pytest.mark.parametrize(
    "text",
    ["mail.example.com", "ftp://mail.example.com", "https://", "https://u:p@x.example", "https://x.example?a=b",
     "https://x.example/#a", "https://x.example/a b", "https://x.example/<b>", "https://x.example//y", "//x.example"],
)  # fmt: skip
def test_what_is_no_public_url(text: str) -> None:
    done = CliRunner().invoke(serve, ["--public-url", text])
    assert (done.exit_code, "--public-url" in done.output) == (2, True)


@pytest.mark.parametrize("text", ["nonsense", "10.0.0.0/33", "*", "10.0.0.1-10.0.0.9", ""])
def test_what_is_no_network(text: str) -> None:
    done = CliRunner().invoke(serve, ["--trusted-proxies", text])
    assert (done.exit_code, "--trusted-proxies" in done.output) == (2, True)


@pytest.mark.parametrize("path", ["/", "/legacygrid/", "/legacygrid"])
@pytest.mark.parametrize("host", ["legacygrid:8026", "mail.example.com", "10.0.0.9", ".."])
def test_pages_name_the_public_url(recorded: Service, path: str, host: str) -> None:
    reply = behind(recorded, PUBLIC).get(path, environ_overrides={"REMOTE_ADDR": PROXY, "HTTP_HOST": host})
    assert curl_url(reply) == f"{PUBLIC}/"
    assert 'href="/legacygrid/console/"' in reply.text


@pytest.mark.parametrize("host", ["127.0.0.1:8026", "localhost:8026"])
def test_who_asks_by_a_name_of_this_machine_stays_there(recorded: Service, host: str) -> None:
    client = behind(recorded, PUBLIC)
    reply = client.get("/", environ_overrides={"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": host})
    assert curl_url(reply) == f"http://{host}/legacygrid/"
    assert (
        client.get("/__admin/requests", environ_overrides={"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": host}).status_code
        == 200
    )


@pytest.mark.parametrize("public", ["http://localhost:9000", PUBLIC])
def test_a_public_url_opens_the_control_api_to_no_page(recorded: Service, public: str) -> None:
    # A name that its owner has resolve to this machine stays foreign, whatever the URL is taken for.
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "evil.example:8026"}
    reply = behind(recorded, public).get("/__admin/state", environ_overrides=environ)
    assert (reply.status_code, list(reply.json["errors"])) == (403, ["Host"])


@pytest.mark.parametrize("prefix", ["", "/~a-world"])
def test_the_console_stays_at_the_public_url(recorded: Service, prefix: str) -> None:
    client = behind(recorded, PUBLIC)
    environ = {"REMOTE_ADDR": PROXY, "HTTP_HOST": "legacygrid:8026"}
    reply = client.get(f"{prefix}/console", environ_overrides=environ)
    assert (reply.status_code, reply.headers["Location"]) == (308, f"/legacygrid{prefix}/console/")
    page = client.get(f"{prefix}/console/login", environ_overrides=environ)
    for link in re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text):
        assert link.startswith(f"/legacygrid{prefix}/"), link
    cookie = page.headers["Set-Cookie"]
    assert f"Path=/legacygrid{prefix}/console/;" in cookie
    assert "Secure;" in cookie


def test_tls_that_a_silent_proxy_ended(recorded: Service) -> None:
    reply = get(behind(recorded), "/console")
    assert (reply.status_code, reply.headers["Location"]) == (308, "/console/")


def link_of(owner: World, client: Any) -> str:
    """Where the link of a tracked mail leads to."""
    filters = '{"filters": {"clicktrack": {"settings": {"enable": 1}}}}'
    form = {"api_user": owner.name, "api_key": PASSWORD, "from": "a@example.com", "to": "b@example.com", "subject": "s"}
    form |= {"html": '<a href="http://target.example/">x</a>', "x-smtpapi": filters}
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"}
    reply = client.post(f"{owner.prefix}/api/mail.send.json", data=form, environ_overrides=environ)
    assert reply.json == {"message": "success"}
    (message,) = owner.admin("GET", "messages").json["messages"]
    raw = owner.admin("GET", f"messages/{message['id']}/html").text
    found = re.search(r'href="(.*?)"', raw)
    assert found
    return found[1]


def test_links_in_mail_have_the_public_url(own_world: World) -> None:
    link = link_of(own_world, behind(own_world.service, PUBLIC))
    assert link.startswith(f"{PUBLIC}{own_world.prefix}/wf/click?upn=")
    # The proxy may take the prefix off or leave it.
    client = behind(own_world.service, PUBLIC)
    for path in (link.removeprefix("https://mail.example.com"), link.removeprefix(PUBLIC)):
        reply = client.get(path, environ_overrides={"REMOTE_ADDR": PROXY, "HTTP_HOST": "mail.example.com"})
        assert (reply.status_code, reply.headers["Location"]) == (302, "http://target.example/")


def test_a_subuser_is_added_under_a_prefix(own_world: World) -> None:
    form = NEW | {"username": "ada", "api_user": own_world.name, "api_key": PASSWORD}
    client = behind(own_world.service, PUBLIC)
    target = f"/legacygrid{own_world.prefix}/apiv2/customer.add.json"
    assert client.post(target, data=form).json == {"message": "success"}


# Noise


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/favicon.ico", 204),
        ("/robots.txt", 200),
        ("/apple-touch-icon.png", 404),
        ("/apple-touch-icon-precomposed.png", 404),
        ("/apple-touch-icon-120x120.png", 404),
        ("/.well-known/appspecific/com.chrome.devtools.json", 404),
        ("/.well-known/change-password", 404),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_browsers_ask_for_is_not_in_the_journal(own_world: World, path: str, status: int, method: str) -> None:
    reply = own_world.service.send(method, own_world.prefix + path)
    assert reply.status == status
    assert b"error" not in reply.body
    assert own_world.journal() == []


@pytest.mark.parametrize("path", ["/favicon.icon", "/robots.txt/more", "/apple-touch-icon.gif", "/.well-known"])
def test_what_only_looks_like_it_is_a_call(own_world: World, path: str) -> None:
    assert own_world.service.send("GET", own_world.prefix + path).status == 404
    assert len(own_world.journal()) == 1


# Addresses, and who else can reach them


@pytest.mark.waits
@pytest.mark.parametrize(
    ("hosts", "reached", "refused"),
    [
        (["127.0.0.1"], ["127.0.0.1"], ["::1", "127.0.0.2"]),
        (["localhost"], ["127.0.0.1", "::1"], ["127.0.0.2"]),
        (["::1", "127.0.0.2"], ["::1", "127.0.0.2"], ["127.0.0.1"]),
        (["::"], ["127.0.0.1", "::1", "127.0.0.2"], []),
        (["0.0.0.0"], ["127.0.0.1"], ["::1"]),
        (["127.0.0.1", "0.0.0.0", "::1"], ["127.0.0.1", "127.0.0.2", "::1"], []),
        (["::1", "::"], ["127.0.0.1", "::1"], []),
        (["localhost", "127.0.0.1", "::1"], ["127.0.0.1", "::1"], []),
    ],
    ids=str,
)
def test_each_address_has_all_doors(tmp_path: Any, hosts: list[str], reached: list[str], refused: list[str]) -> None:
    import socket

    flags = [flag for host in hosts for flag in ("--host", host)]
    doors = ["--tls", "--tls-port", "0", "--proxy-port", "0", "--smtp-port", "0", "--ca-dir", str(tmp_path / "ca")]
    with Process(tmp_path, "sqlite:///x.db", *flags, *doors) as process:
        ports = {
            int(found) for found in re.findall(r"(?:Listening on|Proxy:|SMTP on) .*:(\d+)$", process.told, re.MULTILINE)
        }
        ports.add(int(process.url.rpartition(":")[2]))
        assert len(ports) == 4
        for port in ports:
            for address in reached:
                socket.create_connection((address, port), timeout=10).close()
            for address in refused:
                with pytest.raises(ConnectionRefusedError):
                    socket.create_connection((address, port), timeout=10)
        # What it tells of itself can be reached.
        assert "0.0.0.0:" not in process.told
        assert "[::]:" not in process.told


OPEN = [
    (["--host", "0.0.0.0"], True),
    (["--host", "::"], True),
    (["--host", "127.0.0.1", "--host", "0.0.0.0"], True),
    (["--public-url", PUBLIC], True),
    (["--trusted-proxies", "127.0.0.1"], True),
    (["--host", "localhost"], False),
    (["--host", "::1"], False),
    (["--public-url", "http://localhost:9000"], False),
    ([], False),
]


@pytest.mark.waits
@pytest.mark.parametrize(("flags", "is_open"), OPEN, ids=str)
def test_a_token_is_made_where_others_can_reach_it(tmp_path: Any, flags: list[str], is_open: bool) -> None:
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    with Process(tmp_path, "sqlite:///x.db", *flags) as process:
        token = re.search(r"^  Token:    (\S{32}) \(for /__admin/", process.told, re.MULTILINE)
        assert bool(token) is is_open
        assert ("Open to:  other machines" in process.told) is is_open
        target = f"http://127.0.0.1:{process.url.rpartition(':')[2]}/__admin/requests" if "::1" not in flags else ""
        if token:
            with pytest.raises(HTTPError, match="401"):
                urlopen(target)
            bearer = {"Authorization": f"Bearer {token[1]}"}
            assert urlopen(Request(target, headers=bearer)).status == 200
            assert token[1] not in process.log.read_text()
        elif target:
            assert urlopen(target).status == 200


@pytest.mark.waits
@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--no-admin-token"], "Token:    none. /__admin/ has no token"),
        (["--admin-token", TOKEN], ""),
        (["--no-admin"], ""),
    ],
    ids=str,
)
def test_no_token_is_made_if_it_is_refused_or_given(tmp_path: Any, flags: list[str], said: str) -> None:
    with Process(tmp_path, "sqlite:///x.db", "--host", "0.0.0.0", *flags) as process:
        assert "Open to:  other machines, at 0.0.0.0" in process.told
        assert ("Token:" in process.told) is bool(said)
        assert said in process.told
        assert TOKEN not in process.told


@pytest.mark.waits
@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--host", "127.0.0.1", "--host", "::1"], ["Also at:  [::1], on the same ports"]),
        (["--trusted-proxies", "10.0.0.0/8"], ["Open to:  other machines, through a proxy in 10.0.0.0/8"]),
        (["--public-url", "https://mail.example"], ["Open to:  other machines, as https://mail.example"]),
        (["--host", "127.0.0.1", "--host", "0.0.0.0"], ["Open to:  other machines, at 0.0.0.0"]),
    ],
    ids=str,
)
def test_the_banner_names_every_address(tmp_path: Any, flags: list[str], said: list[str]) -> None:
    with Process(tmp_path, "sqlite:///x.db", *flags) as process:
        for text in said:
            assert text in process.told
