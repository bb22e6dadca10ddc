"""Pictures and texts that are too large for a server, in every dialect: handled here, before anything is sent.

Numbers 9 to 11 of the list of acceptance.
"""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import fediverse_studio
from fediverse_house import EVERY
from fediverse_studio import UPLOAD, is_write, of, only, settled
from heliograph import metadata
from heliograph.execute import End
from heliograph.model import Facts, Verb
from heliograph.policy import Captions, OnTooLong, Picture

studio = fediverse_studio.studio


GRAPHEMES = ("mastodon-4.6", "mastodon-4.0")
ALT_LEN = {
    "mastodon-4.6": 10_000,
    "mastodon-4.0": 1500,
    "pixelfed-0.11": 1000,
    "pixelfed-0.12": 1000,
    "gotosocial-0.20": 1500,
    "snac-2.94": 1000,
    "takahe-0.11": 1000,
}
TEXT_LEN = dict.fromkeys(EVERY, 500) | {"gotosocial-0.20": 5000, "snac-2.94": 100_000}
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
LINK = "https://example.org/" + "a" * 80

# --- 9: pictures ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def heavy(tmp_path_factory):
    """Two photos: one of more than 16 MiB, and one of more than 33 megapixels."""
    folder = tmp_path_factory.mktemp("heavy")
    noise = np.random.default_rng(1).integers(0, 256, (2100, 2600, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "long.jpg", quality=100, subsampling=0)
    Image.linear_gradient("L").resize((6800, 5120)).convert("RGB").save(folder / "wide.jpg", quality=30)
    for name in ("long", "wide"):
        metadata.write(folder / f"{name}.jpg", Facts(title=name, alt_text=f"A {name} picture"))
    assert (folder / "long.jpg").stat().st_size > 16 * 1024 * 1024
    return folder


@of("mastodon-4.6", "pixelfed-0.12", "gotosocial-0.20")
def test_9_pictures_beyond_a_limit_are_made_smaller_and_the_others_go_as_they_are(studio, heavy):
    shutil.copytree(heavy, studio.folder_library(), dirs_exist_ok=True)
    studio.set(picture=Picture(send="original"))
    events = studio.sync()
    assert [event.end for event in events if event.action.verb == Verb.ADD] == [End.DONE] * 2, events
    sent = {call.id: call.length_bytes for call in studio.server.standin.calls.of(UPLOAD) if call.status in {200, 202}}
    lengths = {post.text.split(maxsplit=1)[0]: sent[post.media[0]] for post in studio.server.posts}
    assert len(studio.server.standin.calls.of(UPLOAD)) == 2, "nothing was sent to be turned down"
    own = {name: (heavy / f"{name}.jpg").stat().st_size for name in lengths}
    smaller = {name for name in own if lengths[name] < own[name] * 0.9}
    assert smaller == {"mastodon-4.6": {"long", "wide"}, "pixelfed-0.12": {"long"}}.get(studio.name, set())
    assert lengths["long"] <= studio.limits().max_bytes
    settled(studio)


# --- 10 and 11: texts -------------------------------------------------------------------------------------------------


def measured(studio, text, **facts):
    """What becomes of a text of 600 signs and more."""
    studio.set(captions=Captions(text="{{ caption }}", alt="{{ alt_text }}"))
    studio.put("a.jpg", caption=text, **facts)
    events = studio.sync()
    assert [event.end for event in events if event.action.verb == Verb.ADD] == [End.DONE], events
    settled(studio)
    return studio.server.posts[0]


def test_10_links_count_as_23_where_they_do(studio):
    text = " ".join(["A boat", *[LINK] * 6])  # 612 signs, or 150
    made = measured(studio, text)
    if studio.name in GRAPHEMES or TEXT_LEN[studio.name] > len(text):
        assert made.text == text
    else:
        assert len(made.text) <= TEXT_LEN[studio.name]
        assert made.text.startswith(f"A boat {LINK}")
        assert made.text.endswith("…")


def test_10_a_family_counts_as_one_sign_where_it_does(studio):
    text = " ".join([FAMILY] * 90)  # 90 and 89 graphemes, 719 code points
    made = measured(studio, text)
    if studio.name in GRAPHEMES or TEXT_LEN[studio.name] > len(text):
        assert made.text == text
    else:
        assert len(made.text) <= TEXT_LEN[studio.name]
        assert set(made.text.split()) <= {FAMILY, "…", FAMILY + "…"}, "no family is torn"


@of(*(profile for profile in EVERY if profile != "snac-2.94"))
def test_10_a_long_caption_is_cut_at_a_word_with_a_mark_and_the_owner_is_told(studio):
    limit = TEXT_LEN[studio.name]
    text = "words " * (limit // 6 + 20)
    studio.set(captions=Captions(text="{{ caption }}", alt="{{ alt_text }}"))
    studio.put("a.jpg", caption=text.strip())
    (note,) = only(studio.plan()).wanted.left_out
    assert "cut" in note
    studio.sync()
    (made,) = studio.server.posts
    assert limit - 12 < len(made.text) <= limit
    assert made.text.endswith("words…") or made.text.endswith("words …")


@pytest.mark.parametrize("over", [0, 1])
def test_11_an_alt_text_at_the_limit_goes_and_a_longer_one_is_cut_with_a_mark(studio, over):
    limit = ALT_LEN[studio.name]
    alt = ("sand " * (limit // 5))[: limit - 1] + "." + "!" * over
    studio.put("a.jpg", alt_text=alt)
    studio.sync()
    (shown,) = studio.server.alts(studio.server.posts[0])
    if over:
        assert limit - 10 < len(shown) <= limit
        assert shown.endswith("…")
    else:
        assert shown == alt
    settled(studio)


def test_11_or_it_is_refused_by_the_owners_setting_and_nothing_is_sent(studio):
    studio.set(captions=Captions(too_long=OnTooLong.REFUSE))
    studio.put("a.jpg", alt_text="sand " * 3000)
    studio.put("b.jpg")
    events = studio.sync()
    (refused,) = [event for event in events if event.action.where == "a.jpg"]
    assert refused.action.verb == Verb.REFUSE
    assert "alt" in refused.sentence
    assert studio.server.texts == ["b"]


def test_11_a_photo_without_alt_text_is_refused_unless_the_owner_says_otherwise(studio):
    studio.put("a.jpg", alt_text="")
    (event,) = studio.sync()
    assert event.action.verb == Verb.REFUSE
    assert "alt text" in event.sentence
    assert [call for call in studio.counts() if is_write(call)] == []
    studio.set(rules=replace(studio.server.policy.rules, required=()))
    studio.sync()
    assert studio.server.texts == ["a"]
