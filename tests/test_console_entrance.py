"""The way in and out of the console."""

from browser import Visit
from harness import PASSWORD, World


def test_in_and_out(visit: Visit, own_world: World) -> None:
    page = visit.go()
    assert page.url.endswith("/console/login?next=/console/requests")
    visit.check()
    page.get_by_label("User name").fill(own_world.name)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    assert page.get_by_role("alert").inner_text() == "That name and password let nobody in."
    visit.check()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    assert page.url.endswith("/console/requests")
    visit.check()
    page.get_by_role("button", name="Log out").click()
    assert page.url.endswith("/console/login")
    visit.go("requests")
    assert "/console/login" in page.url
    # The browser says so of the refused log-in.
    assert [each for each in visit.complaints if "403" in each]
    visit.complaints.clear()
