"""The page shows a photo and the post that may be it side by side; the browser itself calls nobody but the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chromium import chromium
from flickr_house import House
from heliograph import jsonform
from heliograph.platforms.flickr.signin import Account
from page_visit import Visitor, served
from test_adopt_command import SETTINGS
from test_flickr_adopt import AT, picture

WAIT_MS = 20_000


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Visitor, House]]:
    """Two photos at home, each with a post of the same second and almost the same name, of another picture."""
    folder = tmp_path_factory.mktemp("page")
    with pytest.MonkeyPatch.context() as patch, House.opened(folder / "flickr") as house:
        standin = house.standin
        account = Account(standin.token, standin.token_secret, standin.nsid, "ann", "Ann A", "delete", is_pro=True)
        kept = {"account": jsonform.plain(account), "of": {"key": standin.key}}
        for name, value in (("KEY", standin.key), ("SECRET", standin.secret), ("ACCOUNT", json.dumps(kept))):
            patch.setenv(f"HELIOGRAPH_SECRET_FLICKR_{name}", value)
        (folder / "heliograph.toml").write_text(SETTINGS.format(url=standin.url), encoding="utf-8")
        for number in range(2):
            at = AT.replace("05", f"{number:02}")
            picture(folder / "photos" / "2019" / f"harbour {number}.edited.jpg", number, at)
            other = picture(folder / "others" / f"{number}.jpg", 10 + number)
            standin.world.add_photo(standin.nsid, other, title=f"Harbour {number}", taken=at.replace("T", " "))
        house.clock.started = house.clock.started.now(house.clock.started.tzinfo)
        with served(folder / "heliograph.toml") as visitor:
            visitor.look()
            yield visitor, house


def test_the_picture_of_a_post_comes_through_the_page(visit):
    visitor, house = visit
    (post, *_) = house.standin.world.photos
    answer = visitor.http.get("/preview/flickr", params={"of": post})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(("platform", "post"), [("flickr", "1"), ("flickr", "../../etc/passwd"), ("elsewhere", "1")])
def test_a_picture_of_nobody_is_a_sentence(visit, platform, post):
    visitor, _ = visit
    answer = visitor.http.get(f"/preview/{platform}", params={"of": post})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert "Traceback" not in answer.text


def test_without_the_key_no_picture_is_shown(visit):
    visitor, house = visit
    (post, *_) = house.standin.world.photos
    with visitor.browser() as client:
        client.cookies.clear()
        assert client.get("/preview/flickr", params={"of": post}).status_code == 401


def pictures(page: Any) -> list[tuple[str, int]]:
    """Where each picture on the page came from, and how wide it is."""
    script = (
        "() => [...document.querySelectorAll('.pair img')].map((one) => [new URL(one.src).pathname, one.naturalWidth])"
    )
    return [(str(path), int(width)) for path, width in page.evaluate(script)]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
def test_both_pictures_stand_side_by_side_and_a_button_answers(visit, width, scheme, tmp_path):
    visitor, _ = visit
    with chromium() as browser:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{visitor.url}/#{visitor.invitation()}", wait_until="load")
        page.wait_for_selector(".pair figcaption", timeout=WAIT_MS)
        page.wait_for_function("() => [...document.images].every((one) => one.complete && one.naturalWidth)")
        seen = pictures(page)
        assert [path.split("/")[1] for path, _ in seen] == ["thumbnail", "preview"] * 2
        assert {url.split("/")[2] for url in asked} == {visitor.url.split("/")[2]}, "the browser went elsewhere"
        assert page.inner_text(".pair").split("\n") == ["Here", "On flickr: Harbour 0"]
        assert "It looks like this photo: the date taken is the same" in page.inner_text(".ask .reason >> nth=0")
        one, other = (box.bounding_box() for box in page.query_selector_all(".pair >> nth=0 >> figure"))
        assert (one["y"], round(one["width"])) == (other["y"], round(other["width"]))
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        page.screenshot(path=str(Path(tmp_path, f"{width}-{scheme}.png")), full_page=True)
        page.click("text=Different photos >> nth=0")
        page.wait_for_selector("text=Your answer: Different photos", timeout=WAIT_MS)
        context.close()
