"""Albums that are one post: what it says, what is shared, what a quiet run costs, and that it survives JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph import wanted as wanting
from heliograph import wording
from heliograph.desk import Desk, telling
from heliograph.errors import Busy
from heliograph.execute import End
from heliograph.jsonform import noun, plain
from heliograph.model import Change, F, Facts, Limits, Place, Rights, SubjectKind, Taken, Verb, Wanted
from heliograph.policy import Captions, OnTooLong, Picture, PlatformPolicy, Rules, Selection, Warn
from heliograph.wanted import Part, gathered, gathers, groups, verdict
from heliograph.wanted.gathering import Member
from heliograph.wanted.shared import shared_facts
from studio import FakeClock, MemoryLibrary, MemoryPlatform, World, make_desk, photo

FIELDS = frozenset({F.PICTURE, F.TITLE, F.TEXT, F.ALT, F.TAGS, F.WARNING})
LIMITS = Limits(FIELDS, FIELDS, FIELDS, gathers=3)
POLICY = PlatformPolicy(
    "memory",
    "memory",
    captions=Captions(
        title="{{ title }}", text="{{ title }} {{ taken_line }}\n{{ caption }}\n{{ hashtags }}", alt="{{ alt_text }}"
    ),
    picture=Picture(send="original"),
    select=Selection(together=True),
)
COAST = ("Socials|memory", "Socials|memory|albums|Coast")


def part(name, *keywords, policy=POLICY, **facts):
    item = photo(name, keywords=(*COAST, *keywords), **facts)
    found = verdict(item, item.digest[:32], policy, LIMITS)
    return Part(item, found.wanted, found.released)


def album(*parts, policy=POLICY, limits=LIMITS, left=()):
    return gathered("Coast", parts, policy, limits, "basis", left)


# --- what it says -----------------------------------------------------------------------------------------------------


def test_the_text_says_what_all_photos_say_alike_under_the_albums_name():
    one = part("a.jpg", "Sea", "Boats", caption="Low tide", alt_text="A boat", taken=Taken("2024-05-03T10:00:00"))
    other = part("b.jpg", "Sea", caption="Low tide", alt_text="A gull", taken=Taken("2024-05-03T11:00:00"))
    fields = album(one, other).wanted.fields
    assert fields[F.TITLE] == "Coast"
    assert fields[F.TEXT] == "Coast Taken 3 May 2024\nLow tide\n#Sea"
    assert fields[F.TAGS] == ("Sea",)
    assert fields[F.ALT] == ("A boat", "A gull")


def test_pictures_are_a_row_of_the_photos_own():
    parts = part("a.jpg"), part("b.jpg")
    made = album(*parts).wanted
    assert made.fields[F.PICTURE] == tuple(one.wanted.fields[F.PICTURE] for one in parts)
    assert made.parts == tuple(one.wanted for one in parts)
    assert made.subject.kind == SubjectKind.ALBUM


def test_the_mark_is_the_albums_and_stays_when_a_photo_joins():
    one, other = part("a.jpg"), part("b.jpg")
    assert album(one).wanted.mark == album(one, other).wanted.mark


def test_every_warning_of_a_photo_is_one_of_the_post_and_said_once():
    rules = Rules(warnings=(Warn("Blood", "blood"), Warn("Nudity", "nudity"), Warn("Spiders", "blood")))
    policy = replace(POLICY, rules=rules)
    parts = [part(name, word, policy=policy) for name, word in (("a.jpg", "Spiders"), ("b.jpg", "Nudity"))]
    assert album(*parts, part("c.jpg", policy=policy), policy=policy).wanted.fields[F.WARNING] == "nudity, blood"
    assert album(part("c.jpg", policy=policy), policy=policy).wanted.fields[F.WARNING] is None


def test_a_text_that_must_not_be_cut_refuses_the_post():
    policy = replace(POLICY, captions=replace(POLICY.captions, too_long=OnTooLong.REFUSE))
    made = album(part("a.jpg", policy=policy), policy=policy, limits=replace(LIMITS, text_len=4))
    assert made.wanted is None
    assert "only 4 fit" in made.refusals[0]


def test_those_that_have_no_room_are_named():
    (sentence,) = album(part("a.jpg"), left=[f"{number}.jpg" for number in range(12)]).wanted.left_out
    assert sentence.startswith("A post there holds 3 photos: left out 0.jpg, 1.jpg, ")
    assert sentence.endswith("9.jpg and 2 more.")


def test_the_album_is_the_photos_first_and_the_others_are_named():
    item = photo("a.jpg", keywords=(*COAST, "Socials|memory|albums|Boats"))
    found = verdict(item, item.digest[:32], POLICY, LIMITS)
    assert (found.albums, found.gathered) == (("Boats",), True)
    assert found.left_out == ("It is in the post of the album Boats, and so in no other: Coast.",)


@pytest.mark.parametrize(("together", "most", "expected"), [(True, 4, True), (False, 4, False), (True, 0, False)])
def test_albums_are_posts_where_the_owner_wishes_and_the_platform_can(together, most, expected):
    policy = replace(POLICY, select=Selection(together=together))
    assert gathers(policy, replace(LIMITS, gathers=most)) is expected


def test_names_that_differ_in_case_only_are_one_album_in_the_order_of_its_photos():
    members = [Member("1", "coast", "b", "1.jpg", ""), Member("2", "Coast", "a", "2.jpg", "")]
    assert groups(members) == {"Coast": (members[1], members[0])}
    assert groups(reversed(members)) == groups(members)


# --- what is shared ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "shared"),
    [
        (("2024-05-03T10:00:00", "2024-05-03T11:00:00"), "2024-05-03"),
        (("2024-05-03T10:00:00", "2024-05-04"), "2024-05"),
        (("2024-05-03", "2024"), "2024"),
        (("2024-05-03", "2025-05-03"), ""),
        (("2024-05-03T10:00:00", "2024-05-03T10:00:00"), "2024-05-03T10:00:00"),
        (("2024-05-03", None), ""),
    ],
)
def test_the_date_is_shared_as_far_as_it_goes(dates, shared):
    found = shared_facts([Facts(taken=Taken(date) if date else None) for date in dates]).taken
    assert (found.local if found else "") == shared


def test_half_a_position_is_not_shared_and_names_of_places_are():
    one = Place(67.9, 13.0, 1.0, "Pier", "Reine", "", "Norway")
    found = shared_facts([Facts(place=one), Facts(place=replace(one, longitude=13.1, sublocation="Inn"))]).place
    assert found == Place(None, None, 1.0, "", "Reine", "", "Norway")


def test_rights_are_shared_piece_by_piece():
    one = Rights(("Ida",), "", "c Ida", "", "https://creativecommons.org/licenses/by/4.0/")
    found = shared_facts([Facts(rights=one), Facts(rights=replace(one, licence_url=""))]).rights
    assert found == replace(one, licence_url="")


FACTS = st.builds(
    Facts,
    title=st.sampled_from(["", "A", "B"]),
    keywords=st.lists(st.sampled_from("abc"), unique=True).map(tuple),
    taken=st.sampled_from([None, Taken("2024"), Taken("2024-05-03"), Taken("", "", "", "ca. 1936")]),
)


@given(st.lists(FACTS, min_size=1, max_size=4))
def test_nothing_is_said_of_all_that_is_not_said_of_each(every):
    found = shared_facts(every)
    for facts in every:
        assert found.title in {"", facts.title}
        assert set(found.keywords) <= set(facts.keywords)
        assert found.taken is None or facts.taken is not None
    assert shared_facts(every[:1]) == every[0]


# --- as data ----------------------------------------------------------------------------------------------------------


def test_a_wanted_state_with_parts_survives_json():
    made = album(part("a.jpg", alt_text="A boat"), part("b.jpg")).wanted
    assert noun(Wanted, json.loads(json.dumps(plain(made)))) == made


# --- at work ----------------------------------------------------------------------------------------------------------


class Shore:
    """A library, a platform whose posts hold three photos, and what remembers both."""

    def __init__(self, folder):
        self.folder, self.world, self.clock, self.library = folder, World(), FakeClock(), MemoryLibrary()
        (folder / "state").mkdir()

    def desk(self, *, together: bool = True, gathers: int = 3) -> Desk:
        platform = MemoryPlatform(self.world, self.clock, lag_s=0.0, settle_s=0.0, gathers=gathers)
        policy = PlatformPolicy("memory", "memory", select=Selection(together=together))
        return make_desk(self.folder, self.library, platform, policy=policy)

    def sync(self, **how):
        self.clock.sleep(3600)
        with self.desk(**how) as desk:
            return list(desk.sync())

    def plan(self, **how):
        with self.desk(**how) as desk:
            return desk.plan()

    def put(self, name, *keywords, **facts):
        self.library.put(photo(name, keywords=(*COAST, *keywords), **facts))

    def posts(self, kind):
        return self.world.of(kind)


@pytest.fixture
def place(tmp_path):
    return Shore(tmp_path)


def test_an_album_is_one_post_with_a_file_of_each_photo_and_the_library_is_told_of_each(place, monkeypatch):
    sent = []
    add = MemoryPlatform.add

    def watched(self, claim, wanted, rendition):
        sent.append([file.sha256 for file in rendition.files])
        return add(self, claim, wanted, rendition)

    monkeypatch.setattr(MemoryPlatform, "add", watched)
    place.put("b.jpg", taken=Taken("2024-05-03T10:00:00"))
    place.put("a.jpg", taken=Taken("2024-05-03T11:00:00"))
    assert {event.end for event in place.sync()} == {End.DONE}
    (post,) = place.world.posts.values()
    assert post.kind == SubjectKind.ALBUM
    assert sent == [[place.library.items[name].digest for name in ("b.jpg", "a.jpg")]]
    assert [(outcome.where, outcome.post.id) for outcome in place.library.noted] == [
        ("b.jpg", post.id),
        ("a.jpg", post.id),
    ]
    assert place.plan().actions == ()


def test_a_quiet_run_looks_at_no_photo_of_an_album_again(place, monkeypatch):
    place.put("a.jpg")
    place.put("b.jpg")
    place.sync()
    looked = []
    monkeypatch.setattr(wanting, "verdict", lambda *given: looked.append(given))
    plan = place.plan()
    assert (plan.actions, plan.kept, looked) == ((), 1, [])


def test_a_photo_that_joins_changes_the_post_and_makes_none(place):
    place.put("a.jpg")
    place.sync()
    place.put("b.jpg")
    place.sync()
    (post,) = place.world.posts.values()
    assert len(post.fields[F.PICTURE]) == 2
    assert place.world.adds == 1


def test_a_photo_that_vanished_before_it_was_sent_is_told_and_nothing_is_posted(place, monkeypatch):
    place.put("a.jpg")
    place.put("b.jpg")
    open_ = MemoryLibrary.open

    def late(self, photo, recipe):
        self.items.pop("b.jpg", None)
        return open_(self, photo, recipe)

    monkeypatch.setattr(MemoryLibrary, "open", late)
    (event,) = place.sync()
    assert event.end == End.FAILED
    assert "b.jpg" in event.sentence
    assert place.world.posts == {}


def test_switched_on_and_off_again_every_photo_is_published_once(place):
    for name in ("a.jpg", "b.jpg"):
        place.put(name)
    place.sync(together=False)
    assert len(place.posts(SubjectKind.PHOTO)) == 2
    place.sync()
    assert [post.kind for post in place.world.posts.values()] == [SubjectKind.ALBUM]
    place.sync(together=False)
    assert [post.kind for post in place.world.posts.values()] == [SubjectKind.PHOTO] * 2
    assert place.plan(together=False).actions == ()


def test_switched_off_photos_of_a_loved_post_wait_until_it_is_answered(place):
    for name in ("a.jpg", "b.jpg"):
        place.put(name)
    place.sync()
    (post,) = place.world.posts.values()
    place.world.posts[post.id] = replace(post, reactions=3)
    place.sync(together=False)
    assert list(place.world.posts) == [post.id]
    with place.desk(together=False) as desk:
        plan = desk.plan()
        assert [(action.verb, action.where) for action in plan.actions] == [
            (Verb.WAIT, "a.jpg"),
            (Verb.WAIT, "b.jpg"),
            (Verb.ASK, "Coast"),
        ]
        assert "published one by one" in plan.actions[2].reason
        desk.answer("Coast", "delete")
        list(desk.sync())
    assert [post.kind for post in place.world.posts.values()] == [SubjectKind.PHOTO] * 2


def test_a_server_that_takes_fewer_pictures_from_now_on_is_not_sent_more(place):
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        place.put(name)
    place.sync()
    plan = place.plan(gathers=2)
    assert {action.verb for action in plan.actions} == {Verb.REFUSE, Verb.UPDATE}
    (update,) = plan.effects
    assert len(update.wanted.parts) == 2


def test_what_is_left_out_is_among_what_was_refused(place):
    for name in "abcd":
        place.put(f"{name}.jpg", taken=Taken(f"2024-05-03T10:00:0{ord(name) - 97}"))
    place.sync()
    place.plan()
    with place.desk() as desk:
        (refused,) = telling.refused(desk.ledger, [POLICY])
    assert refused.where == "d.jpg"
    assert "holds 3 photos" in refused.reasons[0]


def test_a_platform_that_has_enough_leaves_the_post_for_later(place, monkeypatch):
    place.put("a.jpg")
    place.put("b.jpg")

    def busy(*_):
        message = "memory is busy"
        raise Busy(message)

    with monkeypatch.context() as patch:
        patch.setattr(MemoryPlatform, "prepare", busy)
        (event,) = place.sync()
    assert event.end == End.FAILED
    place.sync()
    assert len(place.world.posts) == 1


def test_explaining_a_photo_names_the_post_that_it_is_in(place):
    for name in "abcd":
        place.put(f"{name}.jpg", taken=Taken(f"2024-05-03T10:00:0{ord(name) - 97}"))
    place.sync()
    (post,) = place.world.posts.values()
    with place.desk() as desk:
        explained = {name: desk.explain(f"{name}.jpg").platforms[0] for name in "ad"}
    assert explained["a"].record.post_id == post.id
    assert explained["a"].verdict.gathered
    assert explained["d"].record is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(F.PICTURE, ("a", "b"), ("a", "c", "b")), "picture: 2 -> 3 photos, 1 added"),
        (Change(F.PICTURE, ("a", "b"), ("b", "a")), "picture: 2 -> 2 photos, in another order"),
        (Change(F.PICTURE, None, ("b", "a")), "picture: 0 -> 2 photos, 2 added"),
        (Change(F.ALT, ("A", "B"), ("A", "C", "B")), 'alt: nothing -> "C"'),
        (Change(F.ALT, ("A", "B"), ("C", "B")), 'alt: "A" -> "C"'),
        (Change(F.ALT, ("A", "B"), ("B", "A")), "alt: in another order"),
        (Change(F.ALT, None, ("A", "B")), 'alt: nothing -> "A"; nothing -> "B"'),
    ],
)
def test_what_changes_in_a_post_of_several_is_said_of_each(change, said):
    assert wording.change(change, "->").strip() == said
