"""The control API, asked by clients that die, lie, or come at the wrong moment."""

import io
import socket
from urllib.parse import urlsplit

import pytest
from harness import World

from legacygrid import bridge


@pytest.mark.parametrize(("sent", "closes"), [(b"", True), (b"", False), (b'{"only"', False)])
def test_half_a_reset_resets_nothing(
    own_world: World, sent: bytes, closes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "BODY_DEADLINE", 0.3)
    own_world.add("ada")
    state = own_world.admin("GET", "state").json
    address = urlsplit(own_world.service.url)
    head = f"POST {own_world.prefix}/__admin/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), 10) as client:
        client.sendall(head.encode() + sent)
        if closes:
            client.shutdown(socket.SHUT_WR)
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400" if closes else b"HTTP/1.1 408"), answer
    assert own_world.admin("GET", "state").json == state


def test_a_body_without_a_length_counts_under_any_server(own_world: World) -> None:
    with own_world.service.app.test_client() as client:
        reply = client.post(
            f"{own_world.prefix}/__admin/reset",
            input_stream=io.BytesIO(b'{"only": ["clock"]}'),
            environ_overrides={
                "wsgi.input_terminated": True,
                "HTTP_TRANSFER_ENCODING": "chunked",
                "HTTP_HOST": "localhost",
            },
        )
    assert reply.json == {"reset": ["clock"]}
