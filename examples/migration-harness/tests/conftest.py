import pytest
from subusers_v2 import SubusersV2
from subusers_v3 import SubusersV3


@pytest.fixture
def v2(legacygrid):
    client = SubusersV2(legacygrid.account, legacygrid.key, legacygrid.url)
    yield client
    client.session.close()


@pytest.fixture
def v3(legacygrid):
    client = SubusersV3(legacygrid.api_key, legacygrid.url)
    yield client
    client.session.close()


@pytest.fixture(params=["v2", "v3"])
def subusers(request):
    """Either client: what the old one does, the new one does as well."""
    return request.getfixturevalue(request.param)
