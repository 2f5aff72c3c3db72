"""The body of a request as bytes: whole, within its limit, and inflated."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from legacygrid import reasons
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.wsgi import blocking
from legacygrid.wsgi.body_limits import LONG, MAX_BODY
from legacygrid.wsgi.environ_keys import BODY_LIMIT, CUT_SHORT, NO_ROOM, TOO_SLOW

#: Codings of one body, each around the other, and members of one gzip file (RFC 1952, 2.2): a
#: client that means well has one of each.
MAX_CODINGS, MAX_MEMBERS = 3, 100
_OURS = inferred("no client of the time compressed what it sent")
UNKNOWN_CODING = Sentence(
    "The Content-Encoding {coding} is not supported; send gzip, deflate or none", _OURS
)
MANY_CODINGS = Sentence("More than {most} values of Content-Encoding", _OURS)
#: Bytes that are inflated at a time: what follows the end of a member is copied.
_PIECE = 16 * 1024
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


def read_body(environ: Mapping[str, Any]) -> bytes:
    """The bytes of the body, counted against Content-Length, and inflated by Content-Encoding.

    A server that marks the input as terminated (PEP 3333 has no word for chunked bodies) is read to
    its end.

    :raises BodyTooLarge, BodyCutShort, BodyTooSlow, NoRoom: as they say.
    :raises UnknownCoding, UnreadableBody: it is compressed in a way that is not known, or wrongly.
    """
    data = _read(environ)
    codings = environ.get("HTTP_CONTENT_ENCODING")
    if not codings or not data:
        return data
    return decode(data, codings, environ.get(BODY_LIMIT, MAX_BODY))


def open_body(environ: Mapping[str, Any], least: int) -> tuple[IO[bytes], int] | None:
    """The body as a file, and its length; none if it is shorter than so many bytes, compressed, or
    has not been kept by the server.

    :raises BodyTooLarge, BodyCutShort: as they say.
    """
    length, file = environ.get("CONTENT_LENGTH") or "", environ["wsgi.input"]
    is_kept = length.isdecimal() and getattr(file, "seekable", lambda: False)()
    size = int(length[:18]) if is_kept else 0
    if size < least or environ.get("HTTP_CONTENT_ENCODING"):
        return None
    if size > environ.get(BODY_LIMIT, MAX_BODY):
        raise reasons.BodyTooLarge
    blocking.about_to_block()
    if environ.get(CUT_SHORT):
        raise reasons.BodyCutShort
    return file, size


def _read(environ: Mapping[str, Any]) -> bytes:
    if environ.get(TOO_SLOW):
        raise reasons.BodyTooSlow
    if environ.get(NO_ROOM):
        raise reasons.NoRoom
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() and not environ.get("wsgi.input_terminated"):
        return b""
    limit = environ.get(BODY_LIMIT, MAX_BODY)
    wanted = min(int(length.lstrip("0")[:10] or 0), limit + 1) if length.isdecimal() else limit + 1
    if wanted > limit and length:
        raise reasons.BodyTooLarge
    if wanted > LONG and length:
        blocking.about_to_block()
    data: bytes = environ["wsgi.input"].read(wanted)
    if len(data) > limit:
        raise reasons.BodyTooLarge
    if environ.get(CUT_SHORT) or (length and len(data) < wanted):
        raise reasons.BodyCutShort
    return data


def decode(data: bytes, codings: str, limit: int) -> bytes:
    """A body without its codings.

    :param codings: the value of Content-Encoding: names in the order in which they were applied.
    :param limit: bytes that it may have, also in between.
    :raises BodyTooLarge, UnknownCoding, UnreadableBody: as they say.
    """
    names = [name for each in codings.split(",") if (name := each.strip().lower())]
    decoders = [_decoder(name) for name in names if name != "identity"]
    if len(decoders) > MAX_CODINGS:
        raise reasons.UnknownCoding(MANY_CODINGS.fill(most=MAX_CODINGS))
    if decoders:
        blocking.about_to_block()
    for decoder in reversed(decoders):
        try:
            data = decoder(data, limit)
        except zlib.error as error:
            raise reasons.UnreadableBody(hint=f"Content-Encoding: {error}") from None
    return data


def _decoder(name: str) -> Callable[[bytes, int], bytes]:
    decoders = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _undeflate}
    if name not in decoders:
        shown = name[:40].encode("ascii", "replace").decode()
        raise reasons.UnknownCoding(UNKNOWN_CODING.fill(coding=shown))
    return decoders[name]


def _gunzip(data: bytes, limit: int) -> bytes:
    return _inflate(data, _GZIP, limit)


def _undeflate(data: bytes, limit: int) -> bytes:
    """What `deflate` is by RFC 9110, within zlib's frame (RFC 1950); and without, as Microsoft's
    libraries of the time sent it.
    """
    try:
        return _inflate(data, _ZLIB, limit)
    except zlib.error:
        return _inflate(data, _RAW, limit)


def _inflate(data: bytes, window: int, limit: int) -> bytes:
    """:raises zlib.error: it cannot be inflated, ends too early, or is followed by what is none.
    :raises BodyTooLarge: it is; no more than that is made of it.
    """
    engine = zlib.decompressobj(window)
    made, members = bytearray(), 1
    for piece in _pieces(data):
        rest = piece
        while rest:
            if engine.eof:
                members += 1
                if window != _GZIP or members > MAX_MEMBERS:
                    raise zlib.error("something follows the end")
                engine = zlib.decompressobj(window)
            made += engine.decompress(rest, limit + 1 - len(made))
            if len(made) > limit:
                raise reasons.BodyTooLarge
            rest = engine.unconsumed_tail or engine.unused_data
    if not engine.eof:
        raise zlib.error("it is cut short")
    return bytes(made)


def _pieces(data: bytes) -> Iterator[bytes]:
    for begin in range(0, len(data), _PIECE):
        yield data[begin : begin + _PIECE]
