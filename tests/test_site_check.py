"""`helio site check`: every kind of trouble is found where it is, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.platform_contract import publish, wanted_album, wanted_photo
from heliograph.errors import Mistake
from heliograph.metadata import write
from heliograph.model import F, Facts, Output, Place, Recipe, Rights
from heliograph.platforms.site.checking import Checking, What
from heliograph.platforms.site.reading import read_page, target
from heliograph.render import render
from render_samples import coded, scene, written
from site_visit import site_at

EMBED = Facts(
    title="Bergs & Meer",
    caption="Die <Küste>",
    keywords=("sea", "Küste"),
    rights=Rights(("Ida Lund",), "Lund", "© Ida Lund", "Ask", "https://creativecommons.org/licenses/by/4.0/"),
)
RECIPE = Recipe(
    tuple(Output(kind, edge, 60) for edge in (64, 32) for kind in ("image/avif", "image/webp", "image/jpeg")), EMBED
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A site with pictures in three formats that say what their owner wished, and an album."""
    tmp = tmp_path_factory.mktemp("checked")
    site = site_at(tmp / "site", base_url="https://photos.example")
    ids = []
    for number in range(2):
        source, photo = written(tmp, f"{number}.jpg", coded(scene(96, 64 + number), "JPEG"), "image/jpeg")
        rendition = render(source, photo, RECIPE, tmp / "shelf")
        ids.append(publish(site, wanted_photo(site, number), rendition)[1].id)
    publish(site, wanted_album(site, "The coast", tuple(ids)), None)
    site.finish()
    return site, tmp / "site", ids


def found(site, **how):
    return [(finding.what, finding.path) for finding in site.check(**how)]


def test_a_site_as_it_was_built_has_nothing_wrong_and_its_pictures_are_remembered(built, monkeypatch):
    site, folder, _ = built
    assert len(list(folder.rglob("*.avif"))) == 4
    assert list(site.check(anew=True)) == []
    looked = []
    monkeypatch.setattr("heliograph.platforms.site.checking.unexpected", lambda *what: looked.append(what) or ())
    assert list(site.check()) == []
    assert looked == []
    list(site.check(anew=True))
    assert len(looked) == 12


def test_every_trouble_is_found_where_it_is(built):
    site, folder, ids = built
    page, other = folder / "photos" / f"{ids[0]}.html", folder / "photos" / f"{ids[1]}.html"
    kept = page.read_text(encoding="utf-8"), other.read_bytes()
    (secret,) = list(folder.rglob("*-32.jpg"))[:1]
    picture = secret.read_bytes()
    stray = folder / "photos" / "gone.html"
    unused = folder / "pictures" / "ab" / "old-1.jpg"
    try:
        page.write_text(
            kept[0].replace(
                "</main>",
                '<a href="nowhere.html?x=1">a</a><a href="../../../etc/passwd">b</a><a href=../index.html#no>c</a>'
                "<img src='../index.html'><!-- <a href=none.html> --><script>'<a href=no.html>'</script>"
                '<a href="https://photos.example/keywords/">d</a><a href="https://photos.example.org/x">e</a></main>',
            ),
            encoding="utf-8",
        )
        other.unlink()
        stray.write_text("old", encoding="utf-8")
        unused.parent.mkdir(exist_ok=True)
        unused.write_bytes(picture)
        write(secret, replace(EMBED, place=Place(47.1, 8.2)))
        names = {"page": f"photos/{ids[0]}.html", "other": f"photos/{ids[1]}.html"}
        seen = found(site)
        assert (What.MISSING, names["other"]) in seen
        assert (What.PRIVATE, secret.relative_to(folder).as_posix()) in seen
        assert (What.STALE, "photos/gone.html") in seen
        assert (What.UNUSED, "pictures/ab/old-1.jpg") in seen
        assert (What.ALT, names["page"]) in seen
        assert (What.ANCHOR, names["page"]) in seen
        of_page = [finding.sentence for finding in site.check() if finding.what is What.LINK]
        mine = [said for said in of_page if said.startswith(names["page"])]
        assert any("nowhere.html" in said for said in mine)
        assert any("etc/passwd" in said for said in mine)
        assert not [said for said in of_page for odd in ("none.html", "no.html", "example.org") if odd in said]
        assert not [said for said in mine if "keywords/" in said]
        assert any(said.startswith("index.html") and ids[1] in said for said in of_page)
        (private,) = [finding.sentence for finding in site.check() if finding.what is What.PRIVATE]
        assert "GPS" in private
    finally:
        page.write_text(kept[0], encoding="utf-8")
        other.write_bytes(kept[1])
        secret.write_bytes(picture)
        stray.unlink(missing_ok=True)
        unused.unlink(missing_ok=True)
    assert list(site.check()) == []


def test_pages_that_lag_behind_and_photos_without_words_are_told(built):
    site, _, ids = built
    post = next(post for post in site.survey(None).posts if post.id == ids[0])
    names = frozenset({F.ALT})
    wanted = wanted_photo(site, 0)
    site.update(post, replace(wanted, fields={**wanted.fields, F.ALT: " "}), names, None)
    try:
        assert found(site) == [(What.UNBUILT, ""), (What.ALT, f"photos/{ids[0]}.html")]
    finally:
        site.update(post, wanted, names, None)
        site.finish()
    assert found(site) == []


def test_a_site_that_was_never_begun_says_so(tmp_path):
    with pytest.raises(Mistake, match="Nothing was published"):
        list(site_at(tmp_path / "none").check())


@pytest.mark.parametrize(
    ("link", "page", "expected"),
    [
        ("b.html#x", "photos/a.html", ("photos/b.html", "x")),
        ("../index.html", "photos/a.html", ("index.html", "")),
        ("#top", "photos/a.html", ("photos/a.html", "top")),
        ("albums/", "index.html", ("albums/index.html", "")),
        ("a%20b.html?q#%C3%BC", "index.html", ("a b.html", "ü")),
        ("../../x", "photos/a.html", ("../x", "")),
        ("https://me.example/photos/a.html", "index.html", ("photos/a.html", "")),
        ("https://me.example", "photos/a.html", ("index.html", "")),
        ("https://me.example.org/", "index.html", None),
        ("mailto:ann@example.org", "index.html", None),
        ("data:image/webp;base64,AA", "index.html", None),
        ("//elsewhere/x", "index.html", None),
        ("?page=2#x", "photos/a.html", ("photos/a.html", "x")),
        (".", "photos/a.html", ("photos/index.html", "")),
        ("..", "photos/a.html", ("index.html", "")),
        ("http://[", "index.html", ("http://[", "")),
    ],
)
def test_a_link_leads_where_a_browser_takes_it(link, page, expected):
    assert target(link, page, "https://me.example") == expected


@given(st.text())
def test_no_text_stops_the_reading_of_a_page(text):
    read_page(text)
    read_page(f'<a href="x">{text}</a><img alt src={text}>')


def test_quotes_and_signs_within_attributes_do_not_end_a_tag():
    page = read_page("""<A title="a > b" HREF='x"y&amp;z.html' id=one><img data-x='<img src=no>' src=p.jpg alt="">""")
    assert (page.links, page.anchors, page.nameless) == ({'x"y&z.html', "p.jpg"}, {"one"}, [])


FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><link href="https://photos.example/index.html"/>
<id>https://photos.example/photos/gone.html#x</id><link href="https://photos.example.org/no.html"/></feed>"""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("atom.xml", FEED, [What.LINK]),
        ("atom.xml", FEED.replace("</feed>", ""), [What.FEED]),
        ("atom.xml", FEED.replace("gone.html", "there.html"), []),
        ("feed.json", '{"items": [{"url": "https://photos.example/none.html", "id": 1}]}', [What.LINK]),
        ("feed.json", '{"items": [{"url": "https://photos.example/"}]}', []),
        ("feed.json", "{", [What.FEED]),
    ],
)
def test_feeds_are_read_as_programs_read_them_and_lead_somewhere(tmp_path, name, text, expected):
    (tmp_path / "photos").mkdir()
    for path, said in (("index.html", ""), ("photos/there.html", ""), (name, text)):
        (tmp_path / path).write_text(said, encoding="utf-8")

    class Made:
        folder = tmp_path

        def files(self):
            return {"index.html": "1", "photos/there.html": "2", name: "3"}

    assert [finding.what for finding in Checking(Made(), {}, "https://photos.example").findings()] == expected
