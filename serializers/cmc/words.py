"""How Customers Mail Cloud speaks: the envelope of its refusals, known from a client, in English or
in Japanese, and what is typical of its answers.
"""

from dataclasses import replace
from functools import partial

from legacygrid.registry.evidence import Sentence, client, documented, inferred
from legacygrid.serializers.cmc.messages import PARAMETERS, TWICE
from legacygrid.serializers.cmc.refusals import REFUSALS
from legacygrid.serializers.cmc.sources import MANUAL_TE, MANUAL_USERS, PHP_CLIENT
from legacygrid.serializers.dialects import Dialect, Saying, Sayings
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.shapes import Document, RefusalContent, Shape, XmlDocument
from legacygrid.serializers.writers import compact_json


def _split(text: Sentence) -> tuple[Sentence, str]:
    """A sentence of the table, and what may follow it: the name of what is wrong."""
    return (TWICE, text.removeprefix(TWICE)) if text.startswith(f"{TWICE}: ") else (text, "")


#: The documented keys; `code` is a text.
_REFUSAL = {"errors": [{"code": str, "field": str, "message": str}]}


def _errors(is_japanese: bool, refusal: RefusalContent) -> tuple[Document, XmlDocument]:
    """`{"errors":[{"code":"13-006","field":"","message":"..."}]}`."""
    errors: list[Document] = []
    for problem in refusal.problems:
        sentence, what = _split(problem.text)
        code, japanese = PARAMETERS.get(sentence, (refusal.name, sentence))
        message = f"{japanese if is_japanese else sentence}{what}"
        errors.append({"code": code, "field": problem.field, "message": message})
    errors = errors or [{"code": refusal.name, "field": "", "message": refusal.text or ""}]
    return {"errors": errors}, errors


def _sayings(is_japanese: bool) -> Sayings:
    shape = Shape(partial(_errors, is_japanese), _REFUSAL)
    return {
        reason: Saying(
            wording.status,
            wording.ja if is_japanese else wording.en,
            wording.evidence,
            shape,
            always=True,
            name=wording.code,
        )
        for reason, wording in REFUSALS.items()
    }


_TRAITS = (
    ('Refusals are `{"errors":[{"code","field","message"}]}`', client(PHP_CLIENT)),
    (
        "HTTP 401 for identity, 403 for role, permission and gate, 400 for parameters",
        inferred("none was found"),
    ),
    (
        "`Accept-Language: en` or `ja` chooses the language of messages; others get English",
        documented(MANUAL_TE),
    ),
    ("The Japanese sentences", inferred("no source has one; worded after the English ones")),
    (
        "XML begins with a declaration that says `standalone`; the root is the plural",
        documented(MANUAL_TE),
    ),
    ("XML of refusals is `<errors><error>...`", inferred("the rule of lists: plural and singular")),
    ("JSON is compact and ASCII", inferred("every reader takes it")),
    (
        "JSON comes as `application/json`, XML as `application/xml`",
        inferred("no client looks at it"),
    ),
    ("Calls come by POST, as a form or as JSON", documented(MANUAL_TE)),
    (
        "Dates in requests are read in the caller's time zone, those in answers written in it",
        documented(MANUAL_USERS),
    ),
    ("An owner's time zone is UTC", inferred("the setting is an API user's")),
    (
        "Dates are `YYYY-MM-DD`, moments `YYYY-MM-DD HH:MM:SS`",
        inferred("no sample at hand shows another form"),
    ),
    ("`own_data_only` narrows bounces, deliveries and statistics alone", documented(MANUAL_USERS)),
    (
        "A changed API user is known at once, without `reflect on the mail server`",
        inferred("a test shall not wait"),
    ),
    (
        "Any `server_composition` names the one mail server there is",
        inferred("which there were was a contract's matter"),
    ),
    (
        "Lists are newest first; `p` counts pages from 0, `r` is 10, and 100 at most",
        documented(f"{MANUAL_TE}, of blocks"),
    ),
    (
        "`search_option` is exact, prefix, suffix or partial; exact unless given",
        inferred("the manual's excerpt is cut"),
    ),
    (
        "Downloads are the whole list as a file in the format of the path",
        inferred("their pages were not seen"),
    ),
    ("Each email of `bulk` goes to one address of `to`", inferred("what bulk is for")),
    (
        "API users of an account that has mail domains send from these alone, else 13-006",
        inferred("the sentence speaks of DKIM"),
    ),
)

#: Plurals of the XML of refusals.
_ERRORS = "errors"


def dialect(profile: Profile) -> Dialect:
    """Customers Mail Cloud, in English, which can be asked for in Japanese."""
    english = Dialect(
        name="cmc",
        write_json=compact_json,
        separator=",",
        json_headers={"Content-Type": "application/json"},
        xml_headers={"Content-Type": "application/xml"},
        sayings=_sayings(is_japanese=False),
        refusals_are_ok=False,
        declaration='<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        root=_ERRORS,
        traits=_TRAITS,
        title="Customers Mail Cloud",
    )
    japanese = replace(english, sayings=_sayings(is_japanese=True))
    return replace(english, translations={"en": english, "ja": japanese})
