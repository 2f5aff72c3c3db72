"""How the tests look at the console: through a real Chromium, with and without JavaScript, wide and narrow."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

from emulator import PASSWORD
from paths import ROOT

AXE = ROOT / ".venv" / "packages" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
#: Where the pictures of a run go; `make screenshots` puts them into docs/.
PICTURES = ROOT / ".screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Nothing asks the network for anything that no page asked for.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass(frozen=True)
class Mode:
    """How somebody looks."""

    js: bool
    width: int

    def __str__(self) -> str:
        return f"{'js' if self.js else 'plain'}-{self.width}"


MODES = tuple(Mode(js, width) for js in (True, False) for width in (1280, 375))
#: Where only scripts show what is tested.
WITH_JS = tuple(mode for mode in MODES if mode.js)


_click = Locator.click


def _clicked(self: Locator, **options: Any) -> None:
    """Click; a page that it leads to is there, whole, before anything is read from it."""
    _click(self, **options)
    self.page.wait_for_load_state()


Locator.click = _clicked  # type: ignore[method-assign,assignment]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, headless; `visiting` opens a page in it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "the tests look at the console through Chromium, which is not there; try: apt-get install chromium"
    assert AXE.is_file(), "axe-core is not there; try: make vendors"
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        asyncio._set_running_loop(None)
        yield browser
        asyncio._set_running_loop(loop)
        browser.close()


@contextmanager
def loop_of(browser: Browser) -> Iterator[None]:
    """The thread is Playwright's meanwhile: it takes its event loop for one that runs there.

    Without, no other test of the same process could run a loop.
    """
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(browser._impl_obj._loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)


@dataclass
class Visit:
    """One person at the console of one world."""

    page: Page
    root: str
    mode: Mode
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.root, "data:")):
            self.complaints.append(f"asked for {request.url}")

    def go(self, path: str = "") -> Page:
        """Open a page by its path under /console/."""
        self.page.goto(f"{self.root}/console/{path}")
        return self.page

    def enter(self, name: str, password: str = PASSWORD) -> Page:
        """Log in."""
        page = self.go("login")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        return page

    def told(self) -> str:
        """What the page says of what was just done."""
        return self.page.get_by_role("status").inner_text()

    def check(self) -> None:
        """The page, as it is now, is one that anybody can use: by axe-core's rules, and at this width."""
        assert self._width() <= self.mode.width, "wider than the screen"
        if not self.mode.js:
            # axe-core is JavaScript itself; what it looks at is the same page.
            return
        self.page.evaluate(AXE.read_text("utf-8"))
        found: Any = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
        assert not serious, [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in serious]

    def _width(self) -> float:
        session = self.page.context.new_cdp_session(self.page)
        width: float = session.send("Page.getLayoutMetrics")["cssContentSize"]["width"]
        session.detach()
        return width

    def shoot(self, name: str) -> None:
        """A picture of the page, for the docs: `NAME-1280.png`, `NAME-375.png`."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}-{self.mode.width}.png")


@contextmanager
def visiting(browser: Browser, root: str, mode: Mode, scheme: Any = "light") -> Iterator[Visit]:
    """Somebody at the console of the emulator there; at the end, nothing that the browser complained of is left unsaid."""
    with loop_of(browser):
        context = browser.new_context(
            viewport={"width": mode.width, "height": 800}, java_script_enabled=mode.js, color_scheme=scheme
        )
        context.set_default_timeout(10_000)
        try:
            visit = Visit(context.new_page(), root, mode)
            yield visit
            assert visit.complaints == []
        finally:
            context.close()
