"""Each sentence that can be said has evidence of its own, and stands in docs/fidelity.md with it."""

import pkgutil
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest

import legacygrid.mail.mime
import legacygrid.registry
import legacygrid.serializers
import legacygrid.wsgi
from emulator import NEW, World
from legacygrid.endpoints import SYSTEMS
from legacygrid.reasons import BadParameters, Problem, Reason, Unwritable
from legacygrid.registry.evidence import LEVELS, UNSOURCED, Evidence, Sentence, client, inferred, recorded, sourced
from legacygrid.registry.fidelity import list_common_sentences, list_dialects, list_sentences, to_json
from legacygrid.registry.system import System
from legacygrid.serializers import profiles
from legacygrid.serializers.profiles import MANUAL
from legacygrid.serializers.smtp.words import WORDS, reply_to
from paths import ROOT

PAGE = (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8")
PROFILES = [profiles.profile(name) for name in profiles.NAMES]
#: Of the seed files, which no system reads.
NOT_SAID = "legacygrid.serializers.seeds"


def said_by(system: System) -> list[tuple[str, Evidence]]:
    """All that a system can say of a refused call, by any of its doors, in any profile."""
    sentences = {(str(each), each.evidence) for profile in PROFILES for each in list_sentences(system, profile)}
    sayings = {
        (saying.text, saying.evidence)
        for family in system.families
        for profile in PROFILES
        for dialect in (family.dialect(profile), *family.dialect(profile).translations.values())
        for saying in dialect.sayings.values()
        if saying.text
    }
    replies = {(words.text, words.evidence) for words in (*WORDS.values(), *system.smtp_words.values())}
    return sorted({*sentences, *sayings, *replies}, key=str)


@pytest.mark.parametrize("system", SYSTEMS, ids=[system.name for system in SYSTEMS])
def test_every_text_of_a_system_has_evidence_of_its_own(system: System) -> None:
    for text, evidence in said_by(system):
        assert evidence.level in LEVELS, text
        assert len(evidence.source) > 10, text
        assert evidence != UNSOURCED, text


def of(value: Any) -> Iterator[Sentence]:
    """The sentences in what a module has."""
    if isinstance(value, Sentence):
        yield value
    elif isinstance(value, Mapping):
        yield from (each for each in (*value, *value.values()) if isinstance(each, Sentence))


def test_every_sentence_of_every_module_is_on_the_page() -> None:
    """A table that no system names is found, too."""
    for package in (legacygrid.serializers, legacygrid.mail.mime, legacygrid.registry, legacygrid.wsgi):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(found.name)
    modules = [name for name in sys.modules if name.startswith("legacygrid.") and name != NOT_SAID]
    there = {each for name in modules for value in vars(sys.modules[name]).values() for each in of(value)}
    assert len(there) > 80
    assert [each for each in sorted(there) if f"`{each}` | {each.evidence} |".replace("\\|", "|") not in PAGE] == []


# What is known, and what is not: each row a text of one system


@pytest.mark.parametrize(
    ("name", "text", "level", "source"),
    [
        ("sendgrid", "Username is required", "recorded", "spec/cassettes"),
        ("sendgrid", "{label} is required", "inferred", "worded after"),
        ("sendgrid", "Username can only be between 3 and 64 characters.", "documented", "reseller.checkusername"),
        ("sendgrid", "{label} can only be between 3 and 64 characters.", "inferred", "worded after"),
        ("sendgrid", "Missing destination email", "recorded", "sendgrid-php issue 94"),
        ("sendgrid", "Missing subject", "client", "MultiMail"),
        ("sendgrid", "Missing email body", "client", "MultiMail"),
        # The manual has the limits, and no words for them.
        ("sendgrid", "{label}: a request can only have up to {most} recipients", "inferred", "the limit is that of"),
        ("sendgrid", "{label} can only be up to 7 MB together", "inferred", "the limit is that of"),
        ("dotmailer", "{label} is required", "inferred", "the words are ours"),
        ("dotmailer", "The account is not yours", "inferred", "the words are ours"),
        ("smtp2go", "The body is no JSON object", "inferred", "the words are ours"),
    ],
)
def test_a_text_is_known_as_well_as_its_own_source_says(name: str, text: str, level: str, source: str) -> None:
    (system,) = [each for each in SYSTEMS if each.name == name]
    (evidence,) = {evidence for said, evidence in said_by(system) if said == text}
    assert evidence.level == level
    assert source in evidence.source


def test_the_same_words_of_two_systems_are_known_apart() -> None:
    of_text = {
        system.name: evidence
        for system in SYSTEMS
        for text, evidence in said_by(system)
        if text == "{label} can only be up to {limit} characters."
    }
    assert set(of_text) == {"sendgrid", "dotmailer"}
    assert len(set(of_text.values())) == 2


# A call


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({"username": ""}, "recorded"),
        ({"username": "ada-two", "email": ""}, "inferred"),
        # As well as the least known of its texts.
        ({"username": "", "email": ""}, "inferred"),
        ({"username": "ab"}, "documented"),
    ],
    ids=["as recorded", "worded after it", "both", "documented"],
)
def test_a_refused_call_tells_how_well_its_own_text_is_known(
    own_world: World, given: dict[str, str], level: str
) -> None:
    own_world.call("customer.add.json", **NEW | given)
    (call,) = own_world.journal(operation="customer.add")
    assert call["refusal"]["evidence"]["level"] == level


def test_a_sentence_keeps_its_evidence_when_its_places_are_filled() -> None:
    better = recorded("a recording that has it")
    sentence = Sentence("{label} is required", client("a client of the time"), {"Name is required": better})
    assert sentence.fill(label="Age") == "Age is required"
    assert sentence.fill(label="Age").evidence.level == "client"
    assert sentence.fill(label="Name").evidence == better
    assert sentence.fill(label=Sentence("Name", inferred("a part that is ours"))).evidence.level == "inferred"
    assert sentence.within("age: is required").evidence.level == "client"


def test_a_reply_of_smtp_is_known_as_well_as_the_text_that_it_has() -> None:
    text = Sentence("JSON in headers could not be parsed", recorded("an answer of it"))
    assert reply_to(Unwritable(text), {}).evidence == text.evidence
    assert reply_to(Unwritable(), {}).evidence == WORDS[Reason].evidence
    assert reply_to(Unwritable(text, Sentence("and more", inferred("of ours"))), {}).evidence.level == "inferred"


def test_a_text_of_nobody_stands_out() -> None:
    assert sourced("Not a valid string.").evidence == UNSOURCED
    known = Sentence("known", inferred("a reason of ours"))
    assert sourced(known) is known
    dialect = next(iter(list_dialects(SYSTEMS, MANUAL)))
    assert dialect.evidence(BadParameters(known, Problem("x", sourced("odd")))).level == "inferred"


def test_programs_read_the_same() -> None:
    rows = to_json(SYSTEMS, MANUAL)["sentences"]
    assert {"system": "sendgrid", "text": "Username is required", "level": "recorded"}.items() <= rows[0].items()
    assert len(rows) == sum(len([*list_sentences(each, MANUAL)]) for each in SYSTEMS) + len(list_common_sentences())
