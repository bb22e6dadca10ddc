"""Texts and tags as the Flickr stand-in reads and answers them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flickr_scene import BOB, EVE, Scene, peopled
from heliograph.standin.flickr import tagging, texts


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return peopled(tmp_path)


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("plain\nlines", "plain\nlines"),
        ('R&D "now"', "R&amp;D &quot;now&quot;"),
        ("1 < 2", "1 &lt; 2"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("see www.example.org.", 'see <a href="http://www.example.org" rel="noreferrer nofollow">www.example.org</a>.'),
        (
            "https://example.org/a?b=1&c=2",
            '<a href="https://example.org/a?b=1&amp;c=2" rel="noreferrer nofollow">example.org/a?b=1&amp;c=2</a>',
        ),
        ('<a href="https://example.org/">https://x.y</a>', '<a href="https://example.org/">https://x.y</a>'),
    ],
)
def test_descriptions_come_back_as_html_with_links(sent: str, answered: str) -> None:
    assert texts.described(sent) == answered


def test_long_addresses_are_shortened_in_their_words_only() -> None:
    address = "https://example.org/" + "x" * 60
    answered = texts.described(address)
    assert f'href="{address}"' in answered
    assert answered.endswith("...</a>")
    assert len(answered) < 2 * len(address) + 30


@given(st.text())
def test_stored_texts_can_stand_in_xml(text: str) -> None:
    stored = texts.storable(text)
    assert all(char in "\t\n\r" or char >= " " for char in stored)
    assert texts.storable(stored) == stored


@pytest.mark.parametrize(
    ("typed", "raws"),
    [
        ('beach "new york" 2024', ["beach", "new york", "2024"]),
        ("New York,London", ["New York", "London"]),
        ('"a, b" c', ["a, b", "c"]),
        ('"a, b", c d', ["a, b", "c d"]),
        ('ns:pred="san francisco" x', ["ns:pred=san francisco", "x"]),
        ('"ns:pred=some value"', ["ns:pred=some value"]),
        ('  "open end', ["open end"]),
        ("", []),
    ],
)
def test_typed_tags_are_split_as_flickr_does(typed: str, raws: list[str]) -> None:
    assert [*tagging.words(typed)] == raws


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("New York", "newyork"),
        ("Harvard University, Museum", "harvarduniversitymuseum"),
        ("東京 タワー", "東京タワー"),
        ("Çà & là", "çàlà"),
        ("हिन्दी", "हिन्दी"),
        ("dc:identifier=https://a.b/page/3", "dc:identifier=httpsabpage3"),
        ("Taxonomy:Binomial=Elephas maximus", "taxonomy:binomial=elephasmaximus"),
        ("1a:b=c", "1abc"),
    ],
)
def test_clean_tags_keep_letters_and_digits_and_the_frame_of_machine_tags(raw: str, clean: str) -> None:
    assert tagging.clean(raw) == clean


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters='"')), max_size=8))
def test_quoted_tags_survive_the_parser(raws: list[str]) -> None:
    wanted = [" ".join(raw.split()) for raw in raws if raw.split()]
    assert [*tagging.words(" ".join(f'"{raw}"' for raw in raws))] == wanted


def test_setting_tags_replaces_adding_adds_and_the_cap_changes_nothing(scene: Scene) -> None:
    photo_id = scene.photo(tags="a b")
    scene.call("photos.setTags", photo_id=photo_id, tags='b "C d"')
    assert [tag.raw for tag in scene.world.photos[photo_id].tags] == ["b", "C d"]
    added = scene.one("photos.addTags", photo_id=photo_id, tags='"c D" e')
    assert [tag.attributes["raw"] for tag in added.children] == ["C d", "e"]
    assert scene.fails("photos.addTags", photo_id=photo_id, tags=" ".join(f"t{at}" for at in range(73))) == 2
    assert len(scene.world.photos[photo_id].tags) == 3
    scene.call("photos.setTags", photo_id=photo_id, tags="")
    assert scene.world.photos[photo_id].tags == ()


@pytest.mark.parametrize("method", ["photos.removeTag", "tags.removeTag"])
def test_a_tag_is_removed_by_its_long_id_only(scene: Scene, method: str) -> None:
    photo_id = scene.photo(tags="one two")
    assert scene.fails(method, tag_id="one") == 1
    tag_id = str(scene.info(photo_id, "tags").children[0].attributes["id"])
    assert scene.fails(method, EVE, tag_id=tag_id) == 1
    scene.call(method, tag_id=tag_id)
    assert [tag.raw for tag in scene.world.photos[photo_id].tags] == ["two"]


def test_setting_tags_leaves_those_of_others(scene: Scene) -> None:
    photo_id = scene.photo(tags="mine")
    scene.call("photos.addTags", BOB, photo_id=photo_id, tags="theirs")
    scene.call("photos.setTags", photo_id=photo_id, tags="new")
    assert [tag.raw for tag in scene.world.photos[photo_id].tags] == ["theirs", "new"]
    assert scene.fails("photos.addTags", EVE, photo_id=photo_id, tags="no") == 99


def test_the_vocabulary_of_an_account_tells_every_spelling(scene: Scene) -> None:
    scene.photo(tags='"New York"')
    scene.photo(tags="newyork beach")
    told = scene.one("tags.getListUserRaw").children[0].children
    assert [(tag.attributes["clean"], [raw.text for raw in tag.children]) for tag in told] == [
        ("beach", ["beach"]),
        ("newyork", ["New York", "newyork"]),
    ]
    assert [tag.text for tag in scene.one("tags.getListUser").children[0].children] == ["beach", "newyork"]
