"""How often Flickr is called, counted exactly by the stand-in's log; and how often it was said that it would be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import flickr_studio
from flickr_studio import A_DAY_S, GROUP, Studio, fields, only, opened, wished
from heliograph.model import F, Place, Rights, SubjectKind, Taken, Verb, Wanted
from heliograph.platforms.flickr.tags import PICTURE_LEN, Mark
from heliograph.policy import Audience, OnAudience, OnFixed, OnUnwanted, Picture, Rules, When
from heliograph.standin.flickr.faults import Fault, What

flickr = flickr_studio.flickr


BOATS, BIRDS = "Boats", "Birds"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
REINE = Place(latitude=67.9323, longitude=13.0887)
LETTING_OUT = Rules(place=True)


@pytest.fixture
def groups(flickr: Studio) -> Studio:
    """With two groups that take everything."""
    return with_groups(flickr)


def with_groups(studio: Studio) -> Studio:
    studio.world.add_group(GROUP, BOATS, members=(studio.me,))
    studio.world.add_group("7654321@N20", BIRDS, members=(studio.me,))
    return studio


# --- the first sync ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """What one photo is like."""

    dated: str
    placed: bool
    licensed: bool
    tagged: bool
    albums: tuple[str, ...]
    groups: tuple[str, ...]


PHOTOS = st.lists(
    st.builds(
        Drawn,
        dated=st.sampled_from(["exact", "year", "none"]),
        placed=st.booleans(),
        licensed=st.booleans(),
        tagged=st.booleans(),
        albums=st.lists(st.sampled_from(["Coast", "Hills", "Solo"]), unique=True).map(tuple),
        groups=st.lists(st.sampled_from([BOATS, BIRDS]), unique=True).map(tuple),
    ),
    max_size=7,
)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    return iter(tmp_path_factory.mktemp("home") / str(number) for number in range(1000))


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(photos=PHOTOS, embeds=st.booleans())
def test_the_first_sync_makes_one_call_for_each_thing_that_cannot_ride(photos, embeds, homes, template):
    """1 + N + d + l + c + x + (2A - A1) + M + [G > 0]"""
    with opened(next(homes), template) as studio:
        with_groups(studio)
        embed = ("taken", "keywords") if embeds else ("taken",)
        studio.policy = replace(studio.policy, rules=LETTING_OUT, picture=Picture(embed=embed))
        for number, drawn in enumerate(photos):
            put(studio, f"{number}.jpg", drawn)
        plan = studio.plan()
        studio.lose_ledger()  # with the survey that the plan made, so that the sync is the first there is
        with studio.counted() as made:
            studio.sync()
        sizes = [sum(album in drawn.albums for drawn in photos) for album in ("Coast", "Hills", "Solo")]
        memberships = sum(len(drawn.groups) for drawn in photos)
        expected = (
            1
            + len(photos)
            + sum(drawn.dated == "year" for drawn in photos)
            + sum(drawn.placed for drawn in photos)
            + sum(drawn.licensed for drawn in photos)
            + sum(drawn.tagged and embeds for drawn in photos)
            + sum(2 - (size == 1) for size in sizes if size)
            + memberships
            + (memberships > 0)
        )
        assert sum(made.values()) == expected, made
        foreseen = sum(studio.platform().calls(action) for action in plan.effects)
        assert foreseen == expected - 1 - (memberships > 0)
        with studio.counted() as made:
            assert not studio.plan().effects
        assert made == {"photos.recentlyUpdated": 1}


def put(studio: Studio, name: str, drawn: Drawn) -> None:
    more: dict[str, object] = {} if drawn.dated == "exact" else {"taken": None}
    more |= {"taken": Taken("1936")} if drawn.dated == "year" else {}
    more |= {"place": REINE} if drawn.placed else {}
    more |= {"rights": Rights(licence_url=CC_BY)} if drawn.licensed else {}
    more |= {"keywords": ("Places|Reine",)} if drawn.tagged else {}
    studio.put(name, *drawn.albums, groups=drawn.groups, **more)


@pytest.mark.slow
def test_a_thousand_photos_in_twenty_albums_and_one_group_take_at_most_2042_calls(groups):
    groups.policy = replace(groups.policy, rules=Rules(never=()))
    for number in range(1000):
        groups.put(f"{number}.jpg", f"Album {number % 20:02}", groups=(BOATS,), keywords=("Private|House", "Sea"))
    with groups.counted() as made:
        groups.sync()
    assert sum(made.values()) <= 2042
    assert made == {
        "people.getPhotos": 1,
        "upload": 1000,
        "photosets.create": 20,
        "photosets.editPhotos": 20,
        "groups.pools.getGroups": 1,
        "groups.pools.add": 1000,
    }


# --- nothing to do ----------------------------------------------------------------------------------------------------


@pytest.fixture
def published(groups: Studio) -> Studio:
    """Six photos, an album of four, an album of one, a group."""
    for number in range(6):
        albums = ["Coast"] if number < 4 else []
        groups.put(f"{number}.jpg", *albums, *(["Solo"] if number == 5 else []), groups=(BOATS,) if not number else ())
    groups.sync()
    groups.sync(A_DAY_S)  # everything was looked at once since
    groups.sync()
    return groups


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        ("changes", {"photos.recentlyUpdated": 1}),
        ("deletions", {"photos.recentlyUpdated": 1, "people.getPhotos": 1}),
        ("everything", {"photos.recentlyUpdated": 1, "people.getPhotos": 1, "photosets.getList": 1}),
    ],
)
def test_with_nothing_to_do_flickr_is_looked_at_as_closely_as_was_asked(published, look, expected):
    published.options["look"] = look
    for _ in range(3):
        with published.counted() as made:
            assert not published.sync()
        assert made == expected


def test_once_a_day_deletions_and_albums_are_looked_at_all_the_same(published):
    published.sync(A_DAY_S)
    with published.counted() as made:
        assert not published.sync()
    assert made == {"photos.recentlyUpdated": 1, "people.getPhotos": 1, "photosets.getList": 1}
    with published.counted() as made:
        assert not published.sync()
    assert made == {"photos.recentlyUpdated": 1}


def test_albums_are_listed_five_hundred_at_a_time(published):
    published.world.seed(published.me, "albums", 501)
    published.sync()
    published.sync(A_DAY_S)
    published.sync(A_DAY_S)
    published.options["look"] = "everything"
    with published.counted() as made:
        assert not published.sync()
    assert made == {"photos.recentlyUpdated": 1, "people.getPhotos": 1, "photosets.getList": 2}


# --- one thing to do --------------------------------------------------------------------------------------------------


def foreseen_and_made(studio: Studio) -> tuple[int, dict[str, int]]:
    """What the forecast says of the one thing to do, and which calls it then takes besides looking."""
    with studio.desk() as desk:
        (action,) = desk.plan().effects
        foreseen = desk.places["flickr"].platform.calls(action)
    with studio.counted() as made:
        (event, _) = studio.sync()
    assert event.end == "done", event.sentence
    looks = {"photos.recentlyUpdated": 1}
    return foreseen, {name: count - looks.get(name, 0) for name, count in made.items() if count != looks.get(name)}


def test_one_caption_changed_is_one_call_besides_the_look(published):
    published.change("3.jpg", title="A title", caption="And a text.")
    with published.counted() as made:
        published.sync()
    assert made == {"photos.recentlyUpdated": 1, "photos.setMeta": 1}


CHANGES = [
    ({"title": "Another"}, {"photos.setMeta": 1}),
    ({"caption": "Another text"}, {"photos.setMeta": 1}),
    ({"title": "Another", "caption": "Another text"}, {"photos.setMeta": 1}),
    ({"keywords": ("sea",)}, {"photos.setTags": 1}),
    ({"taken": Taken("1936-05")}, {"photos.setDates": 1}),
    ({"taken": Taken("2024-05-04T10:00:00")}, {"photos.setDates": 1}),
    ({"taken": None}, {}),
    ({"place": REINE}, {"photos.geo.setLocation": 1}),
    ({"rights": Rights(licence_url=CC_BY)}, {"photos.licenses.setLicense": 1}),
    ({"rights": Rights(licence_url="https://example.org/mine")}, {}),
    ({"rights": Rights(copyright="me")}, {}),
    (
        {"title": "Another", "keywords": ("sea",), "place": REINE, "rights": Rights(licence_url=CC_BY)},
        {"photos.setMeta": 1, "photos.setTags": 1, "photos.geo.setLocation": 1, "photos.licenses.setLicense": 1},
    ),
]


@pytest.mark.parametrize(("facts", "expected"), CHANGES)
def test_a_change_takes_one_call_for_each_field_as_foreseen(facts, expected, flickr):
    flickr.policy = replace(flickr.policy, rules=LETTING_OUT, picture=Picture(embed=()))
    flickr.put("a.jpg", caption="A text", title="A title")
    flickr.sync()
    flickr.change("a.jpg", **facts)
    foreseen, made = foreseen_and_made(flickr)
    assert made == expected
    assert foreseen == sum(expected.values())
    assert not flickr.plan().effects


def test_what_was_set_can_be_taken_away_as_foreseen(flickr):
    flickr.policy = replace(flickr.policy, rules=LETTING_OUT, picture=Picture(embed=()))
    flickr.put("a.jpg", place=REINE, rights=Rights(licence_url=CC_BY), keywords=("sea",))
    flickr.sync()
    flickr.change("a.jpg", place=Place(), rights=Rights(), keyword_paths=(("Socials", "flickr"),))
    foreseen, made = foreseen_and_made(flickr)
    assert made == {"photos.geo.removeLocation": 1, "photos.licenses.setLicense": 1, "photos.setTags": 1}
    assert foreseen == 3
    assert (flickr.shown("a.jpg").place, flickr.shown("a.jpg").license, flickr.tags("a.jpg")) == (None, 0, [])


def test_a_new_picture_is_one_replacement_and_one_call_for_its_mark(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.put("a.jpg", pixels="developed anew")
    assert foreseen_and_made(flickr) == (2, {"replace": 1, "photos.setTags": 1})
    flickr.put("a.jpg", pixels="developed once more", keywords=("sea",))
    assert foreseen_and_made(flickr) == (2, {"replace": 1, "photos.setTags": 1})
    assert flickr.tags("a.jpg") == ["sea"]


def test_a_picture_posted_anew_is_a_deletion_and_an_upload(flickr):
    flickr.options["account"] = "free"
    flickr.policy = replace(flickr.policy, when=When(fixed=OnFixed.REPOST))
    flickr.put("a.jpg")
    flickr.sync()
    flickr.put("a.jpg", pixels="developed anew")
    assert foreseen_and_made(flickr) == (2, {"photos.delete": 1, "upload": 1})


def test_a_photo_deleted_is_one_call(flickr):
    flickr.put("a.jpg")
    flickr.put("b.jpg")
    flickr.sync()
    del flickr.drawn.items["a.jpg"]
    assert foreseen_and_made(flickr) == (1, {"photos.delete": 1})


def test_a_photo_that_is_there_already_takes_no_call(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.lose_ledger()
    with flickr.desk() as desk:
        action = only(desk.plan())
        assert (action.verb, desk.places["flickr"].platform.calls(action)) == (Verb.MATCH, 0)
    flickr.lose_ledger()
    with flickr.counted() as made:
        flickr.sync()
    assert made == {"people.getPhotos": 1, "photosets.getList": 1}


def test_a_photo_that_is_there_with_other_words_takes_one_call(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.lose_ledger()
    flickr.change("a.jpg", title="Another")
    flickr.plan()
    assert foreseen_and_made(flickr) == (1, {"photos.setMeta": 1})


def test_a_change_of_the_audience_for_all_is_one_call_for_each_photo(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.policy = replace(flickr.policy, audience=Audience("family", OnAudience.ALL))
    assert foreseen_and_made(flickr) == (1, {"photos.setPerms": 1})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((), (BOATS,), {"groups.pools.getGroups": 1, "groups.pools.add": 1}),
        ((BOATS,), (BIRDS, BOATS), {"groups.pools.getGroups": 1, "groups.pools.add": 1}),
        ((BOATS,), (BIRDS,), {"groups.pools.getGroups": 1, "groups.pools.add": 1, "groups.pools.remove": 1}),
        ((BIRDS, BOATS), (), {"groups.pools.getGroups": 1, "groups.pools.remove": 2}),
    ],
)
def test_a_change_of_groups_takes_one_call_for_each_group_that_comes_or_goes(groups, before, after, expected):
    groups.put("a.jpg", groups=before)
    groups.sync()
    groups.put("a.jpg", groups=after)
    foreseen, made = foreseen_and_made(groups)
    assert made == expected
    assert foreseen == sum(expected.values()) - 1


# --- albums -----------------------------------------------------------------------------------------------------------


def seeded(studio: Studio, count: int, in_album: int) -> None:
    """So many photos that are on Flickr already and carry our mark, the first ones in an album of ours."""
    for number in range(count):
        moment = Taken(f"2024-05-{1 + number % 7:02}T{number // 60 % 24:02}:{number % 60:02}:{number // 1440:02}")
        studio.drawn.put(wished(f"{number}.jpg", *(["Coast"] if number < in_album else []), taken=moment))
    posted = round(studio.clock.now().timestamp()) - 60 * count
    for number, action in enumerate(studio.plan().effects):
        if action.subject.kind == SubjectKind.PHOTO and action.wanted is not None:
            stand(studio, action.wanted, posted + 60 * number)
    studio.lose_ledger()
    studio.sync(A_DAY_S)
    studio.sync(A_DAY_S)
    studio.sync()


def stand(studio: Studio, wanted: Wanted, posted: int) -> None:
    mark = Mark(wanted.mark, str(wanted.fields[F.PICTURE])[:PICTURE_LEN])
    taken = wanted.fields[F.TAKEN]
    assert isinstance(taken, tuple)
    when = str(taken[0]).replace("T", " ")
    studio.world.add_photo(studio.me, tags=[mark.tag], title=wanted.fields[F.TITLE], taken=when, posted=posted)


@pytest.mark.parametrize(("keep", "reads"), [(True, 1), (False, 0)])
def test_an_album_with_five_hundred_new_members_in_another_order_is_one_call(flickr, keep, reads):
    flickr.options["keep_members"] = keep
    seeded(flickr, 600, 100)
    with flickr.counted() as made:
        assert not flickr.sync()
    for name, item in list(flickr.drawn.items.items()):
        flickr.drawn.put(wished(name, "Coast", taken=item.facts.taken))
    reading = {"photosets.getPhotos": reads} if reads else {}
    foreseen, made = foreseen_and_made(flickr)
    assert made == {"photosets.editPhotos": 1, **reading}
    assert foreseen == 1 + reads
    assert len(flickr.album("Coast").photos) == 600
    moments = [flickr.world.photos[id_].taken for id_ in flickr.album("Coast").photos]
    assert moments == sorted(moments)
    del flickr.drawn.items["7.jpg"]
    flickr.policy = replace(flickr.policy, when=When(unwanted=OnUnwanted.LEAVE))
    foreseen, made = foreseen_and_made(flickr)
    reading = {"photosets.getPhotos": math.ceil(600 / 500)} if reads else {}
    assert made == {"photosets.editPhotos": 1, **reading}
    assert foreseen == sum(made.values())


def test_an_album_is_made_in_two_calls_and_one_of_a_single_photo_in_one(flickr):
    for number in range(4):
        flickr.put(f"{number}.jpg", *(["Coast"] if number < 3 else ["Solo"]))
    plan = flickr.plan()
    foreseen = {action.where: flickr.platform().calls(action) for action in plan.effects}
    assert {foreseen["Coast"], foreseen["Solo"]} == {1, 2}
    with flickr.counted() as made:
        flickr.sync()
    assert {"photosets.create": 2, "photosets.editPhotos": 1}.items() <= made.items()


def test_an_emptied_album_that_is_to_go_is_one_call(flickr):
    flickr.policy = replace(flickr.policy, when=When(emptied=OnUnwanted.DELETE))
    flickr.put("a.jpg", "Coast")
    flickr.sync()
    flickr.put("a.jpg")
    assert foreseen_and_made(flickr) == (1, {"photosets.delete": 1})


def test_an_album_renamed_on_flickr_and_overwritten_is_one_call_and_a_look_at_its_text(flickr):
    flickr.options["look"] = "everything"
    flickr.put("a.jpg", "Coast")
    flickr.sync()
    flickr.sync()
    flickr.by_hand("photosets.editMeta", photoset_id=flickr.album("Coast").id, title="The coast")
    assert fields(only(flickr.plan())) == [F.TITLE]
    flickr.answer("Coast", "overwrite")
    with flickr.desk() as desk:
        (action,) = desk.plan().effects
        assert desk.places["flickr"].platform.calls(action) == 2
    with flickr.counted() as made:
        flickr.sync()
    assert (made["photosets.getInfo"], made["photosets.editMeta"]) == (1, 1)
    assert flickr.album("Coast").title == "Coast"


# --- what Flickr decides ----------------------------------------------------------------------------------------------


def test_a_title_that_is_to_be_empty_takes_a_call_since_flickr_would_make_one_up(flickr):
    captions = replace(flickr.policy.captions, title="{{ headline }}")
    flickr.policy = replace(flickr.policy, captions=captions)
    flickr.put("a.jpg", caption="A text")
    foreseen, made = foreseen_and_made(flickr)
    assert made == {"upload": 1, "photos.setMeta": 1}
    assert foreseen == 2
    assert (flickr.shown("a.jpg").title, flickr.shown("a.jpg").description) == ("", "A text")


def test_doubtful_uploads_are_looked_for_in_one_call_whatever_their_number(flickr):
    for number in range(5):
        flickr.put(f"{number}.jpg")
    flickr.house.standin.faults.add(Fault(What.HTTP_504, route="upload", times=0, late=True))
    with flickr.counted() as made:
        flickr.sync()
    assert made == {"people.getPhotos": 2, "upload": 5, "photos.recentlyUpdated": 1}
    assert len(flickr.shown_all()) == 5
