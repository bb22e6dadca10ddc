"""The page over an IMatch database and four platforms, and what IMatch has to be told that nobody could write there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import command_line
import test_serve_browser as browsing
from heliograph import config
from heliograph.desk import Desk
from heliograph.desk.clock import SystemClock
from heliograph.desk.making import platform_kind
from heliograph.desk.standing_in import StandIn
from heliograph.standin import fediverse, flickr, imws
from heliograph.web import Service
from imatch_house import ROOT, coded, reading_here
from page_visit import Visitor, read

browser, tell, home = browsing.browser, command_line.tell, command_line.home
SETTINGS = """
[library]
kind = "imatch"
name = "Ada's photos"
url = "{imatch}"
workers = 1
path_map = {{ 'D:\\Photos' = '{pictures}' }}
{more}
[platforms.flickr]
url = "{flickr}"

[platforms.pixelfed]
url = "{pixelfed}"

[platforms.mastodon]
url = "{mastodon}"

[platforms.quantum]
kind = "site"
folder = "site"
"""
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 3


@dataclass
class House:
    """IMatch, everything that it publishes to, and the page."""

    imatch: imws.StandIn
    visitor: Visitor
    settings: Path
    flickr: flickr.StandIn
    mastodon: fediverse.StandIn

    def row(self, name: str, platform: str) -> dict[str, str]:
        file = next(one for one in self.imatch.world.files.values() if one.name.endswith(name))
        rows = file.rows.get(platform, ())
        return dict(rows[0].data) if rows else {}


def furnished(world: imws.World, pictures: Path) -> None:
    """A photo for each thing that a page has to show."""

    def add(name: str, *platforms: str, **tags: str) -> imws.records.File:
        path = pictures / name
        path.write_bytes(coded(len(world.files) + 1))
        tagged = [f"Socials|{platform}" for platform in platforms]
        return world.add_file(f"{ROOT}\\{name}", tags=tags, categories=tagged, size=path.stat().st_size)

    add("quay [1001].jpg", "flickr", "pixelfed", "mastodon", "quantum", title="Evening quay", description="A quay.")
    add("tram.jpg", "flickr", "mastodon", title=LONG, description="A tram.")
    add("heron.jpg", "pixelfed", title="Heron")
    world.add_file(f"{ROOT}\\gone.jpg", tags={"title": "Gone"}, categories=["Socials|quantum"], size=1)
    old = add("old.jpg", "flickr", title="Old", description="Published long ago.")
    world.set_row(
        old, "flickr", {"posted": "2024-04-01", "photo_id": "533", "url": "https://www.flickr.com/photos/me/533"}
    )
    both = add("both.jpg", "flickr", title="Conflicting", description="Two wishes.")
    world.put(both, "Socials|flickr|_delete")
    world.put(both, "Socials|flickr|_update")


@contextmanager
def opened(folder: Path, more: str = "") -> Iterator[House]:
    pictures = folder / "pictures"
    pictures.mkdir()
    world = imws.World.ready()
    furnished(world, pictures)
    with ExitStack() as here:
        imatch = here.enter_context(imws.serve(folder / "imws", world=world))
        photos = here.enter_context(flickr.serve(folder / "flickr", perms="delete"))
        pixelfed = here.enter_context(fediverse.serve(folder / "pixelfed", "pixelfed-0.12"))
        mastodon = here.enter_context(fediverse.serve(folder / "mastodon", "mastodon-4.6"))
        told = {"url": photos.url, "key": photos.key, "secret": photos.secret, "perms": "delete", "nsid": photos.nsid}
        told |= {"token": photos.token, "token_secret": photos.token_secret}
        told |= {"username": photos.world.accounts[photos.nsid].username}
        players = {"flickr": StandIn(told), "pixelfed": StandIn(pixelfed.told), "mastodon": StandIn(mastodon.told)}
        urls = {name: one.url for name, one in players.items()}
        path = folder / "heliograph.toml"
        path.write_text(SETTINGS.format(imatch=imatch.url, pictures=pictures, more=more, **urls), encoding="utf-8")

        @contextmanager
        def desk(listener, stop) -> Iterator[Desk]:
            settings = config.load(path, {})
            places = {one.policy.name: platform_kind(settings, one) for one in settings.platforms}
            guests = {name: one.guest(places[name].sign_in) for name, one in players.items()}
            with Desk(settings, listener=listener, stop=stop, guests=guests) as made:
                yield made

        state = folder / ".heliograph"
        service = here.enter_context(Service(desk, state, SystemClock()))
        visitor = Visitor(service, state)
        here.callback(visitor.http.close)
        yield House(imatch, visitor, path, photos, mastodon)


@pytest.fixture(autouse=True)
def _reading(monkeypatch):
    with reading_here(monkeypatch):
        yield


@pytest.mark.browser
def test_photos_of_imatch_are_shown_refused_published_noted_asked_about_and_deleted(browser, tmp_path):
    checks = (browsing.CLIPPED, browsing.CONTRAST, browsing.UNNAMED)
    with (
        opened(tmp_path, "[guards]\nmax_deletes = 1\n") as house,
        browsing.Tab(browser, 320, "light") as tab,
        browsing.Tab(browser, 1440, "dark") as wide,
    ):
        page, other = tab.enter(house.visitor), wide.enter(house.visitor)
        tab.press("Look")
        tab.headline("The plan is ready")
        assert page.locator("#g-flickr-refuse .refusal").inner_text().startswith("Conflicting instructions")
        assert "both.jpg" in page.locator("#g-flickr-refuse .where").inner_text()
        assert page.locator("#g-flickr-refuse .words").inner_text() == "Conflicting"
        assert "alt text" in page.locator("#g-pixelfed-refuse .refusal").inner_text()
        assert page.locator("#g-pixelfed-refuse .words").inner_text() == "Heron"
        assert page.locator("#g-flickr-add .row").count() == 2
        page.locator("#g-flickr-add img").first.scroll_into_view_if_needed()
        page.wait_for_function("() => document.querySelector('#g-flickr-add img').naturalWidth > 0")
        wide.headline("The plan is ready")
        for one in (page, other):
            assert [one.evaluate(check) for check in checks] == [[], [], []]

        tab.press("Apply this plan")
        for one in (tab, wide):
            one.headline("Done.")
        said = page.locator(".troubles").inner_text()
        assert "Socials|flickr|__errors|conflicting instructions" in said
        assert "Socials|pixelfed|__errors|missing alt text" in said
        assert house.row("tram.jpg", "flickr")["photo_id"] in house.flickr.world.photos
        assert all(house.row("quay [1001].jpg", name) for name in ("flickr", "pixelfed", "mastodon", "quantum"))
        counts = [card.locator("dd").first.inner_text() for card in other.locator(".card").all()]
        assert counts == ["2", "1", "2", "1"]
        for one in (page, other):
            assert [one.evaluate(check) for check in checks] == [[], [], []]

        page.locator("#g-flickr-ask").get_by_role("button", name="Leave it").click()
        page.locator("#g-flickr-ask .answered").wait_for()
        for name in ("quay [1001].jpg", "tram.jpg"):
            file = next(file for file in house.imatch.world.files.values() if file.name == name)
            house.imatch.world.put(file, "Socials|flickr|_delete")
        tab.press("Look again")
        tab.headline("The plan is ready")
        assert page.locator("#g-flickr-ask").count() == 0, "it was answered"
        page.get_by_label("Allow deleting so much").check()
        page.get_by_label("2 posts will be deleted there").check()
        for one in (page, other):
            assert [one.evaluate(check) for check in checks] == [[], [], []]
        tab.press("Apply this plan")
        tab.headline("Done.")
        assert "2 photos deleted" in page.locator(".work").inner_text()
        assert tab.complaints == wide.complaints == []
    assert house.flickr.world.photos == {}
    assert house.row("quay [1001].jpg", "flickr") == {}


def test_while_imatchs_testing_flag_is_on_the_page_says_so_and_offers_nothing_to_apply(tmp_path):
    with opened(tmp_path, "variables = true") as house:
        house.imatch.world.set_variable("imatch_to_socials_testing", "1")
        page = house.visitor.look()
        assert "imatch_to_socials_testing is on" in read(page)
        assert 'action="/apply"' not in page
        plan = next((house.visitor.state / "plans").glob("*.json")).stem
        house.visitor.http.post("/apply", data={"plan": plan})
        house.visitor.idle()
        assert "Nothing was published." in read(house.visitor.page())
        house.imatch.world.set_variable("imatch_to_socials_testing", "0")
        assert 'action="/apply"' in house.visitor.look()
        assert len(house.flickr.world.photos) == 0


def test_a_closed_imatch_is_a_sentence_and_the_page_goes_on(tmp_path):
    with opened(tmp_path) as house:
        house.imatch.close_imatch()
        said = read(house.visitor.look())
        assert "Nothing was published." in said
        assert "Is IMatch running" in said
        house.imatch.reopen_imatch()
        said = read(house.visitor.look())
        assert "The plan is ready" in said
        assert "D:/Photos/gone.jpg: IMatch has it in its database, but the file is not there" in said
        assert "D:/Photos/gone.jpg: D:/Photos" not in said


def test_what_imatch_could_not_be_told_stands_at_the_end_of_a_run_in_a_terminal(tell, home):
    (home / "pictures").mkdir()
    world = imws.World.ready()
    furnished(world, home / "pictures")
    for flag in ("_delete", "_update"):
        world.category(f"Socials|quantum|{flag}")
        for file in list(world.members("Socials|quantum")):
            world.put(world.file(file), f"Socials|quantum|{flag}")
    with imws.serve(home / "imws", world=world) as imatch:
        form = (
            SETTINGS.partition("[platforms.flickr]")[0]
            + "[platforms.quantum]"
            + SETTINGS.partition("[platforms.quantum]")[2]
        )
        text = form.format(imatch=imatch.url, pictures=home / "pictures", more="")
        (home / "heliograph.toml").write_text(text, encoding="utf-8")
        _, _, said = tell("sync")
    assert " ".join(said.split()).count("IMatch has no category Socials|quantum|__errors|conflicting instructions") == 1
