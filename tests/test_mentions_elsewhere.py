"""Notes lead to short addresses, gallery pages and posts too; what they use is not taken away without a question."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import command_line
from command_line import Told, draw
from contract.platform_contract import publish, rendition_for, wanted_photo
from fediverse_house import EVERY, House
from heliograph.cli.exits import Exit
from heliograph.model import Verb
from heliograph.platforms.flickr import addresses
from heliograph.policy import OnFixed, OnUsed, When
from site_visit import site_at
from studio import photo, template  # noqa: F401 - a fixture
from test_mentions import Linked, Studio, noted

home = command_line.home
tell = command_line.tell


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "ids"),
    [
        ("https://flic.kr/p/7Afjsu", {"4325695128"}),
        ("http://flic.kr/p/5hruZg", {"2811466321"}),
        ("https://www.flickr.com/photo.gne?short=7Afjsu", {"4325695128"}),
        ("https://www.flickr.com/photo.gne?id=4325695128", {"4325695128"}),
        ("https://www.flickr.com/photos/me/albums/72157600000000001", {"72157600000000001"}),
        ("https://www.flickr.com/photos/me/sets/72157600000000001/", {"72157600000000001"}),
        (
            "https://www.flickr.com/photos/me/albums/72157600000001/with/4325695128",
            {"72157600000001", "4325695128"},
        ),
        ("https://www.flickr.com/photos/me/galleries/72157600000000001/#photo_4325695128", {"4325695128"}),
        ("https://www.flickr.com/photos/me/galleries/72157600000000001/", set()),
        ("https://flic.kr/p/", set()),
        ("https://flic.kr/p/0OIl", set()),
        ("https://notflic.kr/p/7Afjsu", set()),
        ("https://flic.kr/people/7Afjsu", set()),
    ],
)
def test_short_addresses_albums_and_gallery_pages_of_flickr_name_what_they_show(link, ids):
    assert addresses.leads_to(link) == ids


def test_a_page_or_picture_of_a_gallery_website_is_known_where_it_is_served_and_where_it_lies(tmp_path):
    site = site_at(tmp_path / "site", base_url="https://photos.example")
    post = publish(site, wanted_photo(site, 1), rendition_for(site, tmp_path / "files"))[1].id
    site.finish()
    picture = next(path for path in site._publication.files() if path.startswith("pictures/"))
    for link in (
        *(f"https://photos.example/photos/{post}.html", f"https://photos.example/photos/{post}.html?x#in-coast"),
        *(f"../site/photos/{post}.html", f"https://photos.example/{picture}", f"site/{picture}"),
    ):
        assert site.leads_to(link) == {post}, link
    assert site.leads_to("https://photos.example/albums/coast-0123abcd.html") == {"coast-0123abcd"}
    for link in (f"https://photos.example.org/photos/{post}.html", "index.html", "pictures/ab/other-640.jpg", post):
        assert site.leads_to(link) == frozenset(), link


def test_a_post_in_the_fediverse_is_known_by_its_address_on_its_server(tmp_path):
    with House.opened(tmp_path, EVERY[0]) as made:
        platform, server = made.platform(), made.standin.url
        assert platform.leads_to(f"{server}/@ann/113000000000000001") == {"113000000000000001"}
        assert platform.leads_to(f"{server}/p/ann/113000000000000001#x") == {"113000000000000001"}
        assert platform.leads_to(f"{server}/@ann/statuses/01HZY0Q2W4J6X8Z0B2D4F6H8KM") == {"01HZY0Q2W4J6X8Z0B2D4F6H8KM"}
        for link in (f"{server}/@ann", f"{server}/media/1.jpg", "https://other.example/@ann/113000000000000001"):
            assert platform.leads_to(link) == frozenset(), link


# --- posting anew -----------------------------------------------------------------------------------------------------


@pytest.fixture
def studio(tmp_path, template):  # noqa: F811
    made = Studio(tmp_path, template)
    made.platform = Linked(made.platform.world, made.platform.clock, name="memory", fixed=frozenset({"title"}))
    made.library.put(replace(photo("quay.jpg", title="Another title"), where="quay.jpg"))
    return made


def planned(studio, when):
    with studio.desk(when) as desk:
        (action,) = [action for action in desk.plan().actions if action.where == "quay.jpg"]
    return action


def test_settings_that_repost_do_not_repost_what_notes_use_without_a_question_and_the_answer_counts(studio):
    when = When(fixed=OnFixed.REPOST)
    asked = planned(studio, when)
    assert (asked.verb, asked.choices) == (Verb.ASK, ("repost", "leave"))
    assert asked.reason.endswith("which loses its replies; and it is used in your note walk.md")
    studio.said(when)
    assert studio.post in studio.platform.world.posts
    with studio.desk(when) as desk:
        desk.plan()
        desk.answer("quay.jpg", "repost")
    studio.said(when)
    assert studio.post not in studio.platform.world.posts


@pytest.mark.parametrize(("used", "verb"), [(OnUsed.DELETE, Verb.REPOST), (OnUsed.LEAVE, Verb.KEEP)])
def test_settings_can_say_what_becomes_of_it(studio, used, verb):
    with studio.desk(When(fixed=OnFixed.REPOST, used=used)) as desk:
        plan = desk.plan()
    assert {action.verb for action in plan.actions} == ({verb} if verb != Verb.KEEP else set())


def test_what_no_note_uses_is_reposted_as_the_settings_say_and_a_question_names_the_notes(studio):
    assert "walk.md" in planned(studio, When()).reason
    noted(studio.folder / "notes", walk="nothing")
    assert planned(studio, When(fixed=OnFixed.REPOST)).verb == Verb.REPOST
    assert "walk.md" not in planned(studio, When()).reason


# --- by the command ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["site", "markdown"])
def test_a_photo_that_notes_use_stays_until_the_question_is_answered(tell: Told, home: Path, kind: str) -> None:
    settings = home / "heliograph.toml"
    text = settings.read_text(encoding="utf-8").replace("[platforms.site]\n", f'[platforms.site]\nkind = "{kind}"\n', 1)
    settings.write_text(text + '\n[notes]\nfolder = "notes"\n', encoding="utf-8")
    (home / "notes").mkdir()
    tell("sync")
    pages = (
        (home / "site/photos").glob("a-dune-*") if kind == "site" else (home / "site/content/photos").glob("a-dune-*")
    )
    (page,) = pages
    post = page.name.removesuffix(".html")
    link = f"photos/{post}.html" if kind == "site" else f"../site/content/photos/{post}/index.md"
    (home / "notes/walk.md").write_text(f"[A walk]({link})", encoding="utf-8")
    draw(home / "photos/2023/dune.jpg", "A dune", wishes=())
    code, out, _ = tell("sync", "--allow-deletes")
    assert page.exists()
    told = tell("plan")[1]
    assert "it is used in your note walk.md" in told
    code, out, err = tell("answer", "2023/dune.jpg", "delete")
    assert code == Exit.DONE, out + err
    tell("sync", "--allow-deletes")
    assert not page.exists()
