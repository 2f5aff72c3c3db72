"""/toy/: the calls of Toy."""

from typing import Any

from legacygrid.auth import claims
from legacygrid.auth.principal import EVERYBODY, Principal
from legacygrid.endpoints.toy import words
from legacygrid.registry.conventions import JSON, Conventions
from legacygrid.registry.evidence import inferred
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers import answers
from legacygrid.serializers.json_fields import String
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.wsgi import json_bodies

family = Family(
    "toy",
    ("/toy/{}",),
    words.dialect,
    callers=EVERYBODY,
    conventions=Conventions(
        formats=(),
        verbs=("GET", "POST"),
        read=json_bodies.read,
        bodies=(JSON,),
        claim=claims.basic,
        claimed=(),
        answer=answers.document,
        unknown="raise",
    ),
    prefix="/toy/",
)


def note(profile: Profile) -> Params:
    """toy/notes/add."""
    return {"text": String(100, required=True)}


@family.operation("toy/hello", contract=Contract(evidence=inferred("Toy never was")))
def say_hello(principal: Principal) -> dict[str, Any]:
    """Say hello to a login, by its mood."""
    return {"hello": principal.login.name, "mood": getattr(principal.login.settings, "mood", "")}


@family.operation(
    "toy/notes/add",
    effect=WRITES,
    contract=Contract(evidence=inferred("Toy never was"), params=note, example={"text": "Buy a kite."}),
)
def add_note(principal: Principal, text: str) -> dict[str, Any]:
    """Write a note on a login."""
    principal.login.change(description=text)
    return {"note": text}
