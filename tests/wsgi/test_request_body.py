"""Bodies that are compressed: read like any other, and never more of them than the limit."""

import bz2
import contextlib
import gzip
import json
import random
import zlib
from collections.abc import Callable
from functools import cache
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import FORM, PASSWORD, Reply, World
from legacygrid import reasons
from legacygrid.wsgi.body_limits import MAX_BODY
from legacygrid.wsgi.request_body import MAX_MEMBERS, decode

Coder = Callable[[bytes], bytes]
#: As it is, or what makes it.
Body = bytes | Callable[[], bytes]


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


CODINGS: dict[str, tuple[str, Coder]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "in capitals": (" GZip ", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without its frame": ("deflate", raw_deflate),
    "identity": ("identity", bytes),
    "empty": ("", bytes),
    "two": ("gzip, deflate", lambda data: zlib.compress(gzip.compress(data))),
    "twice the same": ("gzip,gzip", lambda data: gzip.compress(gzip.compress(data))),
    "nothing around one": ("identity, gzip", gzip.compress),
    "two members": ("gzip", lambda data: gzip.compress(data[:5]) + gzip.compress(data[5:])),
}


def send(world: World, body: Body, coding: str, target: str = "", kind: str = FORM) -> Reply:
    headers = {"Content-Type": kind, "Content-Encoding": coding}
    sent = body if isinstance(body, bytes) else body()
    return world.service.send("POST", target or "/apiv2/customer.profile.json", sent, headers)


def form(world: World, **params: str) -> bytes:
    return urlencode({"api_user": world.name, "api_key": PASSWORD, "task": "get", **params}).encode()


@pytest.mark.parametrize(("coding", "encode"), CODINGS.values(), ids=CODINGS)
def test_a_form(world: World, coding: str, encode: Coder) -> None:
    assert send(world, encode(form(world)), coding).text == "[]"


@pytest.mark.parametrize(("coding", "encode"), CODINGS.values(), ids=CODINGS)
def test_a_multipart_form(world: World, coding: str, encode: Coder) -> None:
    parts = {"api_user": world.name, "api_key": PASSWORD, "task": "get"}
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts.items()
    )
    encoded = encode(f"{body}--x--\r\n".encode())
    assert send(world, encoded, coding, kind="multipart/form-data; boundary=x").text == "[]"


@pytest.mark.parametrize(("coding", "encode"), CODINGS.values(), ids=CODINGS)
@pytest.mark.parametrize("target", ["/v3/email/send", "/v2/accounts/1/api-users", "/__admin/requests/find"])
def test_json(world: World, coding: str, encode: Coder, target: str) -> None:
    # Each system says the same of it as of the same without a coding.
    body = json.dumps({"api_key": "x" * 30, "outcome": "done", "limit": 1}).encode()
    plain = send(world, body, "", target, "application/json")
    coded = send(world, encode(body), coding, target, "application/json")
    assert coded.status == plain.status
    assert coded.body[-40:] == plain.body[-40:]


def test_mail_with_files(world: World) -> None:
    body = form(world, **{"from": "a@example.com", "to": "b@example.com", "subject": "s", "text": "t"})
    big = body + b"&files[a.txt]=" + random.Random(1).randbytes(3_000_000).hex().encode()
    assert send(world, gzip.compress(big, 1), "gzip", "/api/mail.send.json").json == {"message": "success"}


#: What takes seconds to make is made once, for the first test that sends it.
BOMBS: dict[str, Callable[[], bytes]] = {
    "a bomb": cache(lambda: gzip.compress(bytes(MAX_BODY + 1))),
    "a bomb in a bomb": cache(lambda: gzip.compress(gzip.compress(bytes(500_000_000)))),
    "a bomb of deflate": cache(lambda: raw_deflate(bytes(64 * MAX_BODY))),
}
BAD: dict[str, tuple[str, Body, int, str]] = {
    "brotli": ("br", b"x", 415, "The Content-Encoding br is not supported; send gzip, deflate or none"),
    "zstd": ("zstd", b"x", 415, "The Content-Encoding zstd is not supported"),
    "compress": ("compress", b"x", 415, "The Content-Encoding compress is not supported"),
    "none of a name": ("gzip, b\xe4r".encode("latin-1").decode("latin-1"), b"x", 415, "b?r is not supported"),
    "a known one around it": ("bzip2, gzip", gzip.compress(bz2.compress(b"x")), 415, "bzip2 is not supported"),
    "too many": (",".join(["gzip"] * 4), b"x", 415, "More than 3 values of Content-Encoding"),
    "no gzip": ("gzip", b"task=get", 400, "The body cannot be read"),
    "no deflate": ("deflate", b"task=get", 400, "The body cannot be read"),
    "cut short": ("gzip", gzip.compress(b"task=get" * 99)[:-9], 400, "The body cannot be read"),
    "a wrong sum": ("gzip", gzip.compress(b"task=get")[:-8] + b"x" * 8, 400, "The body cannot be read"),
    "more behind it": ("gzip", gzip.compress(b"task=get") + b"x", 400, "The body cannot be read"),
    "more behind deflate": ("deflate", zlib.compress(b"task=get") + b"x", 400, "The body cannot be read"),
    "a bomb": ("gzip", BOMBS["a bomb"], 413, "The body is too large"),
    "a bomb in a bomb": ("gzip, gzip", BOMBS["a bomb in a bomb"], 413, "The body is too large"),
    "a bomb of deflate": ("deflate", BOMBS["a bomb of deflate"], 413, "The body is too large"),
    "many members": ("gzip", gzip.compress(b"") * (MAX_MEMBERS + 1), 400, "The body cannot be read"),
}


@pytest.mark.parametrize(("coding", "body", "status", "text"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("suffix", ["json", "xml"])
def test_what_cannot_be_inflated_is_refused_in_the_asked_format(
    world: World, coding: str, body: Body, status: int, text: str, suffix: str
) -> None:
    for call in ("/apiv2/customer.profile", "/api/credentials/get"):
        reply = send(world, body, coding, f"{call}.{suffix}")
        assert reply.status == status
        assert text in reply.text
        assert reply.text.startswith("{" if suffix == "json" else "<")


@pytest.mark.parametrize(("coding", "body", "status", "text"), BAD.values(), ids=BAD)
@pytest.mark.parametrize(
    "target", ["/v3/email/send", "/v2/accounts/1/api-users", "/transaction/v2/bounces/list.json", "/__admin/faults"]
)
def test_every_system_refuses_it(world: World, coding: str, body: Body, status: int, text: str, target: str) -> None:
    reply = send(world, body, coding, target, "application/json")
    # Limits of mail and of the control API are wider, and then it is no JSON.
    assert reply.status in ((status,) if status != 413 else (413, 400))
    assert reply.status < 500
    assert "Traceback" not in reply.text


@given(data=st.binary(max_size=200), coding=st.sampled_from(["gzip", "deflate", "gzip,deflate", "identity"]))
def test_any_bytes_are_read_or_refused(data: bytes, coding: str) -> None:
    with contextlib.suppress(reasons.UnreadableBody, reasons.BodyTooLarge):
        assert len(decode(data, coding, 100)) <= (200 if coding == "identity" else 100)


@given(data=st.binary(max_size=100_000), place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_one_wrong_byte_is_never_taken_for_another_body(data: bytes, place: int, byte: int) -> None:
    coded = bytearray(gzip.compress(data, mtime=0))
    coded[place % len(coded)] = byte
    with contextlib.suppress(reasons.UnreadableBody, reasons.BodyTooLarge):
        assert decode(bytes(coded), "gzip", 100_000) == data


@given(data=st.binary(max_size=50_000))
def test_what_was_compressed_comes_back(data: bytes) -> None:
    for coding, encode in CODINGS.values():
        assert decode(encode(data), coding, 100_000) == data
