"""Every row as code: each language takes it, and nothing is put into it that the call did not mean."""

import ast
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from legacygrid.migration import table
from legacygrid.migration.rendering import LANGUAGES, render
from legacygrid.migration.rows import Kind, Row

#: Values that would end a text, begin code in one, or split a path, in one of the languages.
NASTY = "a'b\"c\\d $HOME `id` $(id) #{id} {$x} <?php ?> %2F/ é\u2028 \n--"


def test_every_row_is_python() -> None:
    for row in table.ROWS:
        ast.parse(render(row, "python"))


@pytest.mark.vendors
@pytest.mark.parametrize(
    ("language", "command"),
    [
        ("curl", ["bash", "-c", 'for each in "$@"; do bash -n "$each" || exit 1; done', "bash"]),
        ("node", ["node", "--experimental-vm-modules", "-e", "for (const each of process.argv.slice(1)) new (require('vm').SourceTextModule)(require('fs').readFileSync(each, 'utf8'))"]),
        ("ruby", ["ruby", "-e", "ARGV.each { |each| RubyVM::InstructionSequence.compile_file(each) }"]),
        ("php", ["php", "-r", "foreach (array_slice($argv, 1) as $each) token_get_all(file_get_contents($each), TOKEN_PARSE);"]),
    ],
)  # fmt: skip
def test_every_row_in_other_languages(language: str, command: list[str], tmp_path: Path) -> None:
    files = []
    for number, row in enumerate(table.ROWS):
        nasty = {name: NASTY for name, value in row.example.items() if name not in KEPT and isinstance(value, str)}
        for version, params in enumerate((None, {**row.example, **nasty})):
            files.append(tmp_path / f"{number}-{version}")
            files[-1].write_text(render(row, language, params), "utf-8")
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


#: Parameters that have to be something: numbers, dates, addresses of mail, words of a choice.
KEPT = frozenset(
    "credits limit offset days start_date end_date set list aggregate data_type delete_all name task x-smtpapi"
    " headers permissions spam_check".split()
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nothing_becomes_of_is_a_comment(language: str) -> None:
    for row in table.ROWS:
        if row.kind is Kind.NONE:
            lines = render(row, language).splitlines()
            assert all(line.startswith(("#", "//")) for line in lines)
            assert row.reason in "\n".join(lines)
            assert row.instead in "\n".join(lines)


def whole(operation: str, task: str = "", **params: Any) -> Row:
    row = table.find(operation, task, params or None)
    assert row
    return row


HELD = {
    "curl": (
        "-X PATCH https://api.sendgrid.com/v3/subusers/ada ",
        '-d \'{"disabled": true}\'',
        '-H "On-Behalf-Of: ada"',
        "trap undo ERR",
        "limit=500&offset=",
    ),
    "python": (
        '.subusers._(quote(user, safe="@")).patch(request_body={"disabled": True})',
        "impersonate_subuser=on_behalf_of",
        "client(username).user.profile.patch",
        "except Exception:",
        "if len(page) < 500:",
    ),
    "node": (
        "url: `/v3/subusers/${encodeURIComponent(user)}`",
        "body: {disabled: true}",
        'headers: {"On-Behalf-Of": username}',
        "} catch (error) {",
        "if (page.length < 500) break;",
    ),
    "ruby": (
        '.subusers._(ERB::Util.url_encode(user)).patch(request_body: {',
        '"disabled" => true',
        "client(username).user.profile.patch",
        "rescue StandardError",
        "break if page.length < 500",
    ),
    "php": (
        '->subusers()->_(rawurlencode($user))->patch(["disabled" => true])',
        '"impersonateSubuser" => $onBehalfOf',
        "client($username)->user()->profile()->patch",
        "} catch (Throwable $error) {",
        "while (count($page) === 500)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_traps_are_in_the_code(language: str) -> None:
    rows = [whole("customer.disable"), whole("customer.add"), whole("customer.profile", "get")]
    code = "".join(render(row, language) for row in rows)
    assert [piece for piece in HELD[language] if piece not in code] == []
    assert re.search(r"""["'](true|True|false|False)["']""", code) is None


def test_a_call_that_sets_nothing_asks_nothing() -> None:
    row = whole("filter.setup", name="opentrack")
    assert row.requests({"name": "opentrack"}) == []
    assert render(row, "python") == "# filter.setup, name opentrack: such a call sets nothing that v3 has\n"


def test_the_parameters_of_a_call_stand_in_the_code_and_the_rest_is_as_in_the_example() -> None:
    code = render(whole("customer.add"), "python", {"username": "bob", "city": "Paris"})
    assert 'username="bob"' in code
    assert 'city="Paris"' in code
    assert 'email="ada@example.com"' in code
    assert "first_name" not in code


def test_bodies_of_curl_are_json() -> None:
    row = whole("mail.send")
    code = render(row, "curl", {**row.example, "html": "<p>it's</p>", "to": ["ada@example.com", "bob@example.com"]})
    (body,) = re.findall(r"-d '(.*)'$", code.replace("'\"'\"'", "\x00"), re.DOTALL | re.MULTILINE)
    assert json.loads(body.replace("\x00", "'"))["content"][1] == {"type": "text/html", "value": "<p>it's</p>"}
