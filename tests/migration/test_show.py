"""`legacygrid migrate show`: the recipe of a call, in each format."""

import json

import pytest
from click.testing import CliRunner, Result

from legacygrid.cli import main


def show(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["migrate", "show", *arguments])


@pytest.mark.parametrize(
    "operation", ["customer.delete", "/apiv2/customer.delete.json", "https://api.sendgrid.com/apiv2/customer.delete.xml?user=x"]
)  # fmt: skip
def test_a_call_by_its_name_path_or_url(operation: str) -> None:
    shown = show(operation, "--lang", "curl")
    assert shown.exit_code == 0
    assert shown.output.startswith("customer.delete: EXACT, one request does the same\n  DELETE /v3/subusers/ada\n")
    assert "Scopes: subusers.delete" in shown.output
    assert "curl -sS --fail-with-body -X DELETE https://api.sendgrid.com/v3/subusers/ada" in shown.output


def test_parameters_choose_and_stand_in_the_code() -> None:
    shown = show(
        "customer.sendip", "--task", "append", "--param", "set=specify", "--param", "ip[]=192.0.2.9", "--lang", "all"
    )
    assert shown.exit_code == 0
    assert [line for line in shown.output.splitlines() if line.startswith("---")] == [
        "--- curl", "--- python", "--- node", "--- ruby", "--- php",
    ]  # fmt: skip
    assert shown.output.count('"192.0.2.9"') == 5


def test_many_ways_are_a_line_each() -> None:
    lines = show("customer.apps").output.splitlines()
    assert "NONE   customer.apps task=activate, name bcc, spamcheck: " in "\n".join(lines)
    assert len(lines) > 50
    assert len(show("credentials.edit").output) > 1000


def test_json_says_all_of_it() -> None:
    (recipe,) = json.loads(show("customer.enable", "--format", "json", "--lang", "node").output)
    assert (recipe["operation"], recipe["class"], recipe["scopes"]) == ("customer.enable", "EXACT", ["subusers.update"])
    assert recipe["requests"] == [
        {"verb": "PATCH", "path": "/v3/subusers/ada", "template": "/v3/subusers/{user}", "query": [],
         "on_behalf_of": "", "body": {"disabled": False}, "per": ""}
    ]  # fmt: skip
    assert "encodeURIComponent" in recipe["code"]["node"]


def test_markdown_and_html_hold_the_code() -> None:
    assert "```python\n" in show("customer.add", "--format", "md").output
    page = show("mail.send", "--format", "html", "--param", "subject=<script>").output
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["customer.ad"], "v2 had no customer.ad; did you mean customer.add"),
        (["zzz"], "v2 had no zzz"),
        (["customer.profile", "--task", "fly"], "its tasks: get, setUsername, setEmail, set"),
        (["customer.limit", "--task", "total", "--param", "credits=x"], "no usable credits"),
        (["customer.add", "--param", "x"], "'x' is not NAME=VALUE"),
        (["customer.add", "--lang", "cobol"], "'cobol' is not one of"),
    ],
)
def test_what_is_wrong_is_said_with_exit_2(arguments: list[str], said: str) -> None:
    shown = show(*arguments)
    assert shown.exit_code == 2
    assert said in shown.output
