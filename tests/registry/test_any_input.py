"""Whatever bytes come in: a clear answer in the asked format, and nothing half done."""

import io
import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from urllib.parse import quote_from_bytes

import peewee
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import run_wsgi_app

from calls import every_form, every_format, every_method
from emulator import FORM, PASSWORD, Reply, Service, World, fresh, path
from engines import find_orphans
from generated import budget
from legacygrid.endpoints.sendgrid import suppressions
from legacygrid.models import parse_hosts, subusers, suppression
from legacygrid.models.account import Account
from legacygrid.models.api_key import ApiKey
from legacygrid.models.login import OWNER, Login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.names import name_key
from legacygrid.models.parse_hosts import ParseHost
from legacygrid.models.secrets import key_digest
from legacygrid.models.sequence import Sequence
from legacygrid.models.suppression import Suppression
from legacygrid.models.tables import TABLES
from legacygrid.models.writing import Writer
from legacygrid.registry.operations import READS, SENDS, Operation, Task
from legacygrid.serializers.profiles import profile
from legacygrid.serializers.sendgrid.keys import make_key

SUBUSER_PASSWORD = "analytical1"
CREDENTIAL_PASSWORD = "password1"
BOUNDARY = b"frontier"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY.decode()}"

any_input = budget(30)


Pairs = list[tuple[bytes, bytes]]


# The state that calls meet


@dataclass
class Rig:
    """An account with one of everything, and two emulators over it that need no socket."""

    account: Account
    name: str
    subuser: str
    credential: str
    bare_credential: str
    key: str
    domain: str
    apps: dict[str, Any]

    def callers(self) -> list["Caller"]:
        pairs = [
            (self.name, PASSWORD),
            (self.subuser, SUBUSER_PASSWORD),
            (self.credential, CREDENTIAL_PASSWORD),
            (self.bare_credential, CREDENTIAL_PASSWORD),
            ("apikey", self.key),
            (self.name, "wrong"),
            ("nobody-of-that-name", PASSWORD),
            (self.name, None),
            (None, PASSWORD),
        ]
        right = [Caller(self.name, PASSWORD)] * 20
        return [*right, *(Caller(*pair) for pair in pairs), Caller(bearer=self.key), Caller(bearer="wrong"), Caller()]


@dataclass(frozen=True)
class Caller:
    name: str | None = None
    secret: str | None = None
    bearer: str | None = None

    def pairs(self) -> Pairs:
        given = {"api_user": self.name, "api_key": self.secret}
        return [(name.encode(), value.encode()) for name, value in given.items() if value is not None]


@pytest.fixture(scope="module")
def rig(recorded: Service, documented: Service) -> Rig:
    world = World(recorded)
    key, domain = make_key(), "em.example.com"
    world.domain(domain)
    world.monitor("every tenth")
    with recorded.grid.store.writing():
        ApiKey.create(account=world.account, digest=key_digest(key))
    name = world.add(password=SUBUSER_PASSWORD, confirm_password=SUBUSER_PASSWORD, mail_domain=domain)
    with recorded.grid.store.writing():
        ParseHost.delete().where(
            ParseHost.hostname.in_(["mail.example.com", "ada.example.com", "parse.example.com"])
        ).execute()
        subuser = subusers.find(world.account, name)
        parse_hosts.add(world.account, "mail.example.com", "x")
        parse_hosts.add(subuser, "ada.example.com", "x")
        for account in (world.account, subuser):
            for each in suppressions.LISTS.values():
                suppression.add(account, each.kind, "ada@example.com", 1.0)
    return Rig(
        account=world.account,
        name=world.name,
        subuser=name,
        credential=world.credential(permissions='{"api": 1}'),
        bare_credential=world.credential(permissions='{"api": 0}'),
        key=key,
        domain=domain,
        apps={"recorded": recorded.app, "documented": documented.app},
    )


def parameters(rig: Rig, task: Task) -> Pairs:
    """The documented example, for names that the rig has."""
    given = dict(task.contract.example)
    if task.name:
        given["task"] = task.name
    if "user" in given:
        given["user"] = rig.subuser
    if given.get("username") == "reports" and task.handler.__name__ != "add_credential":
        given["username"] = rig.credential
    elif "username" in given:
        given["username"] = "nobody-has-this-name-yet"
    return [(name.encode(), value.encode()) for name, value in given.items()]


def family(account: Account) -> Any:
    """The account and its subusers."""
    return Account.select(Account.id).where((Account.id == account.id) | (Account.parent == account.id))


def queries(account: Account) -> list[Any]:
    """All that is the account's, and how much there is of everybody's."""
    rows = Account.select().where(Account.id.in_(family(account))).order_by(Account.id)
    belongings = [
        model.select().where(model.account.in_(family(account))).order_by(model)
        for model in (Login, ApiKey, MailDomain, ParseHost, Suppression)
    ]
    counts = [model.select(peewee.fn.COUNT(model._meta.primary_key)) for model in TABLES]
    return [rows, *belongings, Sequence.select(), *counts]


class State:
    """What the store has; the SQL is made once, since it is asked for thousands of times."""

    def __init__(self, account: Account) -> None:
        self._queries = [query.sql() for query in queries(account)]

    def now(self) -> list[Any]:
        database = Account._meta.database
        return [database.execute_sql(*query).fetchall() for query in self._queries]


def contradictions(account: Account) -> list[str]:
    """What should never be found in the store."""
    orphans = find_orphans()
    owner = (Login.account == Account.id) & (Login.kind == OWNER)
    unowned = (
        Account.select(Account.id)
        .join(Login, peewee.JOIN.LEFT_OUTER, on=owner)
        .group_by(Account.id)
        .having(peewee.fn.COUNT(Login.key) != 1)
    )
    logins = Login.select().where(Login.account.in_(family(account)))
    return [
        *(f"row {row} refers to nothing" for row in orphans),
        *(f"account {account.id} has not one owner" for account in unowned),
        *(f"{login.name!r} is found by {login.key!r}" for login in logins if login.key != name_key(login.name)),
    ]


# What is sent


@dataclass(frozen=True)
class Sent:
    """One request, as it is on the wire."""

    format: str
    method: str = "POST"
    query: bytes = b""
    body: bytes = b""
    type: str | None = FORM
    bearer: str | None = None
    #: Bytes that were promised and did not come.
    missing: int = 0

    def environ(self, path: str) -> dict[str, Any]:
        environ = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": f"{path}.{self.format}",
            "QUERY_STRING": self.query.decode("latin-1"),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(self.body) + self.missing),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
        }
        if self.type is not None:
            environ["CONTENT_TYPE"] = self.type
        if self.bearer is not None:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self.bearer}"
        return environ


def deliver(app: Any, sent: Sent, path: str) -> Reply:
    """The answer, without a socket."""
    chunks, status, headers = run_wsgi_app(app, sent.environ(path))
    return Reply(int(status[:3]), headers, b"".join(chunks))  # type: ignore[arg-type]


def urlencoded(pairs: Pairs) -> bytes:
    return b"&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}".encode() for name, value in pairs)


def unescaped(pairs: Pairs) -> bytes:
    return b"&".join(name + b"=" + value for name, value in pairs)


def multipart(pairs: Pairs) -> bytes:
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (BOUNDARY, name, value)
        for name, value in pairs
    ]
    return b"".join([*parts, b"--%s--\r\n" % BOUNDARY])


UNKNOWN = [b"nickname", b"ip[]", b"permissions[email]", b"permissions[]", b"permissions[api][x]", b"a[b][c]", b"[", b""]
FRAGMENTS = [
    b"", b"0", b"1", b"a", b"ada@example.com", b"\0", b"\xff", b"\xed\xa0\x80", "🙂".encode(), b"\r\n", b"]]>", b"<&>'\"",
    b"%zz", b"%", b"%00", b"%ff", b"&", b"=", b"+", b"\x0b", b'{"email": 0}', b'{"api": "1", "web": []}', b"[[[[", b"null",
    b"--" + BOUNDARY, b"\r\n--" + BOUNDARY + b"--", b'"; filename="x', b"12345678901234567890", b"apikey", b"x" * 300,
]  # fmt: skip
TYPES = [
    None,
    "",
    "application/json",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    ";;;=",
    "\xff",
]
some_bytes = st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=24), st.text(max_size=12).map(str.encode))


def names(task: Task) -> Any:
    """Names of fields: those that the task knows, in every way in which PHP writes them, and any others."""
    own = [*task.contract.params(profile()), "user"]
    known = ["task", "api_user", "api_key", *own]
    arrays = [f"{name}{keys}" for name in known for keys in ("[]", "[x]", "[0][]")]
    return st.one_of(
        *[st.sampled_from([name.encode() for name in own])] * 2,
        st.sampled_from([name.encode() for name in known + arrays] + UNKNOWN),
        some_bytes,
    )


def values(rig: Rig) -> Any:
    known = [rig.name, rig.subuser, rig.credential, rig.domain, rig.key]
    return st.one_of(st.sampled_from([value.encode() for value in known]), some_bytes)


#: What happens to a body on its way; mostly nothing.
DAMAGE = st.one_of(
    *[st.just({})] * 8,
    st.fixed_dictionaries({"cut": st.integers(0, 400)}),
    st.fixed_dictionaries({"tail": st.binary(max_size=40)}),
    st.fixed_dictionaries({"other_type": st.sampled_from(TYPES)}),
    st.just({"missing": 7}),
)
ENDS = [*[b""] * 9, b"&%", b"&\xff=\0", b"&a[=%e9", b"=&=&[]"]


def requests(rig: Rig, task: Task) -> Any:
    """Calls that might well succeed, and what may become of them."""
    return st.builds(
        request,
        base=st.just(parameters(rig, task)),
        gone=st.sets(st.integers(0, 40), max_size=2),
        more=st.lists(st.tuples(names(task), values(rig)), max_size=4),
        caller=st.sampled_from(rig.callers()),
        in_query=st.sampled_from([0, 0, 1, 2, 99]),
        end=st.sampled_from(ENDS),
        encoding=st.sampled_from([(urlencoded, FORM), (unescaped, FORM), (multipart, MULTIPART)]),
        damage=DAMAGE,
        format=st.sampled_from(["json", "xml"]),
        method=st.sampled_from(["GET", "POST"]),
    )


def request(
    base: Pairs,
    gone: set[int],
    more: Pairs,
    caller: Caller,
    in_query: int,
    end: bytes,
    encoding: Any,
    damage: dict[str, Any],
    **how: str,
) -> Sent:
    """The first pairs by the query, the others by the body."""
    pairs = [*caller.pairs(), *(pair for place, pair in enumerate(base) if place not in gone), *more]
    encode, type = encoding
    body = encode(pairs[in_query:]) if pairs[in_query:] else b""
    return Sent(
        query=urlencoded(pairs[:in_query]) + end,
        body=body[: damage.get("cut")] + damage.get("tail", b""),
        type=damage.get("other_type", type),
        missing=damage.get("missing", 0),
        bearer=caller.bearer,
        **how,
    )


# What comes back


#: Of the Python back ends, and of what customer.apps refuses.
HTML_TYPES = ("text/html", "text/html; charset=utf-8")


def parsed(reply: Reply, format: str) -> Any:
    """The document, which is ASCII and well-formed."""
    if format == "json":
        assert reply.headers["Content-Type"] in ("application/json", *HTML_TYPES)
        return json.loads(reply.text, parse_constant=pytest.fail)
    assert reply.headers["Content-Type"] in ("text/xml", *HTML_TYPES)
    return ElementTree.fromstring(reply.text)


def succeeded(document: Any) -> bool:
    """What is refused says so under `error`, `errors` or another `message`; in XML, in a `result`."""
    if isinstance(document, ElementTree.Element):
        is_done = document.findtext("message") == "success" or document.find("count") is not None
        return document.tag != "result" or is_done
    if isinstance(document, list):
        return True
    return document.get("message", "success") == "success" and not document.keys() & {"error", "errors"}


@contextmanager
def undone(app: Any, sent: Sent, path: str) -> Iterator[Reply]:
    """The answer to a call; what it did is taken back, so that the next one meets the same state."""
    database = Account._meta.database
    inside = patch.object(Writer, "together", lambda writer: database.atomic())
    with database.atomic() as transaction, inside:
        try:
            yield deliver(app, sent, path)
        finally:
            transaction.rollback()


#: What tells the whole state of an account.
LISTS = [
    ("/api/profile.get", b""),
    ("/apiv2/customer.profile", b"&task=get"),
    ("/api/credentials/get", b""),
    ("/api/parse.get", b""),
]


def assert_readable(rig: Rig) -> None:
    """Whatever was stored can be told; JSON can tell anything."""
    for place, more in LISTS:
        reply = deliver(rig.apps["recorded"], Sent("xml", "GET", more, bearer=rig.key), place)
        assert reply.status == 200, reply.body
        assert succeeded(parsed(reply, "xml")), reply.body


@every_form
def test_any_bytes_in_any_field(rig: Rig, operation: Operation, task: Task) -> None:
    state = State(rig.account)
    before, known = state.now(), contradictions(rig.account)
    seen: Counter[bool] = Counter()

    @any_input
    @given(requests(rig, task), st.sampled_from(sorted(rig.apps)))
    def answers_well(sent: Sent, profile: str) -> None:
        with undone(rig.apps[profile], sent, operation.paths[0]) as reply:
            assert reply.status < 500, reply.body
            is_done = succeeded(parsed(reply, sent.format))
            if state.now() != before:
                assert is_done or task.effect is SENDS, f"refused, and yet something has changed: {reply.body!r}"
                assert task.effect is not READS
                # Other tests of the process may hold accounts without owners.
                assert contradictions(rig.account) == known
                assert_readable(rig)
            seen[is_done] += 1

    answers_well()
    few = seen.total() / 40
    assert seen[True] > few, "hardly any of these calls succeeded, so they prove little"
    assert seen[False] > few
    assert state.now() == before


# Single things, each with its answer


READABLE = {
    "emoji": "🙂👩‍👩‍👧",
    "quotes": "'single' \"double\" `back`",
    "markup": "<b>&amp;</b> & <",
    "end-of-cdata": "a]]>b<![CDATA[c",
    "carriage-return": "a\rb",
    "line-ends": "a\r\nb\nc\n\rd\r",
    "tab": "\ta\tb\t",
    "spaces": "  a  ",
    "delete-and-c1": "a\x7f\x80\x85\x9fb",
    "separators": "a\u2028b\u2029c\xa0d\ufeff",
    "right-to-left": "\u202eabc\u202c",
    "combining": "e\u0301 \u1e9e ß \u017f",
    "last-character": "\ufffd\U0010ffff",
    "escapes": "\\u0041 \\ / %41 &#65; +",
    "entity": "&#0; &bogus;",
    "json": '{"a": [null]}',
    "zero": "0",
}
UNREADABLE = {
    "nul": (b"a%00b", "contains characters that XML 1.0 forbids"),
    "control": (b"a%01b", "contains characters that XML 1.0 forbids"),
    "escape": (b"%1b[2J", "contains characters that XML 1.0 forbids"),
    "raw-control": (b"a\x0bb", "contains characters that XML 1.0 forbids"),
    "no-character": (b"%EF%BF%BE", "contains characters that XML 1.0 forbids"),
    "surrogate": (b"%ED%A0%80", "contains bytes that are not UTF-8"),
    "surrogate-pair": (b"%ED%A0%BD%ED%B8%80", "contains bytes that are not UTF-8"),
    "latin-1": (b"caf%e9", "contains bytes that are not UTF-8"),
    "raw-0xff": (b"a\xffb", "contains bytes that are not UTF-8"),
    "overlong": (b"%C0%80", "contains bytes that are not UTF-8"),
    "beyond-unicode": (b"%F4%90%80%80", "contains bytes that are not UTF-8"),
    "cut-short": (b"%F0%9F%99", "contains bytes that are not UTF-8"),
}


def rows_of(reply: Reply, format: str) -> list[dict[str, str]]:
    if format == "json":
        rows: list[dict[str, str]] = reply.json
        return rows
    return [{child.tag: child.text or "" for child in row} for row in reply.xml]


def said(reply: Reply, format: str) -> list[str]:
    """The texts of a refusal, in whatever shape."""
    if format == "xml":
        assert reply.xml.tag == "result", reply.text
        return [each.text or "" for each in reply.xml.iter() if each.tag == "error"] or [reply.xml.findtext("message")]
    document = reply.json
    if "errors" in document:
        return list(document["errors"])
    error = document["error"]
    return [error["message"]] if isinstance(error, dict) else error.split("; ")


def post(world: World, call: str, body: bytes, type: str = FORM) -> Reply:
    """A form by POST, its credentials before the given bytes."""
    who = urlencoded(Caller(world.name, PASSWORD).pairs())
    if type == FORM:
        return world.service.send("POST", path(call), who + b"&" + body, {"Content-Type": type})
    return world.service.send("POST", f"{path(call)}?{who.decode()}", body, {"Content-Type": type})


@pytest.mark.parametrize("text", [pytest.param(text, id=id) for id, text in READABLE.items()])
@every_format
@every_method
def test_what_is_stored_reads_back_the_same(world: World, text: str, format: str, method: str) -> None:
    reply = world.call("profile.set.json", method, first_name=text, city=text)
    assert reply.json == {"message": "success"}
    (row,) = rows_of(world.call(f"profile.get.{format}", method), format)
    assert (row["first_name"], row["city"]) == (text, text)


@pytest.mark.parametrize("text", [pytest.param(text, id=id) for id, text in READABLE.items() if id != "zero"])
@every_format
def test_what_is_stored_is_found(world: World, text: str, format: str) -> None:
    name = world.add(city=text)
    world.add()
    rows = rows_of(world.call(f"customer.profile.{format}", task="get", city=text), format)
    assert [row["username"] for row in rows] == [name]


@pytest.mark.parametrize("text", [text for text in READABLE.values() if text.isprintable() and len(text) > 2])
@every_format
def test_names_read_back_the_same(world: World, text: str, format: str) -> None:
    subuser, credential = fresh(text), fresh(text)
    world.add(subuser)
    world.credential(credential)
    (row,) = rows_of(world.call(f"customer.profile.{format}", task="get"), format)
    assert row["username"] == subuser
    (row,) = rows_of(world.call(f"credentials/get.{format}"), format)
    assert row["name"] == credential


@pytest.mark.parametrize(("sent", "why"), [pytest.param(*row, id=id) for id, row in UNREADABLE.items()])
@pytest.mark.parametrize(
    ("call", "field", "label"),
    [
        ("profile.set", "first_name", "First name"),
        ("profile.setEmail", "email", "Email"),
        ("profile.set", "some_thing", "Some thing"),
        ("profile.set", "first_name[]", "First name"),
        ("profile.set", "some_thing[x]", "Some thing"),
        ("credentials/get", "username", "Username"),
        ("credentials/add", "permissions", "Permissions"),
        ("credentials/add", "permissions[email]", "Permissions"),
        ("credentials/get", "some_thing", "Some thing"),
    ],
)
@every_format
def test_what_is_no_text_is_refused_by_name(
    world: World, sent: bytes, why: str, call: str, field: str, label: str, format: str
) -> None:
    body = field.encode() + b"=" + sent
    assert f"{label} {why}" in said(post(world, f"{call}.{format}", body), format)


@pytest.mark.parametrize(("sent", "why"), [pytest.param(*row, id=id) for id, row in UNREADABLE.items()])
@every_format
def test_it_is_refused_in_a_query_too(world: World, sent: bytes, why: str, format: str) -> None:
    who = urlencoded(Caller(world.name, PASSWORD).pairs())
    reply = deliver(world.service.app, Sent(format, "GET", who + b"&city=" + sent), path("profile.set"))
    assert said(reply, format) == [f"City {why}"]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"a\0b", "contains characters that XML 1.0 forbids"),
        (b"caf\xe9", "contains bytes that are not UTF-8"),
        (b"\xed\xa0\x80", "contains bytes that are not UTF-8"),
    ],
)
@every_format
def test_it_is_refused_in_a_multipart_body_too(world: World, sent: bytes, why: str, format: str) -> None:
    reply = post(world, f"profile.set.{format}", multipart([(b"city", sent), (b"other", b"1")]), MULTIPART)
    assert said(reply, format) == [f"City {why}"]


@every_format
@pytest.mark.parametrize("call", ["customer.enable", "customer.delete", "profile.get"])
def test_it_is_refused_where_no_parameter_is_known(world: World, call: str, format: str) -> None:
    name = world.add()
    body = b"user=" + name.encode() + b"&some_thing=%ff"
    assert said(post(world, f"{call}.{format}", body), format) == ["Some thing contains bytes that are not UTF-8"]
    assert world.row(name)["username"] == name


MEGABYTE = b"x" * 1024 * 1024


@pytest.mark.parametrize(
    ("call", "body", "texts"),
    [
        ("profile.set", b"first_name=" + MEGABYTE, ["First name can only be up to 50 characters."]),
        ("profile.set", b"website=" + MEGABYTE, ["Website can only be up to 255 characters."]),
        ("profile.setEmail", b"email=" + MEGABYTE, ["Email can only be up to 100 characters."]),
        ("profile.setUsername", b"username=" + MEGABYTE, ["Username can only be between 3 and 64 characters."]),
        (
            "password.set",
            b"password=" + MEGABYTE + b"&confirm_password=" + MEGABYTE,
            ["Password can only be between 6 and 128 characters."],
        ),
        ("customer.enable", b"user=" + MEGABYTE, ["User does not exist"]),
        ("customer.profile", b"task=" + MEGABYTE, ["Not found"]),
        ("customer.profile", b"task=get&active=" + MEGABYTE, ["Active can only be 0 or 1."]),
        ("customer.auth", b"user=a&password=" + MEGABYTE, ["Invalid username and/or password"]),
        ("credentials/edit", b"username=" + MEGABYTE, ["Credential does not exist"]),
        (
            "credentials/add",
            b"username=someone&password=password1&permissions=" + MEGABYTE,
            ["Permissions can only be a JSON object of the bits email, api and web."],
        ),
        (
            "credentials/add",
            b"username=someone&password=password1&permissions[%s]=1" % MEGABYTE,
            [f'Permissions can only name email, api and web, not "{"x" * 32}".'],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@every_format
def test_a_megabyte_is_refused_by_name(world: World, call: str, body: bytes, texts: list[str], format: str) -> None:
    assert said(post(world, f"{call}.{format}", body), format) == texts


@every_format
def test_a_megabyte_filters_as_any_text(world: World, format: str) -> None:
    world.add()
    reply = post(world, f"customer.profile.{format}", b"task=get&city=" + MEGABYTE)
    assert rows_of(reply, format) == []


@every_format
def test_a_megabyte_is_a_wrong_secret(world: World, format: str) -> None:
    body = b"api_user=%s&api_key=%s" % (world.name.encode(), MEGABYTE)
    reply = world.service.send("POST", path(f"profile.get.{format}"), body, {"Content-Type": FORM})
    assert said(reply, format) == ["Permission denied, wrong credentials"]


@every_format
def test_a_long_query(world: World, format: str) -> None:
    # As much as the head of a request may have.
    reply = world.call(f"profile.set.{format}", "GET", first_name="x" * 60_000)
    assert said(reply, format) == ["First name can only be up to 50 characters."]


def numbered(count: int) -> Pairs:
    return [(b"f%d" % number, b"v") for number in range(count)]


def repeated(count: int) -> Pairs:
    return [(b"ip[]", b"192.0.2.1")] * count


MANY = [pytest.param(numbered, id="names"), pytest.param(repeated, id="ip[]")]
WAYS = [pytest.param(urlencoded, FORM, id="urlencoded"), pytest.param(multipart, MULTIPART, id="multipart")]


@pytest.mark.parametrize("fields", MANY)
@pytest.mark.parametrize(("encode", "type"), WAYS)
@every_format
def test_ten_thousand_fields_are_taken(world: World, fields: Any, encode: Any, type: str, format: str) -> None:
    body = encode([*fields(10_000), (b"city", b"London")])
    assert succeeded(parsed(post(world, f"profile.set.{format}", body, type), format))
    (row,) = rows_of(world.call(f"profile.get.{format}"), format)
    assert row["city"] == "London"


@pytest.mark.parametrize("fields", MANY)
@pytest.mark.parametrize(("encode", "type"), WAYS)
@every_format
def test_thirty_thousand_fields_are_too_many(world: World, fields: Any, encode: Any, type: str, format: str) -> None:
    reply = post(world, f"profile.set.{format}", encode([(b"city", b"London"), *fields(30_000)]), type)
    assert (reply.status, said(reply, format)) == (413, ["Too many fields"])
    assert world.call("profile.get.json").json[0]["city"] == ""


DEPTHS = [1, 2, 64, 65, 1000, 100_000]


@pytest.mark.parametrize("depth", DEPTHS)
@every_format
def test_an_array_is_no_text_however_deep(world: World, depth: int, format: str) -> None:
    reply = post(world, f"profile.set.{format}", b"first_name" + b"[a]" * depth + b"=x")
    assert not succeeded(parsed(reply, format)), "the field was dropped silently"
    assert all(text.startswith("First name ") for text in said(reply, format))


@pytest.mark.parametrize("depth", DEPTHS)
@every_format
def test_a_nested_permission_is_no_bit(world: World, depth: int, format: str) -> None:
    body = b"username=%s&password=password1&permissions" % fresh("cred").encode() + b"[email]" * depth + b"=x"
    reply = post(world, f"credentials/add.{format}", body)
    assert not succeeded(parsed(reply, format)), "the field was dropped silently"
    assert all(text.startswith("Permissions") for text in said(reply, format))
    assert world.call("credentials/get.json").json == []


OBJECT = "Permissions can only be a JSON object of the bits email, api and web."
BIT = "Permissions: email can only be 0 or 1."


@pytest.mark.parametrize(
    ("permissions", "text"),
    [
        pytest.param('{"email":' * 2 + "1" + "}" * 2, BIT, id="2"),
        pytest.param('{"email":' * 200 + "1" + "}" * 200, BIT, id="200"),
        pytest.param('{"email":' + "[" * 200 + "]" * 200 + "}", BIT, id="list"),
        pytest.param('{"email":' * 100_000 + "1" + "}" * 100_000, OBJECT, id="100000"),
        pytest.param("[" * 100_000 + "]" * 100_000, OBJECT, id="lists"),
        pytest.param("[" * 100_000, OBJECT, id="cut"),
        pytest.param('{"email": NaN}', BIT, id="nan"),
        pytest.param('{"email": 1.0}', BIT, id="float"),
        pytest.param('{"email": 1e999}', BIT, id="infinity"),
        pytest.param('{"email": null}', BIT, id="null"),
        pytest.param('{"email": %s}' % ("9" * 100_000), OBJECT, id="number"),
        pytest.param('{"\\ud800": 1}', 'Permissions can only name email, api and web, not "\\ud800".', id="surrogate"),
        pytest.param('{"\\u0000": 1}', 'Permissions can only name email, api and web, not "\\u0000".', id="nul"),
        pytest.param('{"]]>&": 1}', 'Permissions can only name email, api and web, not "]]>&".', id="markup"),
        pytest.param("\ufeff{}", OBJECT, id="bom"),
    ],
)
@every_format
def test_permissions_are_refused_by_name(world: World, permissions: str, text: str, format: str) -> None:
    call = f"credentials/add.{format}"
    reply = world.call(call, username=fresh("cred"), password="password1", permissions=permissions)
    assert (reply.status, said(reply, format)) == (400, [text])
    assert world.call("credentials/get.json").json == []


@pytest.mark.parametrize(
    ("body", "type", "status", "text"),
    [
        (multipart([(b"city", b"x")])[:-9], MULTIPART, 400, "The body cannot be read"),
        (multipart([(b"city", b"x")])[:20], MULTIPART, 400, "The body cannot be read"),
        (b"city=x", MULTIPART, 400, "The body cannot be read"),
        (multipart([(b"city", b"x")]), "multipart/form-data", 400, "The body cannot be read"),
        (b'{"city": "x"}', "application/json", 415, None),
        (b"city=x", "text/plain", 415, None),
        (b"city=" + b"x" * 5 * 1024 * 1024, FORM, 413, "The body is too large"),
    ],
)
@every_format
def test_a_body_that_is_no_form(
    world: World, body: bytes, type: str, status: int, text: str | None, format: str
) -> None:
    reply = post(world, f"profile.set.{format}", body, type)
    assert reply.status == status
    assert text is None or said(reply, format) == [text]
    assert world.call("profile.get.json").json[0]["city"] == ""


@every_format
def test_an_uploaded_file_is_no_value(world: World, format: str) -> None:
    body = multipart([(b'city"; filename="x.txt', b"London")])
    reply = post(world, f"profile.set.{format}", body, MULTIPART)
    assert said(reply, format) == ["City cannot be an uploaded file"]
