"""A photo posted anew: what is cut off in the middle goes on, and nobody sees it who did not see it before."""

from __future__ import annotations

import pytest

from heliograph.errors import Busy, Refused
from heliograph.execute import End
from heliograph.model import F, SubjectKind, Verb
from heliograph.policy import Audience, OnFixed, PlatformPolicy, When
from moody import COAST, LATER_S, Studio, ends, verbs

AUDIENCES = ("public", "private")
ANEW = When(fixed=OnFixed.REPOST)


def shown_to(audience: str) -> PlatformPolicy:
    return PlatformPolicy("memory", "memory", when=ANEW, audience=Audience(audience))


def seen_by(studio: Studio) -> list[object]:
    return [post.fields[F.VISIBILITY] for post in studio.world.of(SubjectKind.PHOTO)]


def published(studio: Studio, audience: str = "private", **more: object):
    """A photo, with an album where it has one, whose alt text was changed since."""
    studio.policy = shown_to(audience)
    studio.put("a.jpg", alt_text="Boats", **more)
    desk = studio.open(audiences=AUDIENCES, fixed=frozenset({F.ALT}))
    list(desk.sync())
    studio.wait()
    studio.put("a.jpg", alt_text="Two boats", **more)
    return desk


@pytest.mark.parametrize("trouble", [Refused("not today"), Busy("later", 1.0)])
def test_where_the_new_post_is_refused_it_is_sent_later_to_the_same_audience(
    studio: Studio, trouble: Exception
) -> None:
    published(studio)
    studio.policy = shown_to("public")  # for what is new; this photo is not
    desk = studio.open(audiences=AUDIENCES, fixed=frozenset({F.ALT}))
    assert verbs(desk.plan()) == [(Verb.REPOST, "a.jpg")]
    studio.platform.troubles["add", "a.jpg"] = trouble
    assert ends(desk.sync())["a.jpg"] == End.FAILED
    assert studio.world.posts == {}
    studio.platform.troubles.clear()
    studio.wait()
    assert verbs(desk.plan()) == [(Verb.ADD, "a.jpg")]
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert seen_by(studio) == ["private"]
    studio.wait()
    assert desk.plan().actions == ()


def test_what_could_not_be_taken_away_is_tried_again(studio: Studio) -> None:
    desk = published(studio)
    (before,) = studio.world.posts
    studio.platform.troubles["delete", before] = Busy("later", 1.0)
    assert ends(desk.sync())["a.jpg"] == End.FAILED
    assert list(studio.world.posts) == [before]
    studio.platform.troubles.clear()
    assert ends(desk.sync())["a.jpg"] == End.DONE
    assert len(studio.world.posts) == 1


def test_what_others_remove_after_it_was_not_posted_anew_after_all_is_asked_about(studio: Studio) -> None:
    """The wish to post it anew is over with the next agreement."""
    desk = published(studio)
    (before,) = studio.world.posts
    studio.platform.troubles["delete", before] = Busy("later", 1.0)
    list(desk.sync())
    studio.put("a.jpg", alt_text="Boats")
    assert verbs(desk.plan()) == []
    studio.wait()
    studio.world.posts.clear()
    assert verbs(desk.plan()) == [(Verb.ASK, "a.jpg")]


def test_an_album_is_not_given_a_photo_that_is_taken_away_and_not_there_again(studio: Studio) -> None:
    desk = published(studio, keywords=COAST)
    studio.put("b.jpg", keywords=COAST, alt_text="A bird")
    studio.platform.troubles["add", "a.jpg"] = Refused("not today")
    list(desk.sync())
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert set(album.fields[F.MEMBERS]) <= set(studio.world.posts)
    studio.platform.troubles.clear()
    for _ in range(3):
        studio.clock.sleep(LATER_S)
        list(desk.sync())
    (album,) = studio.world.of(SubjectKind.ALBUM)
    assert len(album.fields[F.MEMBERS]) == 2
    assert set(album.fields[F.MEMBERS]) <= set(studio.world.posts)
    studio.wait()
    assert desk.plan().actions == ()


def test_a_photo_taken_away_and_no_longer_wanted_is_forgotten(studio: Studio) -> None:
    desk = published(studio)
    studio.platform.troubles["add", "a.jpg"] = Refused("not today")
    list(desk.sync())
    studio.put("a.jpg", alt_text="Two boats", keywords=())
    studio.wait()
    assert verbs(desk.plan()) == [(Verb.FORGET, "a.jpg")]
    list(desk.sync())
    assert studio.world.posts == {}
