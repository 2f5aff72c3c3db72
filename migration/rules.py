"""What changes for every call: rows of the table that are about the wire as a whole."""

from typing import NamedTuple

from legacygrid.migration.rows import Kind
from legacygrid.registry.evidence import Evidence, documented, recorded


class WireRule(NamedTuple):
    """A way of v2's wire, and v3's in its place.

    :param name: one word for it: `credentials`.
    :param v2: how it was; `v3` how it is.
    :param losses: what is lost, or breaks code on the way.
    """

    name: str
    v2: str
    v3: str
    kind: Kind
    losses: tuple[str, ...]
    evidence: Evidence


_OAI = documented("twilio/sendgrid-oai of January 2026, beside the manual of v2")
RULES = (
    WireRule(
        "credentials",
        "api_user and api_key as parameters, in the query or the form",
        "the header Authorization: Bearer KEY",
        Kind.LOSSY,
        (
            "a password does not become a key: one has to be made; where api_user was `apikey`,"
            " the same key goes on",
            "what stood in a query is in the logs of proxies and servers: take it for known, and"
            " change it",
        ),
        documented("the vendor's pages on v2 and v3"),
    ),
    WireRule(
        "subuser",
        "user, a parameter",
        "the subuser's name in the path, or the header On-Behalf-Of",
        Kind.EXACT,
        ("mail/send ignores the header: a subuser's mail needs the subuser's own key",),
        _OAI,
    ),
    WireRule(
        "xml",
        "a path that ends in .xml",
        "JSON",
        Kind.LOSSY,
        ("there is no XML: what reads `<user>`, `<errors>` or `<result>` has to go",),
        _OAI,
    ),
    WireRule(
        "get",
        "GET for calls that change something",
        "POST, PATCH, PUT and DELETE",
        Kind.EXACT,
        ("some proxies let neither PATCH nor DELETE through, nor a DELETE with a body",),
        _OAI,
    ),
    WireRule(
        "status",
        "status 200 with an error in the body",
        "4xx with a list of errors",
        Kind.LOSSY,
        (
            "code that reads the body alone has to look at the status",
            "the vendor's clients for Python and Node raise an error, those for Ruby and PHP none",
        ),
        recorded("OneHQ/sendgrid_webapi, 2012, beside answers of v3 that were published"),
    ),
    WireRule(
        "arrays",
        "name[]=a&name[]=b",
        "name=a&name=b in a query, a list in JSON",
        Kind.EXACT,
        ("brackets are wrong in v3",),
        _OAI,
    ),
    WireRule(
        "task",
        "task, a parameter",
        "verb and path",
        Kind.EXACT,
        (),
        _OAI,
    ),
)
