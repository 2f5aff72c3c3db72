"""dicttoxml is the oracle of the XML that is written row by row, json.dumps that of the JSON."""

import json
import re
from importlib.metadata import requires
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legacygrid.serializers import writers
from legacygrid.serializers.profiles import profile
from legacygrid.serializers.sendgrid.python_words import credentials
from legacygrid.serializers.sendgrid.words import customer
from legacygrid.wsgi.values import FORBIDDEN
from paths import ROOT, tracked

TEXTS = st.text().filter(lambda text: not FORBIDDEN.search(text))
ROWS = st.lists(st.builds(lambda name, value: {"name": name, "value": value}, TEXTS, TEXTS | st.integers()), max_size=5)


@given(ROWS)
def test_rows_of_xml_are_those_of_dicttoxml(rows: list[dict[str, str]]) -> None:
    written = b"".join(writers.xml_rows("", "users", "user", rows))
    assert written == b"<users>" + b"".join(writers.xml("", "user", row) for row in rows) + b"</users>"
    read = [{child.tag: child.text or "" for child in user} for user in ElementTree.fromstring(written)]
    assert read == [{key: str(value) for key, value in row.items()} for row in rows]
    assert written.isascii()


def test_one_module_alone_knows_it() -> None:
    """It has had no release since 2022: what would replace it has one place to be."""
    importing = re.compile(r"^\s*(?:import|from)\s+dicttoxml\b", re.MULTILINE)
    modules = [
        file for file in tracked() if file.suffix == ".py" and importing.search((ROOT / file).read_text("utf-8"))
    ]
    assert list(map(str, modules)) == ["serializers/writers.py"]
    (wanted,) = [each for each in requires("legacygrid") or [] if each.startswith("dicttoxml")]
    assert "<" in wanted, "its bytes are the wire's: a newer release has to be looked at first"


@given(ROWS)
def test_rows_of_json_are_those_of_json_dumps(rows: list[dict[str, str]]) -> None:
    compact = b"".join(writers.json_rows(writers.php_json, ",", rows)).decode("ascii")
    assert compact == json.dumps(rows, separators=(",", ":")).replace("/", "\\/")
    assert json.loads(compact) == rows
    assert b"".join(writers.json_rows(writers.python_json, ", ", rows)).decode("ascii") == json.dumps(rows)


@pytest.mark.parametrize("encoding", ["none", "UTF-8", "ISO-8859-1"])
@pytest.mark.parametrize("dialect", [customer, credentials])
def test_a_declaration_stands_before_the_root(dialect: object, encoding: str) -> None:
    declaration = dialect(profile(overrides={"xml_declaration": encoding})).declaration  # type: ignore[operator]
    written = b"".join(writers.xml_rows(declaration, "users", "user", [{"name": "é"}]))
    start = "" if encoding == "none" else f'<?xml version="1.0" encoding="{encoding}"?>'
    assert written.decode("ascii") == f"{start}<users><user><name>&#233;</name></user></users>"
    assert ElementTree.fromstring(written)[0][0].text == "é"


@given(st.lists(st.text(st.characters(exclude_categories=())), min_size=1, max_size=5))
def test_a_value_that_xml_forbids_leaves_the_list_readable(values: list[str]) -> None:
    written = b"".join(writers.xml_rows("", "users", "user", [{"name": value} for value in [*values, "a\0b"]]))
    read = [user.findtext("name") or "" for user in ElementTree.fromstring(written)]
    assert read == [FORBIDDEN.sub("\ufffd", value) for value in values] + ["a\ufffdb"]
