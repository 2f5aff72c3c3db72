"""Each run of the tests gets a container: make image; pip install pytest requests testcontainers; pytest."""

import pytest
import requests
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy


@pytest.fixture(scope="session")
def sendgrid():
    container = (
        DockerContainer("legacygrid").with_exposed_ports(8026).with_env("LEGACYGRID_DEMO", "1")
    )
    with container.waiting_for(HttpWaitStrategy(8026, "/readyz")) as running:
        yield f"http://{running.get_container_host_ip()}:{running.get_exposed_port(8026)}"


def test_the_demonstration_answers(sendgrid):
    who = {"api_user": "demo", "api_key": "demo-password", "task": "get"}
    answer = requests.post(f"{sendgrid}/apiv2/customer.profile.json", data=who)
    assert answer.json()[0]["username"] == "ada"
