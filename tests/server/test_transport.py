"""The way in and out: methods, bodies, spellings, headers. See test_slow_clients for sockets that misbehave."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from emulator import FORM, NEW, PASSWORD, Reply, World, fresh

SUCCESS = '{"message":"success"}'
BOUNDARY = "----legacygrid"


def multipart(*parts: tuple[str, bytes | str], more: str = "") -> tuple[str, bytes]:
    """Content type and body of a multipart form."""
    lines = b""
    for name, value in parts:
        value = value.encode() if isinstance(value, str) else value
        lines += (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"
        )
    return f"multipart/form-data; boundary={BOUNDARY}", lines + f"--{BOUNDARY}--\r\n".encode()


def who(world: World) -> str:
    return f"api_user={world.name}&api_key={PASSWORD}"


def post(world: World, call: str, body: bytes | str, content_type: str = FORM, query: str = "") -> Reply:
    target = f"/apiv2/{call}" + (f"?{query}" if query else "")
    return world.service.send("POST", target, body, {"Content-Type": content_type})


# Where the fields are


def test_query_and_body_are_merged_and_the_body_wins(world: World) -> None:
    name = world.add()
    reply = post(
        world, "customer.profile.json", "first_name=body&task=set", query=f"{who(world)}&user={name}&first_name=q"
    )
    assert reply.text == SUCCESS
    assert world.row(name)["first_name"] == "body"


def test_a_get_with_a_body_counts(world: World) -> None:
    headers = {"Content-Type": FORM}
    reply = world.service.send("GET", "/apiv2/customer.profile.json?task=get", who(world), headers)
    assert reply.text == "[]"


def test_multipart_is_a_form(world: World) -> None:
    name = fresh()
    params = {"api_user": world.name, "api_key": PASSWORD, "username": name, **NEW, "first_name": "Zoë 🚀\r\nx"}
    content_type, body = multipart(*params.items())
    assert post(world, "customer.add.json", body, content_type).text == SUCCESS
    assert world.row(name)["first_name"] == "Zoë 🚀\r\nx"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("&&task=get", 2), ("task=get&", 2), ("task=set&task=get", 2), ("task=get&=x&x&y=", 2), ("task%3Dx&task=get", 2),
        ("task=get&username=a+b", 0), ("task=get&city=any+city", 2), ("task=get&city=any%20city", 2),
        ("task=get&city=%zz", 0), ("task=get&address={[|\\^\"<>]}", 0), ("task=get&ip[]=1&ip[0]=2&a[b][c]=3&a[=1&]=2", 2),
    ],
)  # fmt: skip
def test_old_clients_queries_are_understood(world: World, query: str, found: int) -> None:
    world.add()
    world.add()
    reply = post(world, "customer.profile.json", f"{who(world)}&{query}")
    assert len(reply.json) == found, reply.text
    reply = world.service.send("GET", f"/apiv2/customer.profile.json?{query}&{who(world)}")
    assert len(reply.json) == found, reply.text


@pytest.mark.parametrize("name", ["first_name[]", "first_name[0]", "first_name[a][b]"])
def test_an_array_where_a_text_belongs_is_refused_by_name(world: World, name: str) -> None:
    user = world.add()
    reply = world.call("customer.profile.json", task="set", user=user, **{name: "x"})
    assert reply.json == {"message": "error", "errors": ["First name can only be a single text"]}


UNREADABLE = [
    ("first_name=%e9", "First name contains bytes that are not UTF-8"),
    (b"first_name=\xff", "First name contains bytes that are not UTF-8"),
    ("first_name=%ed%a0%80", "First name contains bytes that are not UTF-8"),
    ("first_name=a%00b", "First name contains characters that XML 1.0 forbids"),
    ("first_name=a%0bb", "First name contains characters that XML 1.0 forbids"),
    ("first_name=%ef%bf%bf", "First name contains characters that XML 1.0 forbids"),
    ("something=%ff", "Something contains bytes that are not UTF-8"),
    ("%ff%00=%ff", "\\\\xff\\x00 contains bytes that are not UTF-8"),
    ("list[]=%ff", "List contains bytes that are not UTF-8"),
]


@pytest.mark.parametrize(("pair", "text"), UNREADABLE)
@pytest.mark.parametrize("place", ["body", "query"])
def test_bytes_that_are_no_text_are_refused_by_name(world: World, pair: str | bytes, text: str, place: str) -> None:
    user = world.add()
    known = f"{who(world)}&task=set&user={user}&city=Paris"
    raw = pair if isinstance(pair, bytes) else pair.encode()
    for format in ("json", "xml"):
        call = f"customer.profile.{format}"
        if place == "body":
            reply = post(world, call, known.encode() + b"&" + raw)
        else:
            reply = post(world, call, known, query=raw.decode("latin-1").replace("\xff", "%ff"))
        assert reply.status == 200
        assert said(reply, format) == [text]
    assert world.row(user)["city"] == "any city"


def said(reply: Reply, format: str) -> list[str | None]:
    return reply.json["errors"] if format == "json" else [error.text for error in reply.xml[1]]


PARTS = [
    ("first_name", b"\xe9", "First name contains bytes that are not UTF-8"),
    ("first_name", b"\xed\xa0\x80", "First name contains bytes that are not UTF-8"),
    ("first_name", b"a\0b", "First name contains characters that XML 1.0 forbids"),
    ("something", b"\x0b", "Something contains characters that XML 1.0 forbids"),
    ("list[]", b"\xff", "List contains bytes that are not UTF-8"),
]


@pytest.mark.parametrize(
    "head",
    [
        b'name="caf\xe9"',
        b'name="\x80\xff"',
        b'name="=?utf-8?B?Y2Fmw6k=?="',
        b"name=bare[0]",
        b'name="x"\r\nX-Other: caf\xe9',
    ],
)
def test_a_part_of_any_name_leaves_the_form_readable(world: World, head: bytes) -> None:
    user = world.add()
    part = b"--frontier\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n"
    body = part % (head, b"x") + part % (b'name="city"', "Zürich".encode()) + b"--frontier--\r\n"
    query = f"{who(world)}&task=set&user={user}"
    reply = post(world, "customer.profile.json", body, "multipart/form-data; boundary=frontier", query)
    assert reply.text == '{"message":"success"}'
    assert world.row(user)["city"] == "Zürich"


def test_a_file_is_refused_by_its_name_in_latin_1(world: World) -> None:
    part = b'--frontier\r\nContent-Disposition: form-data; name="caf\xe9"; filename="\xe9"\r\n\r\nx\r\n--frontier--\r\n'
    query = f"{who(world)}&task=set&user={world.add()}"
    reply = post(world, "customer.profile.json", part, "multipart/form-data; boundary=frontier", query)
    assert reply.json["errors"] == ["Caf\\xe9 cannot be an uploaded file"]


@pytest.mark.parametrize(("name", "value", "text"), PARTS)
@pytest.mark.parametrize("format", ["json", "xml"])
def test_parts_that_are_no_text_are_refused_by_name(
    world: World, name: str, value: bytes, text: str, format: str
) -> None:
    content_type, body = multipart((name, value))
    query = f"{who(world)}&task=set&user={world.add()}"
    assert said(post(world, f"customer.profile.{format}", body, content_type, query), format) == [text]


def test_an_uploaded_file_is_no_value(world: World) -> None:
    content_type, body = multipart(("first_name", "Ada"), more='; filename="name.txt"')
    reply = post(world, "customer.profile.json", body, content_type, f"{who(world)}&task=set&user={world.add()}")
    assert reply.json["errors"] == ["First name cannot be an uploaded file"]


BODIES: list[tuple[str, bytes, int, str]] = [
    ("application/json", b'{"task": "get"}', 415, "The body must be"),
    ("text/plain", b"task=get", 415, "The body must be"),
    ("", b"task=get", 415, "The body must be"),
    ("multipart/form-data", b"--x\r\n", 400, "The body cannot be read"),
    ("multipart/form-data; boundary=x", b"no boundary in it", 400, "The body cannot be read"),
    ("multipart/form-data; boundary=x", b"--x\r\nX: y\r\n\r\nvalue\r\n--x--\r\n", 400, "The body cannot be read"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nva', 400, "The body cannot"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nva\r\n--x--\r\n", 400, "The body cannot"),
    (FORM, b"a=1&" * 30_000, 413, "Too many fields"),
    (FORM, b"a=" + b"x" * (5 * 1024 * 1024), 413, "The body is too large"),
]  # fmt: skip


@pytest.mark.parametrize(("content_type", "body", "status", "text"), BODIES)
def test_a_body_that_is_no_form_is_refused_in_the_asked_format(
    world: World, content_type: str, body: bytes, status: int, text: str
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    for call in ("/apiv2/customer.profile", "/api/credentials/get"):
        reply = world.service.send("POST", f"{call}.json?{who(world)}", body, headers)
        assert reply.status == status
        assert text in reply.text
        reply = world.service.send("POST", f"{call}.xml?{who(world)}", body, headers)
        assert reply.status == status
        assert reply.xml.tag == "result"


def test_an_empty_body_of_any_type_is_none(world: World) -> None:
    headers = {"Content-Type": "application/json"}
    reply = world.service.send("POST", f"/apiv2/customer.profile.json?{who(world)}&task=get", b"", headers)
    assert reply.text == "[]"


@pytest.mark.parametrize("content_type", [f"{FORM}; charset=UTF-8", FORM.upper(), f"{FORM};charset=iso-8859-1"])
def test_content_types_with_charsets_are_forms(world: World, content_type: str) -> None:
    reply = post(world, "customer.profile.json", f"{who(world)}&task=get", content_type)
    assert reply.text == "[]"


# Paths and verbs

NULL = '{"error":{"code":"404","message":null}}'
PATHS = [
    ("/apiv2/customer.nothing.json", "json", NULL),
    ("/apiv2/customer.nothing.xml", "xml", "<result><message></message></result>"),
    ("/apiv2/customer.add", "json", NULL),
    ("/apiv2/customer.add.", "json", NULL),
    ("/apiv2/customer.add.JSON", "json", NULL),
    ("/apiv2/customer.add.yaml", "json", NULL),
    ("/apiv2/customer.add.json/", "json", NULL),
    ("/apiv2/Customer.add.json", "json", NULL),
    ("/apiv2/customer.setusername.json", "json", NULL),
    ("/api/customer.add.json", "json", NULL),
    ("/apiv2/profile.get.json", "json", NULL),
    ("/apiv2/credentials/add.json", "json", NULL),
    ("/apiv2/mail.send.json", "json", NULL),
    ("/apiv2/customer.%e9%00.json", "json", NULL),
    ("/api/credentials/nothing.json", "json", NULL),
    ("/apiv2/", "json", NULL),
    ("/api/newsletter/add.json", "json", '{"error":{"code":"404","message":"newsletter\\/add is not emulated"}}'),
    ("/apiv2/reseller.ip.json", "json", '{"error":{"code":"404","message":"reseller.ip is not emulated"}}'),
    ("/apiv2/reseller.add.xml", "xml", "<result><message>reseller.add is not emulated</message></result>"),
    (
        "/api/newsletter/lists/email/add.json",
        "json",
        '{"error":{"code":"404","message":"newsletter\\/lists\\/email\\/add is not emulated"}}',
    ),
    ("/elsewhere", "json", NULL),
]


@pytest.mark.parametrize(("target", "format", "text"), PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_what_is_not_there(world: World, target: str, format: str, text: str, method: str) -> None:
    reply = world.service.send(method, target)
    assert (reply.status, reply.text) == (404, text)
    assert reply.headers["Content-Type"] == ("application/json" if format == "json" else "text/xml")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_other_verbs_are_405_in_the_asked_format(world: World, method: str) -> None:
    if method == "BREW":
        assert world.service.send(method, "/apiv2/customer.add.json").status == 400
        return
    reply = world.service.send(method, f"/apiv2/customer.add.json?{who(world)}")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert reply.text == '{"error":{"code":405,"message":"Method not allowed"}}'
    reply = world.service.send(method, "/api/credentials/add.xml")
    assert reply.status == 405
    assert reply.text == "<result><message>error</message><errors><error>Method not allowed</error></errors></result>"


def test_what_flask_would_refuse_by_itself_is_answered_like_any_call(world: World) -> None:
    reply = world.service.send("PROPFIND", "/apiv2/customer.add.xml")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert reply.text == "<result><message>Method not allowed</message></result>"
    for host in ("..", "h" * 300, "<script>"):
        reply = world.service.send("GET", f"/api/profile.get.json?{who(world)}", None, {"Host": host})
        assert reply.json[0]["username"] == world.name


def test_options_and_head(world: World) -> None:
    reply = world.service.send("OPTIONS", "/apiv2/customer.add.json")
    assert (reply.status, reply.body, reply.headers["Allow"]) == (204, b"", "GET, HEAD, POST, OPTIONS")
    got = world.service.send("GET", f"/api/profile.get.json?{who(world)}")
    head = world.service.send("HEAD", f"/api/profile.get.json?{who(world)}")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"] == str(len(got.body))


def test_headers_are_those_of_2014_and_no_server_is_faked(world: World) -> None:
    for format, content_type in (("json", "application/json"), ("xml", "text/xml")):
        reply = world.call(f"profile.get.{format}")
        assert reply.headers["Content-Type"] == content_type
        assert reply.headers["Cache-Control"] == "no-cache, must-revalidate"
        assert reply.headers["Expires"] == "0"
        assert not {"Server", "X-Powered-By", "Set-Cookie"} & set(reply.headers)
        assert not reply.body.endswith(b"\n")


# Long things


def test_values_of_a_megabyte(world: World) -> None:
    # In a query, as many as the head of a request may have.
    for method, size in (("GET", 50_000), ("POST", 1_000_000)):
        reply = world.call("customer.add.json", method, **({"username": fresh()} | NEW | {"city": "é" * (size // 6)}))
        assert reply.json["errors"] == ["City can only be up to 100 characters."]
        reply = world.call("customer.add.json", method, username="u" * size)
        assert reply.json["errors"][0] == "Username can only be between 3 and 64 characters."


@pytest.mark.parametrize("field", ["x{}=1", "ip[]={}", "a[{}]=1", "ip[{}]=1"])
def test_ten_thousand_fields(world: World, field: str) -> None:
    fields = "&".join(field.format(number) for number in range(10_000))
    assert post(world, "customer.profile.json", f"{fields}&{who(world)}&task=get").text == "[]"


def test_a_long_list_is_whole_in_both_formats(world: World) -> None:
    from legacygrid.models import subusers

    with world.service.grid.store.writing():
        for number in range(1000):
            subusers.add(world.account, f"{world.name}-{number}", "$2b$04$none", first_name=f'"é<{number}')
    names = [f"{world.name}-{number}" for number in range(1000)]
    reply = world.call("customer.profile.json", task="get")
    assert reply.headers["Transfer-Encoding"] == "chunked"
    assert [row["username"] for row in reply.json] == names
    assert reply.text == json.dumps(reply.json, separators=(",", ":")).replace("/", "\\/")
    reply = world.call("customer.profile.xml", task="get")
    assert [user.findtext("username") for user in reply.xml] == names
    assert reply.xml[5].findtext("first_name") == '"é<5'


def test_the_front_page_and_the_health(world: World) -> None:
    page = world.service.send("GET", "/")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "primary account" in page.body.decode()
    assert world.name not in page.body.decode()
    health: Any = world.service.send("GET", "/__admin/health").json
    assert (health["status"], health["profile"]) == ("ok", "recorded")


def test_a_quoted_name_reads_back(world: World) -> None:
    name = f"o'<\"&é {fresh()}"
    world.add(name)
    assert world.row(name)["username"] == name
    reply = world.service.send("GET", f"/apiv2/customer.enable.json?{who(world)}&user={quote(name)}")
    assert reply.text == SUCCESS
