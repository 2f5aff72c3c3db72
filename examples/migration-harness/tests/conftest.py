import threading

import pytest
from subusers_v2 import SubusersV2
from subusers_v3 import SubusersV3
from v3_stub import Stub


@pytest.fixture
def v2(legacygrid):
    client = SubusersV2(legacygrid.account, legacygrid.key, legacygrid.url)
    yield client
    client.session.close()


@pytest.fixture
def stub():
    stub = Stub()
    thread = threading.Thread(target=stub.serve_forever, args=[0.01])
    thread.start()
    yield stub
    stub.shutdown()
    thread.join()
    stub.server_close()


@pytest.fixture
def v3(stub):
    client = SubusersV3("SG.key", stub.url)
    yield client
    client.session.close()


@pytest.fixture(params=["v2", "v3"])
def subusers(request):
    """Either client: what the old one does, the new one does as well."""
    return request.getfixturevalue(request.param)
