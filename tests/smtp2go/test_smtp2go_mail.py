"""/v3/email/send: mail by SMTP2GO's API, and what comes of it."""

import base64
from typing import Any

import pytest

from emulator import World, fresh, parsed
from legacygrid.models.lookup import find_login
from smtp2go_api import Api, new_key, refused

MAIL: dict[str, Any] = {
    "sender": "Acm\u00e9, Inc. <acme@example.com>",
    "to": ["Doe, Ada <ada@example.com>", "bob@example.com", "<carol@example.com>"],
    "subject": "Gr\u00fc\u00dfe",
    "text_body": "plain \u2713",
}
BLOB = base64.b64encode(bytes(range(256))).decode()


@pytest.fixture
def api(own_world: World) -> Api:
    return Api(own_world)


def test_every_member_has_its_place_in_the_mail(api: Api) -> None:
    cut = "\r\n".join(BLOB[at : at + 76] for at in range(0, len(BLOB), 76))
    data = api.ok(
        "email/send",
        **MAIL,
        cc=["dave@example.com"],
        bcc=["Erin <erin@example.com>", "ada@example.com"],
        html_body='<p>rich <img src="cid:logo.png"></p>',
        custom_headers=[{"header": "Reply-To", "value": "help@example.com"}, {"header": "X-Number", "value": "7"}],
        attachments=[{"filename": "report\u00e9.bin", "fileblob": cut, "mimetype": False}],
        inlines=[{"filename": "logo.png", "fileblob": BLOB, "mimetype": "image/png"}],
        fastaccept=True,
        template_id=None,
        template_data={},
        schedule=None,
    )
    number = data.pop("email_id")
    assert data == {"succeeded": 5, "failed": 0, "failures": []}
    mail = parsed(api.world)
    assert mail["Message-ID"] == f"<{number}@legacygrid.invalid>"
    assert mail["From"].addresses[0].display_name == "Acm\u00e9, Inc."
    told = [(each.display_name, each.addr_spec) for each in mail["To"].addresses]
    assert told == [("Doe, Ada", "ada@example.com"), ("", "bob@example.com"), ("", "carol@example.com")]
    assert (mail["Cc"], mail["Bcc"], mail["Subject"]) == ("dave@example.com", None, "Gr\u00fc\u00dfe")
    assert (mail["Reply-To"], mail["X-Number"]) == ("help@example.com", "7")
    assert mail.get_body(("plain",)).get_content().strip() == "plain \u2713"
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("report\u00e9.bin", bytes(range(256)))
    (image,) = [part for part in mail.walk() if part["Content-ID"]]
    assert (image["Content-ID"], image.get_content_type()) == ("<logo.png>", "image/png")


def test_the_outbox_has_every_recipient_once(api: Api) -> None:
    number = api.ok("email/send", **MAIL, bcc=["ada@example.com", "erin@example.com"])["email_id"]
    (found,) = api.world.outbox()
    assert {each["address"]: each["kind"] for each in found["recipients"]} == {
        "ada@example.com": "to",
        "bob@example.com": "to",
        "carol@example.com": "to",
        "erin@example.com": "bcc",
    }
    assert (found["operation"], found["from"]) == ("smtp2go/email/send", "Acm\u00e9, Inc. <acme@example.com>")
    assert found["labels"] == {"email_id": number}


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"sender": None}, "sender", "sender is required"),
        ({"sender": ""}, "sender", "sender is required"),
        ({"sender": ["a@example.com"]}, "sender", "sender must be a string"),
        ({"to": None}, "to", "to is required"),
        ({"to": []}, "to", "to is required"),
        ({"to": "a@example.com"}, "to", "to must be an array"),
        ({"to": [None]}, "to", "to[0] is required"),
        ({"cc": [5]}, "cc", "cc[0] must be a string"),
        ({"subject": ""}, "subject", "subject is required"),
        ({"subject": "a\nb"}, "subject", "line breaks"),
        ({"text_body": None}, "text_body", "text_body or html_body is required"),
        ({"text_body": ""}, "text_body", "text_body or html_body is required"),
        ({"text_body": 5}, "text_body", "text_body must be a string"),
        ({"html_body": ["<p>"]}, "html_body", "html_body must be a string"),
        ({"custom_headers": {"X-A": "1"}}, "custom_headers", "custom_headers must be an array"),
        ({"custom_headers": [None]}, "custom_headers", "custom_headers[0] must be an object"),
        ({"attachments": [None]}, "attachments", "attachments[0] must be an object"),
        ({"cc": [None]}, "cc", "cc[0] is required"),
        ({"custom_headers": [{"header": "X-A"}]}, "custom_headers", "custom_headers[0].value is required"),
        ({"custom_headers": [{"header": "From", "value": "x"}]}, "custom_headers", "made of the other"),
        (
            {"custom_headers": [{"header": "X-A", "value": "x"}, {"header": "x-a", "value": "y"}]},
            "custom_headers",
            "custom_headers has x-a more than once",
        ),
        ({"custom_headers": [{"header": "X A", "value": "x"}]}, "custom_headers", "no name of a header"),
        (
            {"attachments": [{"filename": "a", "fileblob": "!"}]},
            "attachments",
            "attachments[0].fileblob must be Base64",
        ),
        ({"attachments": [{"filename": "a", "fileblob": "\u00fc"}]}, "attachments", "must be Base64"),
        ({"attachments": [{"filename": "a"}]}, "attachments", "attachments[0].fileblob is required"),
        ({"attachments": [{"filename": "a", "fileblob": "", "url": "x"}]}, "attachments", "must not have url"),
        ({"attachments": [{"filename": "a", "fileblob": "", "mimetype": True}]}, "attachments", "must be a string"),
        ({"attachments": [{"filename": "a", "fileblob": "", "mimetype": "x"}]}, "attachments", "content type"),
        ({"inlines": [{"filename": "a b.png", "fileblob": ""}], "html_body": "x"}, "inlines", "content id"),
        ({"template_id": "6040276"}, "template_id", "template_id is not emulated"),
        ({"schedule": "2030-01-01"}, "schedule", "schedule is not emulated"),
        ({"subaccount_id": "1"}, "subaccount_id", "Unknown field."),
    ],
)
def test_mail_that_cannot_be_is_refused(api: Api, change: dict[str, Any], field: str, message: str) -> None:
    data = refused(api("email/send", **MAIL | change), 400, "NON_VALIDATING_IN_PAYLOAD")
    assert data["field_validation_errors"]["fieldname"] == field
    assert message in data["field_validation_errors"]["message"]
    assert api.world.outbox() == []


#: As the manual prints it, and as the vendor's plugin looks for it.
NO_ADDRESS = (
    "The field '{}' was expecting a valid RFC-822 formatted email field but found '{}', "
    "Please correct your JSON payload and try again."
)


@pytest.mark.parametrize("field", ["sender", "to", "cc", "bcc"])
@pytest.mark.parametrize(
    "found",
    [
        "robs_invalid.com",
        "nobody",
        "@example.com",
        "a@",
        "a@b@example.com",
        "a b@example.com",
        "a@exa mple.com",
        "A <a@example.com> <b@example.com>",
        "A <nobody>",
        "A\r\nBcc: x@example.com <a@example.com>",
        "\u00fc@example.com",
        "{name}",
        "'",
    ],
)
def test_an_address_that_is_none_is_told_in_smtp2go_s_own_sentence(api: Api, field: str, found: str) -> None:
    change = {field: found if field == "sender" else ["a@example.com", found]}
    data = refused(api("email/send", **MAIL | change), 400, "NON_VALIDATING_IN_PAYLOAD")
    assert data["field_validation_errors"] == {"fieldname": field, "message": NO_ADDRESS.format(field, found)}
    assert data["error"].startswith("An error occurred processing the json data you sent with the request, ")
    assert api.world.outbox() == []


def test_of_an_endless_address_the_answer_has_what_an_address_could_be(api: Api) -> None:
    data = refused(api("email/send", **MAIL | {"sender": "a" * 5000}), 400, "NON_VALIDATING_IN_PAYLOAD")
    assert data["field_validation_errors"]["message"] == NO_ADDRESS.format("sender", "a" * 320)


def test_an_address_of_an_smtp_user_s_settings_is_told_so_too(api: Api) -> None:
    given = {"username": fresh("smtp"), "audit_email": "robs_invalid.com"}
    data = refused(api("users/smtp/add", **given), 400, "NON_VALIDATING_IN_PAYLOAD")
    assert data["field_validation_errors"]["message"] == NO_ADDRESS.format("audit_email", "robs_invalid.com")


@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
def test_each_field_has_100_addresses_at_most(api: Api, field: str) -> None:
    addresses = [f"a{number}@example.com" for number in range(101)]
    data = refused(api("email/send", **MAIL | {field: addresses}), 400, "NON_VALIDATING_IN_PAYLOAD")
    message = f"{field} must have 100 elements at most"
    assert data["field_validation_errors"] == {"fieldname": field, "message": message}
    assert api.world.outbox() == []


def test_three_fields_of_100_addresses_are_taken(api: Api) -> None:
    fields = {name: [f"{name}{number}@example.com" for number in range(100)] for name in ("to", "cc", "bcc")}
    assert api.ok("email/send", **MAIL | fields)["succeeded"] == 300


def test_a_disabled_account_sends_nothing(own_world: World) -> None:
    sub = own_world.add()
    found = find_login(sub, own_world.account.world)
    assert found
    api = Api(own_world, new_key(own_world, account=found[1]))
    own_world.call("customer.disable.json", user=sub)
    assert Api(own_world).ok("subaccounts/search")["subaccounts"][0]["state"] == "suspended"
    refused(api("email/send", **MAIL), 400, "API_EXCEPTION", "The account may not send")
    (kept,) = own_world.outbox()
    assert (kept["disposition"], kept["reason"]) == ("refused", "MailNotAllowed")
    own_world.call("customer.enable.json", user=sub)
    assert api.ok("email/send", **MAIL)["succeeded"] == 3


def test_a_key_without_the_endpoint_sends_nothing(own_world: World) -> None:
    api = Api(own_world, new_key(own_world, calls=["/users/smtp/view"]))
    refused(api("email/send", **MAIL), 400, "ENDPOINT_PERMISSION_DENIED")
    assert own_world.outbox() == []


def test_the_journal_shows_no_text_and_no_file(api: Api) -> None:
    secret = fresh("confidential")
    file = {"filename": "a.txt", "fileblob": base64.b64encode(secret.encode()).decode()}
    api.ok("email/send", **MAIL | {"text_body": secret, "html_body": secret}, attachments=[file])
    told = api.world.admin("POST", "requests/find", {"operation": "smtp2go/email/send", "account": api.world.name})
    assert told.json["requests"][0]["params"]["to"] == MAIL["to"]
    assert secret not in told.text
    assert file["fileblob"] not in told.text
