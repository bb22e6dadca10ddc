"""The page and the app as people meet them: in Chromium, wide and narrow, light and dark, with keys alone."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest

from chromium import chromium
from heliograph.desk.clock import SystemClock
from heliograph.imatch_app import FOLDER, install, starter
from heliograph.platforms.site import Site
from heliograph.web import announced
from page_visit import Visitor, library, served

WAIT_MS = 20_000
SIZES = [(360, "dark"), (1440, "light"), (320, "light")]
CLIPPED = """() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter((one) => !one.closest(".unseen, .skip, .scroll") && one.getClientRects().length)
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 120))"""
CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => [r, g, b].map((part) => linear(part / 255))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const speaks = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return [...document.querySelectorAll("p, li, h1, h2, h3, h4, dt, dd, button, a, td, th, summary, span, legend")]
    .filter((one) => one.getClientRects().length && !one.closest(".unseen, .skip") && speaks(one))
    .map((one) => {
      const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.outerHTML.slice(0, 90)];
    })
    .filter(([ratio]) => ratio < 4.5);
}"""
UNNAMED = """() =>
  [...document.querySelectorAll("button, a[href], input:not([type=hidden]), progress, details > summary")]
    .filter((one) => !(one.textContent.trim() || one.labels?.length || one.getAttribute("aria-label")))
    .map((one) => one.outerHTML)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


class Tab:
    """One window, and everything that it asked for or complained about."""

    def __init__(self, browser: Any, width: int = 1440, scheme: str = "light", **more: Any) -> None:
        self._context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
        self.page = self._context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:
        if "401" not in message.text:  # the door's own answer, before it opened
            self.complaints.append(message.text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def enter(self, visitor: Visitor) -> Any:
        self.page.goto(f"{visitor.url}/#{visitor.invitation()}")
        self.page.wait_for_selector(".card")
        self.page.wait_for_load_state()  # its script is there, and hears what becomes of the server
        return self.page

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()

    def headline(self, words: str) -> None:
        self.page.wait_for_function("words => document.getElementById('work')?.textContent.includes(words)", arg=words)


class Gate(threading.Semaphore):
    """Lets as many through as were released."""

    def __init__(self, value: int) -> None:
        super().__init__(value)
        self.reached = threading.Event()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Each photo waits for a `release`."""
    go, add = Gate(0), Site.add

    def slowly(*arguments: Any) -> Any:
        go.reached.set()
        assert go.acquire(timeout=30)
        return add(*arguments)

    monkeypatch.setattr(Site, "add", slowly)
    return go


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_a_plan_is_shown_published_with_progress_and_refusals_stand_there(browser, tmp_path, slow, width, scheme):
    with served(library(tmp_path)) as visitor, Tab(browser, width, scheme) as tab:
        page = tab.enter(visitor)
        assert page.url == f"{visitor.url}/"  # the word is gone from the address
        tab.press("Look")
        tab.headline("The plan is ready")
        assert page.locator(".add .row").count() == 3
        assert "rules.never" in page.locator(".refuse .refusal").inner_text()
        page.locator(".add .picture img").first.scroll_into_view_if_needed()
        page.wait_for_function("() => document.querySelector('.add .picture img').naturalWidth > 0")

        tab.press("Apply this plan")
        tab.headline("Publishing")
        page.wait_for_function("() => document.activeElement.id === 'work'")  # the events may be there first
        page.wait_for_selector("progress")
        slow.release()
        page.wait_for_function("() => document.querySelector('progress')?.value === 1")
        page.reload()
        page.wait_for_selector("progress")
        assert page.locator("progress").get_attribute("value") == "1"
        for check in (CLIPPED, CONTRAST, UNNAMED):
            assert page.evaluate(check) == []
        slow.release()
        slow.release()
        tab.headline("Done.")
        assert "photos" in page.locator(".card").inner_text()
        assert page.locator(".card dd").first.inner_text() == "3"
        for check in (CLIPPED, CONTRAST, UNNAMED):
            assert page.evaluate(check) == []
        assert tab.complaints == []
        assert {url.partition("/")[0] + url[: len(visitor.url)] for url in tab.asked} == {"http:" + visitor.url}


@pytest.mark.browser
def test_two_tabs_see_the_same(browser, tmp_path, slow):
    with served(library(tmp_path, 1)) as visitor, Tab(browser) as one, Tab(browser, 360, "dark") as other:
        one.enter(visitor)
        other.enter(visitor)
        one.press("Look")
        other.headline("The plan is ready")
        other.press("Apply this plan")
        one.headline("Publishing")
        assert slow.reached.wait(20)
        one.press("Stop")
        other.page.locator("#stage", has_text="Stopping").wait_for()
        slow.release()
        one.headline("Done")
        other.headline("Done")
        one.press("End heliograph")
        one.headline("heliograph has ended")
        visitor.service._board.progress(closed=True)
        other.page.wait_for_selector("#lost:not([hidden])")
        assert one.complaints == other.complaints == []


@pytest.mark.browser
def test_everything_is_done_with_keys_alone(browser, tmp_path, slow):
    slow.release()
    with served(library(tmp_path, 1)) as visitor, Tab(browser) as tab:
        page = tab.enter(visitor)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        for wish in ("Look", "Apply this plan"):
            for _ in range(40):
                if page.evaluate("document.activeElement.textContent.trim()") == wish:
                    break
                page.keyboard.press("Tab")
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            page.keyboard.press("Enter")
            tab.headline("The plan is ready" if wish == "Look" else "Done.")
        assert page.locator("#live").inner_text() != ""


@pytest.mark.browser
def test_without_scripts_the_page_works_by_its_forms(browser, tmp_path, slow):
    slow.release()
    with served(library(tmp_path, 1)) as visitor, Tab(browser, java_script_enabled=False) as tab:
        page = tab.page
        page.goto(visitor.url)
        page.get_by_label("Or put here").fill(visitor.invitation())
        tab.press("Open")
        tab.press("Look")
        visitor.idle()
        page.goto(visitor.url)
        tab.press("Apply this plan")
        visitor.idle()
        page.goto(visitor.url)
        assert page.locator("#work").inner_text() == "Done."


@pytest.mark.browser
def test_a_page_whose_server_is_gone_says_so(browser, tmp_path):
    with Tab(browser) as tab:
        with served(library(tmp_path, 1)) as visitor:
            tab.enter(visitor)
        tab.page.wait_for_selector("#lost:not([hidden])")
        assert "heliograph has ended" in tab.page.locator("#lost").inner_text()


# --- the app in IMatch ------------------------------------------------------------------------------------------------

LIBRARIES = {
    "/system/imws/imwslib.js": "window.IMWS = { config: {} };",
    "/system/imatch/imatchlib.js": """window.IMatch = { processRun: async (asked) => {
        const answer = await fetch("/run", { method: "POST", body: JSON.stringify(asked) });
        if (!answer.ok) throw { responseText: "no such program" };
        return answer.json(); } };""",
}


class Imatch(SimpleHTTPRequestHandler):
    """Serves an app with IMatch's libraries beside it, and runs the programs that it asks for."""

    inside = True
    wants_quotes = True
    asked: list[dict[str, Any]]

    def do_GET(self) -> None:
        if self.path not in LIBRARIES:
            super().do_GET()
        elif self.inside:
            self._answer(200, "text/javascript", LIBRARIES[self.path])
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(asked)
        program = asked["executable"]
        if (" " in program and self.wants_quotes) is not program.startswith('"'):
            self._answer(500, "text/plain", "")
            return
        words = split(asked["parameters"])
        said = subprocess.run(
            [program.strip('"'), *words], capture_output=True, text=True, check=False, encoding="utf-8", timeout=60
        )
        told = {"result": "ok", "exitCode": said.returncode, "output": said.stdout, "errorOutput": said.stderr}
        self._answer(200, "application/json", json.dumps(told))

    def _answer(self, code: int, kind: str, text: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def split(parameters: str) -> list[str]:
    """As Windows splits what has no quotes within quotes."""
    parts = parameters.split('"')
    return [word for number, part in enumerate(parts) for word in ([part] if number % 2 else part.split())]


@pytest.fixture
def imatch(tmp_path: Path) -> Iterator[Any]:
    """IMatch with the app installed, as far as the app can tell, and the settings that the app starts with."""
    webroot = tmp_path / "web root"
    webroot.mkdir()
    settings = library(tmp_path / "my photos", 1)
    install(webroot, starter(settings))

    class Here(Imatch):
        asked: list[dict[str, Any]] = []  # noqa: RUF012 - one for each test

    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Here(*a, directory=str(webroot)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Here, f"http://127.0.0.1:{server.server_port}/{FOLDER}/index.html", settings
    server.shutdown()
    server.server_close()
    state, clock = settings.parent / ".heliograph", SystemClock()
    if standing := announced(state, clock):
        httpx2.post(f"{standing.url}/end", headers={"Authorization": f"Bearer {standing.key}"})
        until_s = clock.monotonic() + 20
        while announced(state, clock) and clock.monotonic() < until_s:
            clock.sleep(0.05)


@pytest.mark.browser
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_app_starts_helio_and_shows_its_page_inside_imatch(browser, imatch, name):
    here, address, _ = imatch
    with Tab(browser, 360, "dark") as tab:
        page = tab.page
        page.goto(address.replace("127.0.0.1", name))
        frame = page.frame_locator("iframe")
        frame.get_by_role("button", name="Look", exact=True).click()
        frame.locator("#apply").wait_for()
        frame.get_by_role("button", name="Apply this plan").click()
        frame.locator("h2", has_text="Done.").wait_for()
        assert [asked["showwindow"] for asked in here.asked] == [False]
        frame.get_by_role("button", name="End heliograph").click()
        page.get_by_role("button", name="Try again").wait_for()
        assert "has ended" in page.locator("#told").inner_text()
        page.get_by_role("button", name="Try again").click()
        frame.locator(".card").wait_for()
        assert tab.complaints == []


@pytest.mark.browser
def test_outside_imatch_the_app_says_so_and_how_to_see_the_page(browser, imatch):
    here, address, settings = imatch
    here.inside = False
    with Tab(browser) as tab:
        tab.page.goto(address)
        tab.page.get_by_text("This is not inside IMatch").wait_for()
        detail = tab.page.locator("#detail").inner_text()
        assert str(settings) in detail
        assert "--detach" not in detail


@pytest.mark.browser
def test_a_helio_that_does_not_start_is_named_with_its_own_words(browser, imatch):
    here, address, settings = imatch
    settings.unlink()
    with Tab(browser) as tab:
        tab.page.goto(address)
        tab.page.get_by_text("heliograph did not start.").wait_for()
        assert str(settings) in tab.page.locator("#detail").inner_text()
        assert len(here.asked) == 1
        assert tab.page.get_by_role("button", name="Try again").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("wants_quotes", [True, False])
def test_a_program_whose_path_has_blanks_is_started_either_way(browser, imatch, tmp_path, wants_quotes):
    here, address, settings = imatch
    here.wants_quotes = wants_quotes
    start = starter(settings)
    program = tmp_path / "Program Files" / "helio"
    program.parent.mkdir()
    program.symlink_to(start.executable)
    install(tmp_path / "web root", type(start)(str(program), start.parameters))
    with Tab(browser) as tab:
        tab.page.goto(address)
        tab.page.frame_locator("iframe").locator(".card").wait_for()
        assert len(here.asked) == (1 if wants_quotes else 2)
