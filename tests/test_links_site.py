"""The pages of real sites lead to the same photo on Flickr, and follow it there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import flickr_studio
from flickr_studio import LATER_S, Studio
from heliograph.desk import Desk, Event
from heliograph.desk.making import Place
from heliograph.execute import End
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.markdown import Markdown
from heliograph.platforms.site.markdown import Options as MarkdownOptions
from heliograph.policy import Audience, OnAudience, PlatformPolicy
from heliograph.wanted import with_defaults

flickr = flickr_studio.flickr
WISHES = ("Socials|site", "Socials|garden")


@dataclass
class Sites:
    """A gallery site and a Markdown site beside an account on Flickr."""

    flickr: Studio
    policies: dict[str, PlatformPolicy] = field(
        default_factory=lambda: {"site": PlatformPolicy("site", "site"), "garden": PlatformPolicy("garden", "markdown")}
    )

    @property
    def folder(self) -> Path:
        return self.flickr.folder

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with self.flickr.desk() as desk:
            site = Site("site", Options(self.folder / "site"))
            garden = Markdown("garden", MarkdownOptions(self.folder / "garden"))
            made = {
                one.name: Place(one, with_defaults(self.policies[one.name], one.captions, one.picture, ()))
                for one in (site, garden)
            }
            desk._places = {**made, **desk.places}
            yield desk

    def sync(self) -> list[Event]:
        with self.desk() as desk:
            events = list(desk.sync())
        self.flickr.clock.sleep(LATER_S)
        assert not [event for event in events if event.end not in {End.DONE, End.TOLD}]
        return events

    def led_to(self) -> list[str]:
        """Addresses under "This photo elsewhere" on the only page of a photo."""
        pages = (self.folder / "site" / "photos").glob("*.html")
        (page,) = [page for page in pages if page.name != "index.html"]
        _, _, links = page.read_text("utf-8").partition('<section class="elsewhere">')
        return re.findall(r'href="([^"]+)"', links.partition("</section>")[0])

    def front_matter(self) -> str:
        (page,) = [path for path in (self.folder / "garden").rglob("*.md") if "a tide" in path.read_text("utf-8")]
        return page.read_text("utf-8")


@pytest.fixture
def sites(flickr: Studio) -> Sites:
    flickr.put("a.jpg", keywords=WISHES, title="a tide")
    return Sites(flickr)


def test_both_sites_link_to_the_photo_on_flickr_and_to_no_pages_that_nobody_can_open(sites):
    sites.sync()
    address = f"{sites.flickr.house.standin.url}/photos/{sites.flickr.me}/{sites.flickr.shown('a.jpg').id}"
    assert [link.rstrip("/") for link in sites.led_to()] == [address]
    assert address in sites.front_matter()
    with sites.desk() as desk:
        assert desk.plan().effects == ()


def test_the_links_cost_flickr_no_call(sites):
    with sites.flickr.counted() as with_sites:
        sites.sync()
    sites.flickr.world.photos.clear()
    sites.flickr.lose_ledger()
    with sites.flickr.counted() as alone:
        sites.flickr.sync()
    assert with_sites == alone


def test_a_photo_deleted_on_flickr_is_not_linked_to_any_more(sites):
    sites.flickr.options["look"] = "deletions"
    sites.sync()
    sites.flickr.by_hand("photos.delete", photo_id=sites.flickr.shown("a.jpg").id)
    sites.sync()
    assert sites.led_to() == []
    assert sites.flickr.house.standin.url not in sites.front_matter()


def test_a_photo_that_becomes_private_on_flickr_is_not_linked_to_any_more(sites):
    sites.sync()
    hidden = Audience("private", OnAudience.ALL)
    sites.flickr.policy = replace(sites.flickr.policy, audience=hidden)
    sites.sync()
    assert sites.led_to() == []
    assert sites.flickr.house.standin.url not in sites.front_matter()


def test_a_site_that_is_told_not_to_link_does_not(sites):
    sites.policies["site"] = replace(sites.policies["site"], links=False)
    sites.sync()
    assert sites.led_to() == []
    assert sites.flickr.house.standin.url in sites.front_matter()
