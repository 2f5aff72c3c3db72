"""What the calls of /transaction/v2/* have in common: how they come in, and who may make them."""

from legacygrid.auth.claims import Environ, form_pair
from legacygrid.auth.principal import EVERYBODY, OWNERS, Access, Caller
from legacygrid.registry.conventions import JSON, Conventions
from legacygrid.registry.operations import Family
from legacygrid.serializers.cmc import rows, words
from legacygrid.wsgi import forms, json_bodies
from legacygrid.wsgi.forms import Fields

#: Rows of a page, unless the call says otherwise.
ROWS = 10
#: Of an example.
COMPOSITION = {"server_composition": "sandbox"}

#: Who reads lists and who downloads them; who changes lists, and sees who did.
READERS = Access(EVERYBODY, permission="reference")
DOWNLOADERS = Access(EVERYBODY, permission="download")
ADMINS = OWNERS | Caller.ADMIN


def read(environ: Environ) -> Fields:
    """A form, or else JSON.

    :raises Reason: the body is neither.
    """
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    is_form = kind in (forms.URLENCODED, forms.MULTIPART)
    return forms.read(environ) if is_form else json_bodies.read(environ)


CONVENTIONS = Conventions(
    verbs=("POST",),
    read=read,
    bodies=(forms.URLENCODED, forms.MULTIPART, JSON),
    claim=form_pair,
    answer=rows.answer,
    describe_answer=rows.describe_list,
)


def new_family() -> Family:
    """A family for the operations of one module."""
    return Family(
        "transaction",
        ("/transaction/v2/{}",),
        words.dialect,
        callers=EVERYBODY,
        conventions=CONVENTIONS,
        prefix="/transaction/",
    )
