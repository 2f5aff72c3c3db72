"""Names that look alike are one name: found, logged in and unique by how they look, and shown as they were given."""

# ruff: noqa: RUF001 - names that look like others are the point

import shutil
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import NEW, PASSWORD, World
from legacygrid.models.names import fold, name_keys
from shell import Shell
from stores import PASSWORD_OF_ALL, STORES

pytestmark = pytest.mark.waits

#: Spellings of one name each.
ALIKE = {
    "case": ("grace", "GRACE", "Grace"),
    "zero width": ("grace", "gr\N{ZERO WIDTH SPACE}ace", "grace\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NO-BREAK SPACE}grace", "gra\N{WORD JOINER}ce"),
    "direction": ("grace", "\N{RIGHT-TO-LEFT OVERRIDE}grace", "grace\N{POP DIRECTIONAL ISOLATE}", "\N{ARABIC LETTER MARK}grace"),
    "spaces": ("grace", "grace ", "  grace", "grace\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}grace", "grace\N{BRAILLE PATTERN BLANK}"),
    "spaces within": ("grace hopper", "grace  hopper", "grace\N{EM SPACE}hopper"),
    "width": ("grace", "\N{FULLWIDTH LATIN SMALL LETTER G}race", "GR\N{FULLWIDTH LATIN CAPITAL LETTER A}CE"),
    "kana of half width": ("ガギグ", "\uff76\uff9e\uff77\uff9e\uff78\uff9e"),
    "accents": ("Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}", "Zoe\N{COMBINING DIAERESIS}", "ZOE\N{COMBINING DIAERESIS}"),
    "ligatures": ("finance", "\N{LATIN SMALL LIGATURE FI}nance"),
    "sharp s": ("strasse", "straße", "STRASSE", "STRA\N{LATIN CAPITAL LETTER SHARP S}E"),
    "signs": ("kelvin", "\N{KELVIN SIGN}elvin"),
    "mathematics": ("grace", "\N{MATHEMATICAL BOLD SMALL G}race", "g\N{MATHEMATICAL SCRIPT SMALL R}ace"),
    "soft hyphen": ("grace", "gra\N{SOFT HYPHEN}ce"),
    "variations": ("grace", "grace\N{VARIATION SELECTOR-16}", "g\N{COMBINING GRAPHEME JOINER}race", "grace\N{TAG LATIN SMALL LETTER A}"),
    "fillers": ("grace", "grace\N{HANGUL FILLER}", "\N{HALFWIDTH HANGUL FILLER}grace"),
}  # fmt: skip
#: These are different to a person, or to any computer without a table of what looks alike in which font.
APART = [("grace", "gráce"), ("grace", "gracé"), ("ada", "аdа"), ("ab c", "abc"), ("a-b", "a_b"), ("ガギグ", "カキク")]


@pytest.mark.parametrize("spellings", ALIKE.values(), ids=ALIKE)
def test_one_name_in_many_spellings(spellings: tuple[str, ...]) -> None:
    assert {fold(each) for each in spellings} == {fold(spellings[0])}


@pytest.mark.parametrize(("one", "other"), APART)
def test_names_that_differ(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_name_that_shows_nothing_is_a_name_and_an_empty_one_is_none() -> None:
    assert fold("\N{ZERO WIDTH SPACE}" * 3) == fold("\N{HANGUL FILLER}") == fold("   ") != ""
    assert fold("") == ""


@given(st.text(max_size=12))
def test_what_is_folded_stays_so_and_case_is_all_the_same(name: str) -> None:
    folded = fold(name)
    assert fold(folded) == folded
    assert fold(name.casefold()) == folded
    assert name_keys(name)[-1] == folded
    assert len(name_keys(folded)) == 1


def test_each_letter_folds_at_once() -> None:
    """Of all that there are, one in 31: those that fold in steps are known by then."""
    for number in range(0, 0x110000, 31):
        letter = chr(number)
        if unicodedata.category(letter) not in ("Cs", "Cn"):
            assert fold(fold(letter)) == fold(letter) == fold(letter.casefold()), hex(number)


@pytest.mark.parametrize("kind", ALIKE)
def test_a_subuser_is_found_and_unique_by_how_its_name_looks(own_world: World, kind: str) -> None:
    first, *others = ALIKE[kind]
    own_world.add(first, password="somepass1", confirm_password="somepass1")
    for other in others:
        said = own_world.call("customer.add.json", **NEW, username=other).json
        assert said == {"message": "error", "errors": ["Username already exists"]}
        assert own_world.call("customer.profile.json", task="get", username=first).json[0]["username"] == first
        assert own_world.call("customer.profile.json", task="set", user=other, city=kind).json == {"message": "success"}
        assert own_world.row(first)["city"] == kind
        assert own_world.call("profile.get.json", api_user=other, api_key="somepass1").json[0]["username"] == first
        assert own_world.call("customer.auth.json", user=other, password="somepass1").json == {"message": "success"}
    assert own_world.call("customer.delete.json", user=others[-1]).json == {"message": "success"}
    assert own_world.rows() == []


def test_credentials_share_the_names(own_world: World) -> None:
    own_world.credential("Reports")
    for name in ("reports ", "rep\N{ZERO WIDTH SPACE}orts"):
        reply = own_world.call("credentials/add.json", username=name, password="password1")
        assert (reply.status, "exist" in reply.text) == (400, True)
        assert "exist" in own_world.call("customer.add.json", **NEW, username=name).text
        assert '"Reports"' in own_world.call("credentials/get.json", username=name).text
    assert own_world.call("credentials/remove.json", username="ＲＥＰＯＲＴＳ").json == {"message": "success"}


def test_the_spelling_of_a_name_can_change(own_world: World) -> None:
    own_world.add("grace")
    changed = own_world.call("customer.profile.json", task="setUsername", user="grace", username="Gra\N{SOFT HYPHEN}ce")
    assert changed.json == {"message": "success"}
    assert [row["username"] for row in own_world.rows()] == ["Gra\N{SOFT HYPHEN}ce"]


@pytest.mark.parametrize("name", ["ＡＰＩＫＥＹ", "api\N{ZERO WIDTH SPACE}key", " apikey "])
def test_the_reserved_name_is_reserved_however_it_is_written(own_world: World, name: str) -> None:
    assert own_world.call("customer.add.json", **NEW, username=name).json["message"] == "error"


def test_a_seed_with_names_that_look_alike_is_refused_not_shortened(own_world: World) -> None:
    accounts = [{"username": name, "password": PASSWORD} for name in ("grace", "grace\N{ZERO WIDTH SPACE}")]
    reply = own_world.admin("PUT", "state", {"version": 1, "accounts": accounts})
    assert reply.status == 400
    assert "'grace' looks alike" in reply.text


def test_an_older_store_keeps_names_that_look_alike(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shutil.copy(STORES / "v6.db", tmp_path / "legacygrid.db")
    said = shell.run("account", "list").err
    assert said.count("Names that look alike stay") == 6
    assert r"'ada', 'ada\u200b', '\u202eada', 'ada ', ' ada', '\uff41\uff44\uff41', 'a\xadda'" in said
    with shell.serving("--port", "0", "--outbox-days", "36500") as served:
        for name in ("ada", "ada\N{ZERO WIDTH SPACE}", "ada ", "ａｄａ", "ADA", "ＡＤＡ", "reports "):
            assert served.who(name, PASSWORD_OF_ALL), name
        # Another one more is how the first of them is found.
        assert served.who("a\N{WORD JOINER}da", PASSWORD_OF_ALL) == "ada"
    assert "Names that look alike" not in shell.does("account", "list").err
    assert "already" in shell.refuses("account", "add", "ada\N{WORD JOINER}", "--password-stdin", stdin=PASSWORD)
