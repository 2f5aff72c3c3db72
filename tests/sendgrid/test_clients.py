"""HTTP clients as people use them, unmodified, through the life of a subuser."""

import http.client
import shutil
import subprocess
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import httpx
import pytest
import requests

from emulator import FORM, NEW, World, fresh

Client = Callable[[str, dict[str, str]], str]


def by_requests(url: str, params: dict[str, str]) -> str:
    return requests.post(url, data=params, timeout=30).text


def by_requests_multipart(url: str, params: dict[str, str]) -> str:
    return requests.post(url, files={name: (None, value) for name, value in params.items()}, timeout=30).text


def by_requests_query(url: str, params: dict[str, str]) -> str:
    return requests.get(url, params=params, timeout=30).text


def by_httpx(url: str, params: dict[str, str]) -> str:
    return httpx.post(url, data=params, timeout=30).text


def by_urllib(url: str, params: dict[str, str]) -> str:
    with urlopen(Request(url, urlencode(params).encode())) as response:
        text: str = response.read().decode()
        return text


def by_http_client(url: str, params: dict[str, str]) -> str:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    connection.request("GET", f"{address.path}?{urlencode(params)}")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def by_http_1_0(url: str, params: dict[str, str]) -> str:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"  # type: ignore[attr-defined]
    connection.request("POST", address.path, urlencode(params), {"Content-Type": FORM})
    response = connection.getresponse()
    assert response.getheader("Transfer-Encoding") is None
    text = response.read().decode()
    connection.close()
    return text


def curl(*arguments: str) -> str:
    program = shutil.which("curl")
    assert program, "these tests drive curl: apt-get install curl"
    done = subprocess.run([program, "-sS", *arguments], capture_output=True, text=True, check=True, timeout=30)
    return done.stdout


def by_curl(url: str, params: dict[str, str]) -> str:
    return curl(url, *(part for name, value in params.items() for part in ("--data-urlencode", f"{name}={value}")))


def by_curl_multipart(url: str, params: dict[str, str]) -> str:
    return curl(url, *(part for name, value in params.items() for part in ("--form-string", f"{name}={value}")))


def by_curl_expecting_100(url: str, params: dict[str, str]) -> str:
    return curl(url, "-H", "Expect: 100-continue", "-d", urlencode(params))


def by_curl_raw_query(url: str, params: dict[str, str]) -> str:
    # As old shell scripts do: nothing escaped but what would end the URL.
    query = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in params.items())
    return curl("--globoff", f"{url}?{query}")


CLIENTS: list[Client] = [
    by_requests, by_requests_multipart, by_requests_query, by_httpx, by_urllib, by_http_client, by_http_1_0, by_curl,
    by_curl_multipart, by_curl_expecting_100, by_curl_raw_query,
]  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_the_life_of_a_subuser(world: World, client: Client) -> None:
    name, other = fresh("life"), fresh("after")
    key = f"SG.{fresh('key')}"
    world.service.grid.seeding.register_key(world.name, key)

    def call(path: str, **params: str) -> str:
        return client(f"{world.service.url}{path}", {"api_user": "apikey", "api_key": key} | params)

    done = '{"message":"success"}'
    new = NEW | {"first_name": 'Zoë "{[|]}"', "city": "a b/c"}
    assert call("/apiv2/customer.add.json", username=name, **new) == done
    assert '"first_name":"Zo\\u00eb \\"{[|]}\\""' in call("/apiv2/customer.profile.json", task="get", username=name)
    assert call("/apiv2/customer.profile.xml", task="get").count("<user>") == 1
    assert call("/apiv2/customer.profile.json", task="set", user=name, first_name="Zoe") == done
    assert call("/apiv2/customer.profile.json", task="setEmail", user=name, email="zoe@example.com") == done
    assert call("/apiv2/customer.profile.json", task="setUsername", user=name, username=other) == done
    for switch in ("disable", "enable", "website_disable", "website_enable"):
        assert call(f"/apiv2/customer.{switch}.json", user=other) == done
    assert call("/apiv2/customer.auth.json", user=other, password="somepass1") == done
    assert call("/apiv2/customer.delete.json", user=other) == done
    assert call("/apiv2/customer.profile.json", task="get") == "[]"


def test_an_array_of_php_curl_is_multipart(world: World) -> None:
    """PHP's CURLOPT_POSTFIELDS with an array sends multipart after `Expect: 100-continue`."""
    params = {"api_user": world.name, "api_key": "parent-password1", "username": fresh(), **NEW}
    parts = (part for name, value in params.items() for part in ("-F", f"{name}={value}"))
    text = curl(f"{world.service.url}/apiv2/customer.add.json", "-H", "Expect: 100-continue", *parts)
    assert text == '{"message":"success"}'
