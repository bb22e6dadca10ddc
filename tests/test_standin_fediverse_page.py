"""The page of what was posted, in a real browser: it fits its window, and a warning folds pictures away."""

from __future__ import annotations

import httpx2
import pytest

from chromium import chromium
from fediverse_server import Client, Watch
from heliograph.standin.fediverse import serve

LONG = "Donaudampfschifffahrtsgesellschaft" * 4


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    with (
        serve(folder, "mastodon-4.6", now=Watch()) as standin,
        Client(standin, transport=httpx2.HTTPTransport()) as client,
    ):
        client.posted(f"One {LONG}", media=[client.media(alt=f"A boat, {LONG}")], visibility="public")
        four = [client.media(alt=f"Picture {number}") for number in range(4)]
        client.posted("Four at once", media=four, visibility="public")
        hidden = {"sensitive": True, "spoiler_text": "Spiders", "visibility": "public"}
        client.posted("", media=[client.media(alt="A spider")], **hidden)
        client.posted("For me alone", media=[client.media(alt="A note")], visibility="private")
        yield f"{standin.url}/"


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_fits_its_window_and_shows_every_picture_with_its_alt_text(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{address}?as=owner")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("article").count() == 4
    for picture in page.locator("article img").all():
        assert picture.get_attribute("alt")
    columns = {round(picture.bounding_box()["x"]) for picture in page.locator(".several img").all()}
    assert len(columns) == (1 if width < 600 else 2)
    rows = [round(picture.bounding_box()["y"]) for picture in page.locator(".several img").all()]
    assert len(set(rows)) == 4 // len(columns), "pictures of one row begin at one height"
    assert complaints == []
    page.close()


@pytest.mark.browser
def test_a_stranger_clicks_through_a_warning_and_never_sees_what_is_private(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(address)
    assert page.get_by_text("For me alone").count() == 0
    picture = page.get_by_alt_text("A spider")
    assert not picture.is_visible()
    page.get_by_text("Spiders", exact=True).click()
    picture.wait_for(state="visible")
    page.get_by_role("link", name="As its owner").click()
    assert page.get_by_text("For me alone").is_visible()
    page.close()
