"""`/__admin/openapi.json`: the documents as a server tells them."""

from typing import Any

from documents import of_everything
from emulator import Service, World
from legacygrid.app import open_emulator
from legacygrid.config import Settings


def servers(reply: Any) -> list[str]:
    return [each["url"] for each in reply.json["servers"]]


def test_all_of_it_as_one(recorded: Service) -> None:
    reply = recorded.send("GET", "/__admin/openapi.json")
    assert servers(reply) == ["/", "/~{world}"]
    assert reply.json["paths"].keys() == {path for each in of_everything().values() for path in each["paths"]}


def test_each_by_itself(own_world: World) -> None:
    """In a world, it is that world that is called."""
    for name, document in of_everything().items():
        reply = own_world.admin("GET", f"openapi/{name}.json")
        assert servers(reply) == [own_world.prefix]
        assert {**reply.json, "servers": document["servers"]} == document


def test_what_there_is_not(own_world: World) -> None:
    reply = own_world.admin("GET", "openapi/mailgun.json")
    said = "there is no 'mailgun'; there are sendgrid, sendgrid_v3, cmc, dotmailer, smtp2go, control"
    assert (reply.status, reply.json) == (404, {"errors": {"name": [said]}})


def test_behind_a_path(apart: None) -> None:
    """Another server may pass on what is under a path of its own."""
    settings = Settings(database="sqlite:///:memory:", public_url="https://mail.example.com/legacy", bcrypt_cost=4)
    app = open_emulator(settings)
    try:
        with app.flask.test_client() as client:
            told = client.get("/__admin/openapi/cmc.json").get_json()
    finally:
        app.grid.store.close()
    assert [each["url"] for each in told["servers"]] == ["/legacy", "/legacy/~{world}"]
