"""`legacygrid migrate show`: the recipe of a call, in each format."""

import json
import shlex

import pytest
from click.testing import CliRunner, Result

from legacygrid.cli import main
from legacygrid.migration import table


def show(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["migrate", "show", *arguments])


@pytest.mark.parametrize(
    "operation", ["customer.delete", "/apiv2/customer.delete.json", "https://api.sendgrid.com/apiv2/customer.delete.xml?user=ada"]
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


def test_a_profile_keeps_its_name_and_address() -> None:
    shown = show("profile.get").output
    assert shown.startswith("profile.get: FAN, ")
    asked = ("GET /v3/user/profile", "GET /v3/user/username", "GET /v3/user/email")
    assert [line.strip() for line in shown.splitlines()[1:4]] == list(asked)
    assert '"email": address["email"]' in shown


def test_many_ways_are_a_line_each() -> None:
    lines = show("customer.apps").output.splitlines()
    assert "NONE   customer.apps task=activate, name bcc, spamcheck: " in "\n".join(lines)
    assert len(lines) > 50
    assert len(show("credentials.edit").output) > 1000


def test_another_way_of_a_call_says_what_differs() -> None:
    shown = show("customer.add", "--lang", "php").output
    first, other = shown.split("\ncustomer.add, with mail_domain: ")
    assert "--- php\n<?php\n" in first
    assert other.splitlines()[1:] == [
        "  GET /v3/whitelabel/domains, once per page",
        "  POST /v3/subusers",
        "  PATCH /v3/user/profile, on behalf of ada",
        "  POST /v3/whitelabel/domains/{domain.id}/subuser",
        "Scopes: whitelabel.read whitelabel.create",
        "All else as above. Its code: legacygrid migrate show customer.add --param mail_domain=em.example.com --lang php",
    ]
    command = other.splitlines()[-1].partition("migrate ")[2].split()
    alone = show(*command[1:]).output
    assert alone.startswith("customer.add, with mail_domain: FAN")
    assert "--- php" in alone


def test_each_way_is_chosen_by_the_command_that_is_told() -> None:
    wrong, count = [], 0
    for name in sorted({row.operation for row in table.ROWS}):
        for part in show(name).output.split("\n\n"):
            title = part.partition(":")[0]
            command = part.partition("Its code: legacygrid migrate show ")[2]
            if command:
                count += 1
                chosen = show(*shlex.split(command)).output
                wrong += [] if chosen.startswith(f"{title}:") and "\n---" in chosen else [command]
    assert (wrong, count > 10) == ([], True)


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
        (["customer.delete", "--param", "user="], "customer.delete needs user, which is empty"),
        (["mail.send", "--param", "to[]="], "mail.send needs to, which is empty"),
        (["customer.delete", "--param", "nosuch=3"], "customer.delete has no parameter nosuch; it takes task, user"),
        (["credentials/add", "--param", "name=x"], "no parameter name; did you mean username"),
        (["credentials/add", "--param", "permissions=xx"], "no usable permissions"),
        (["credentials/edit", "--param", "permissions=[]"], "no usable permissions"),
        (["/apiv2/customer.delete.json?usr=x"], "no parameter usr; did you mean user"),
        (["/apiv2/customer.profile.json?task=fly"], "its tasks: get, setUsername, setEmail, set"),
    ],
)
def test_what_is_wrong_is_said_with_exit_2(arguments: list[str], said: str) -> None:
    shown = show(*arguments)
    assert shown.exit_code == 2
    assert said in shown.output


@pytest.mark.parametrize(
    ("arguments", "emails"),
    [
        (["mail.send", "--param", "to[]=a@b.example"], ["a@b.example"]),
        (["mail.send", "--param", "to=a@b.example", "--param", "to=c@d.example"], ["a@b.example", "c@d.example"]),
        (["mail.send", "--param", "to=a@b.example", "--param", "to[]=c@d.example"], ["a@b.example", "c@d.example"]),
        (["/api/mail.send.json?to[]=a@b.example&to[]=c@d.example&api_user=x&api_key=s3cret"], ["a@b.example", "c@d.example"]),
        (["mail.send", "--param", "to[1]=a@b.example", "--param", "to=c@d.example"], ["c@d.example"]),
    ],
)  # fmt: skip
def test_the_addresses_that_were_given_get_the_mail(arguments: list[str], emails: list[str]) -> None:
    shown = show(*arguments, "--format", "json")
    assert shown.exit_code == 0, shown.output
    (recipe,) = json.loads(shown.output)
    assert recipe["requests"][0]["body"]["personalizations"] == [{"to": [{"email": each} for each in emails]}]
    assert recipe["samples"] == ["from", "subject", "text"]
    assert "s3cret" not in shown.output
    assert "Ada" not in shown.output


def test_a_query_chooses_and_what_is_of_the_example_is_named() -> None:
    lines = show("/apiv2/customer.profile.json?task=setEmail&user=bob", "--lang", "none").output.splitlines()
    assert lines[:3] == [
        "customer.profile task=setEmail: EXACT, one request does the same",
        "  PUT /v3/user/email, on behalf of bob",
        "Not given, as in the example: email",
    ]
    assert not [line for line in lines if line.startswith("---")]
    assert "Not given" not in show("customer.delete", "--param", "user=bob").output


def test_each_example_of_the_table_is_taken_as_it_is() -> None:
    """A parameter that a way of a call has is never one that the call has not."""
    refused = []
    for row in table.ROWS:
        params = [f"--param={name}={value}" for name, value in row.example.items() if isinstance(value, str)]
        shown = show(row.operation, *(["--task", row.task] if row.task else []), *params, "--lang", "none")
        refused += [(row.title, shown.output)] if shown.exit_code else []
    assert refused == []
