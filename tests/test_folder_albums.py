"""Albums that folders make: how they are named, whose they are, and that a renamed folder renames its album."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flickr_studio
from flickr_studio import Studio, fields, ids, only, verbs
from heliograph.desk.shelving import Shelf
from heliograph.errors import Mistake
from heliograph.model import Agreed, F, Limits, Link, Post, Record, Subject, SubjectKind, Taken, Verb, Wanted
from heliograph.plan import Standing, Want, renamed
from heliograph.platforms.flickr.marking import FLICKRSYNC, MARKER
from heliograph.policy import Guards, OnUnwanted, PlatformPolicy, Selection, When
from heliograph.wanted import check, folder_album

flickr = flickr_studio.flickr

BY_FOLDER = Selection(folder_albums=True, folder_album="{{ path | join(', ') }}", root_album="flickrsync")


def folders(**more: object) -> PlatformPolicy:
    return PlatformPolicy("flickr", "flickr", select=Selection(folder_albums=True, **more))


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("", "2017 / Rome"),
        ("{{ path | join(', ') }}", "2017, Rome"),
        ("{{ folder }}", "Rome"),
        ("{{ path[0] }}: {{ folder }}", "2017: Rome"),
        ("  {{ folder }}\n ", "Rome"),
        ("{% if folder == 'Rome' %}{% endif %}", ""),
    ],
)
def test_the_album_of_a_folder_is_named_by_the_template(template, name):
    assert folder_album("2017/Rome/a.jpg", folders(folder_album=template)) == name


@given(st.lists(st.text(st.characters(exclude_characters="/"), min_size=1), min_size=1, max_size=4))
def test_without_a_template_folders_are_named_as_the_settings_say_they_are(folders):
    where = "/".join((*folders, "a.jpg"))
    said = Selection(folder_albums=True, folder_album="{{ path | join(' / ') }}")
    usual, written = (PlatformPolicy("there", "there", select=one) for one in (replace(said, folder_album=""), said))
    assert folder_album(where, usual) == folder_album(where, written)


def test_photos_in_the_library_s_own_folder_have_an_album_only_where_the_settings_name_one():
    assert folder_album("a.jpg", folders()) == ""
    assert folder_album("a.jpg", folders(root_album="flickrsync")) == "flickrsync"
    assert folder_album("2017/a.jpg", PlatformPolicy("flickr", "flickr")) == ""


@pytest.mark.parametrize("template", ["{{ title }}", "{{ path() }}", "{{ folder "])
def test_a_template_that_cannot_be_used_is_a_mistake_before_any_photo(template):
    with pytest.raises(Mistake, match=r"select\.folder_album"):
        check(folders(folder_album=template))


# --- which album is which ---------------------------------------------------------------------------------------------


def test_an_album_is_renamed_where_most_of_both_is_the_same():
    assert renamed({"Rome": "abcd"}, {"Roma": "abcde"}) == {"Rome": "Roma"}
    assert renamed({"Rome": "abcd"}, {"Roma": "abxy"}) == {}
    assert renamed({"Rome": "ab"}, {"All of 2017": "abcdefg"}) == {}


def test_a_folder_that_was_split_goes_on_in_its_larger_part_and_two_that_were_merged_in_neither_half():
    assert renamed({"Rome": "abcdef"}, {"Forum": "abcd", "Tiber": "ef"}) == {"Rome": "Forum"}
    assert renamed({"Rome": "abc", "Ostia": "def"}, {"Lazio": "abcdef"}) == {}
    assert renamed({"Rome": "abcd", "Again": "abcd"}, {"Roma": "abcd"}) == {}
    assert renamed({"Rome": "abcd"}, {"Roma": "abcd", "Again": "abcd"}) == {}


@given(
    st.dictionaries(st.text("abc", max_size=2), st.frozensets(st.integers(0, 9)), max_size=5),
    st.dictionaries(st.text("xyz", max_size=2), st.frozensets(st.integers(0, 9)), max_size=5),
)
def test_no_album_takes_the_place_of_two_and_none_takes_two_places(gone, fresh):
    moved = renamed(gone, fresh)
    assert len(set(moved.values())) == len(moved)
    assert all(2 * len(gone[old] & fresh[new]) > max(len(gone[old]), len(fresh[new])) for old, new in moved.items())
    assert {new: old for old, new in moved.items()} == renamed(fresh, gone)


# --- on Flickr --------------------------------------------------------------------------------------------------------


def second(number: int) -> Taken:
    return Taken(f"2017-05-03T10:00:{number:02}")


def put(studio: Studio, folder: str, *numbers: int, albums: tuple[str, ...] = ()) -> None:
    """Photos by numbers, in a folder: the same number is the same picture."""
    for number in numbers:
        where = "/".join(filter(None, [folder, f"{number}.jpg"]))
        studio.put(where, *albums, pixels=f"picture {number}", title=f"{number}", taken=second(number % 60))


def move(studio: Studio, old: str, new: str) -> None:
    """A folder is renamed."""
    for where, item in [*studio.drawn.items.items()]:
        if where.startswith(f"{old}/"):
            del studio.drawn.items[where]
            studio.drawn.put(replace(item, where=new + where.removeprefix(old)))


@pytest.fixture
def synced(flickr: Studio) -> Studio:
    """Two folders and the library's own, published, and known to both sides."""
    flickr.policy = replace(flickr.policy, select=BY_FOLDER)
    flickr.options["look"] = "everything"
    put(flickr, "2017/Rome", 1, 2, 3)
    put(flickr, "2017/Ostia", 4, 5)
    put(flickr, "", 6)
    flickr.sync()
    flickr.sync()
    return flickr


def titles(studio: Studio) -> list[str]:
    return sorted(album.title for album in studio.world.albums.values())


def test_folders_make_albums_that_say_whose_they_are(synced):
    assert titles(synced) == ["2017, Ostia", "2017, Rome", "flickrsync"]
    assert {album.description for album in synced.world.albums.values()} == {MARKER}
    assert synced.album("2017, Rome").photos == ids(synced, *(f"2017/Rome/{number}.jpg" for number in (1, 2, 3)))
    assert not synced.plan().actions


def test_an_album_of_a_keyword_is_not_marked_and_the_same_name_from_both_is_one_album(flickr):
    flickr.policy = replace(flickr.policy, select=BY_FOLDER)
    put(flickr, "Rome", 1, albums=("rome", "Coast"))
    flickr.sync()
    assert sorted(map(str.lower, titles(flickr))) == ["coast", "rome"]
    assert {album.title.lower(): album.description for album in flickr.world.albums.values()} == {
        "coast": "",
        "rome": MARKER,
    }


def test_the_marker_can_be_switched_off(flickr):
    flickr.policy = replace(flickr.policy, select=BY_FOLDER)
    flickr.options["mark_albums"] = False
    put(flickr, "Rome", 1)
    flickr.sync()
    assert flickr.album("Rome").description == ""


@pytest.mark.parametrize("new", ["2017/Roma", "Archive/2017/Rome"])
def test_a_renamed_or_moved_folder_renames_its_album_with_one_call(synced, new):
    album = synced.album("2017, Rome").id
    move(synced, "2017/Rome", new)
    first = synced.plan()
    action = only(first)
    name = new.replace("/", ", ")
    assert (action.verb, action.where, fields(action)) == (Verb.UPDATE, name, [F.TITLE])
    assert action.reason == "renamed here from “2017, Rome”: title"
    assert synced.plan() == first
    with synced.counted() as calls:
        synced.sync()
    assert calls["photosets.editMeta"] == 1
    assert not {"photosets.create", "photosets.delete", "photosets.editPhotos"} & calls.keys()
    assert synced.album(name).id == album
    assert synced.album(name).description == MARKER
    assert not synced.plan().actions
    assert len(synced.world.albums) == 3


def test_a_folder_renamed_back_before_anything_was_sent_changes_nothing(synced):
    move(synced, "2017/Rome", "2017/Roma")
    synced.plan()
    move(synced, "2017/Roma", "2017/Rome")
    assert not synced.plan().actions


def test_a_folder_that_only_changes_its_case_keeps_its_album(synced):
    album = synced.album("2017, Rome").id
    move(synced, "2017/Rome", "2017/ROME")
    synced.sync()
    assert synced.album("2017, ROME").id == album
    assert len(synced.world.albums) == 3


def test_photos_that_join_and_leave_a_folder_cost_one_call(synced):
    del synced.drawn.items["2017/Rome/2.jpg"]
    put(synced, "2017/Ostia", 2)
    put(synced, "2017/Rome", 7)
    with synced.counted() as calls:
        synced.sync()
    assert calls["photosets.editPhotos"] == 2
    assert set(synced.album("2017, Rome").photos) == set(ids(synced, *(f"2017/Rome/{n}.jpg" for n in (1, 3, 7))))
    assert set(synced.album("2017, Ostia").photos) == set(ids(synced, *(f"2017/Ostia/{n}.jpg" for n in (2, 4, 5))))
    assert not synced.plan().actions


def test_an_album_whose_folder_is_gone_is_left_and_named_and_removed_only_when_asked(synced):
    put(synced, "2017/Rome", 4, 5)
    for number in (4, 5):
        del synced.drawn.items[f"2017/Ostia/{number}.jpg"]
    plan = synced.plan()
    assert verbs(plan) == {"2017, Rome": "update"}
    assert any("the album 2017, Ostia on flickr: no photo is wanted in it any more" in note for note in plan.notes)
    synced.policy = replace(synced.policy, when=When(emptied=OnUnwanted.DELETE))
    synced.sync()
    assert titles(synced) == ["2017, Rome", "flickrsync"]
    assert len(synced.shown_all()) == 6


def test_with_the_ledger_lost_albums_are_adopted_and_not_written(synced):
    rome, stranger = synced.album("2017, Rome").id, synced.world.add_photo(synced.me, title="not ours").id
    synced.by_hand("photosets.addPhoto", photoset_id=rome, photo_id=stranger)
    synced.by_hand("photosets.setPrimaryPhoto", photoset_id=rome, photo_id=stranger)
    before = {album.id: (album.title, album.photos) for album in synced.world.albums.values()}
    synced.lose_ledger()
    synced.policy = replace(synced.policy, when=When(adopted="leave"))
    with synced.counted() as calls:
        synced.sync()
    assert {name for name in calls if name.startswith("photosets")} == {"photosets.getList", "photosets.getPhotos"}
    assert {album.id: (album.title, album.photos) for album in synced.world.albums.values()} == before
    assert not synced.plan().actions


def test_an_album_whose_id_the_library_knows_is_neither_renamed_nor_takes_another_ones_place():
    class Records:
        def seen(self, _: str, posts: list[str]) -> dict[str, Post]:
            return {post: Post(post, SubjectKind.ALBUM) for post in posts}

        def rename_albums(self, _: str, names: dict[str, str]) -> None:
            raise AssertionError(names)

    def wanted(name: str) -> Wanted:
        return Wanted(Subject(SubjectKind.ALBUM, name), "flickr", name, {F.MEMBERS: ("a", "b")})

    def standing(name: str, link: Link | None) -> Standing:
        return Standing(wanted(name).subject, name, Want.YES, wanted(name), link=link)

    agreed = {F.MEMBERS: Agreed(("a", "b"), "")}
    limits = Limits(frozenset(), frozenset(), frozenset(), album_lives=True)
    shelf = Shelf("flickr", limits, Records())
    linked, other = standing("Rome", Link("flickr", "7")), standing("Copy of Rome", None)
    known = {linked.subject: Record(linked.subject, "flickr", "7", fields=agreed)}
    assert shelf.renamed([linked, other], known, set()) == known
    known = {other.subject: Record(other.subject, "flickr", "8", fields=agreed)}
    assert shelf.renamed([linked], known, set()) == known


# --- others' albums ---------------------------------------------------------------------------------------------------


def test_an_album_of_the_owner_s_with_the_same_title_is_told_of_and_another_is_made(flickr):
    flickr.policy = replace(flickr.policy, select=BY_FOLDER)
    stranger = flickr.world.add_photo(flickr.me, title="not ours").id
    flickr.by_hand("photosets.create", title="Rome", primary_photo_id=stranger)
    put(flickr, "Rome", 1)
    plan = flickr.plan()
    assert verbs(plan)["Rome"] == "add"
    assert any("the album Rome on flickr: one of that title is there already" in note for note in plan.notes)
    flickr.sync()
    assert titles(flickr) == ["Rome", "Rome"]
    assert not any("one of that title" in note for note in flickr.plan().notes)


def test_many_albums_of_the_owner_s_with_the_same_titles_are_told_of_in_few_words(flickr):
    flickr.policy = replace(flickr.policy, select=BY_FOLDER)
    stranger = flickr.world.add_photo(flickr.me, title="not ours").id
    for number in range(12):
        flickr.world.by_hand(flickr.me, "flickr.photosets.create", title=f"{number}", primary_photo_id=stranger)
        put(flickr, f"{number}", number)
    notes = flickr.plan().notes
    assert len([note for note in notes if "one of that title is there already" in note]) == 10
    assert "so it is with 2 more albums on flickr" in notes


@pytest.mark.parametrize("choice", ["same", "different"])
def test_an_album_of_the_owner_s_with_a_photo_of_the_folder_for_its_cover_is_asked_about(flickr, choice):
    flickr.options["look"] = "everything"
    put(flickr, "Rome", 1, 2)
    flickr.sync()
    stranger = flickr.world.add_photo(flickr.me, title="not ours").id
    cover = flickr.shown("Rome/1.jpg").id
    (made,) = flickr.by_hand("photosets.create", title="Rome", description="By hand", primary_photo_id=cover)
    theirs = str(made.attributes["id"])
    flickr.by_hand("photosets.addPhoto", photoset_id=theirs, photo_id=stranger)
    flickr.world.photos[cover].tags = ()
    flickr.world.touch(flickr.world.photos[cover])
    flickr.policy = replace(flickr.policy, select=BY_FOLDER, when=When(edited="accept"))
    flickr.sync()
    action = next(action for action in flickr.plan().actions if action.where == "Rome")
    assert (action.verb, action.choices) == (Verb.ASK, ("same", "different"))
    assert "a photo of this album for its cover" in action.reason
    flickr.answer("Rome", choice)
    flickr.sync()
    flickr.sync()
    album = flickr.world.albums[theirs]
    if choice == "same":
        assert len(flickr.world.albums) == 1
        assert set(album.photos) == {stranger, *ids_of(flickr, cover)}
    else:
        assert len(flickr.world.albums) == 2
        assert set(album.photos) == {stranger, cover}


def ids_of(studio: Studio, *untagged: str) -> set[str]:
    return {*untagged, studio.shown("Rome/2.jpg").id}


def flickrsync_album(studio: Studio, title: str, *photos: str, description: str = FLICKRSYNC) -> str:
    """An album as FlickrSync leaves it."""
    (made,) = studio.by_hand("photosets.create", title=title, description=description, primary_photo_id=photos[0])
    album = str(made.attributes["id"])
    if len(photos) > 1:
        given = {"photoset_id": album, "primary_photo_id": photos[0], "photo_ids": ",".join(photos)}
        studio.by_hand("photosets.editPhotos", **given)
    return album


@pytest.fixture
def leftovers(flickr: Studio) -> Iterator[Studio]:
    """What FlickrSync leaves: photos in albums with its marker, whose titles begin with a blank, not in order."""
    flickr.world.turn({"trim_titles": False})
    flickr.options["look"] = "everything"
    put(flickr, "2017/Rome", 1, 2, 3)
    flickr.sync()
    flickr.lose_ledger()
    flickr.policy = replace(flickr.policy, select=BY_FOLDER)
    return flickr


def test_albums_of_flickrsync_are_adopted_by_their_id_and_nothing_is_written(leftovers):
    one, two, three = ids(leftovers, *(f"2017/Rome/{number}.jpg" for number in (1, 2, 3)))
    churned = flickrsync_album(leftovers, " 2017, Rome", one)
    used = flickrsync_album(leftovers, " 2017, Rome", three, one, two)
    lists = flickrsync_album(leftovers, "FlickrSync: pictures not on local 2018-07-01 12:00:00", two)
    plan = leftovers.plan()
    assert verbs(plan)["2017, Rome"] == "match"
    (album,) = [action for action in plan.actions if action.where == "2017, Rome"]
    assert album.reason.startswith("already there: its text says that another program made it for this folder")
    (told,) = [note for note in plan.notes if "that a program made" in note]
    assert churned in told
    assert lists in told
    assert used not in told
    before = {album.id: (album.title, album.photos, album.primary) for album in leftovers.world.albums.values()}
    with leftovers.counted() as calls:
        leftovers.sync()
    assert not {"photosets.create", "photosets.editMeta", "photosets.editPhotos", "photosets.delete"} & calls.keys()
    after = {album.id: (album.title, album.photos, album.primary) for album in leftovers.world.albums.values()}
    assert after == before
    assert not leftovers.plan().actions
    put(leftovers, "2017/Rome", 4)
    leftovers.sync()
    assert len(leftovers.world.albums[used].photos) == 4
    assert leftovers.world.albums[used].primary == three
    assert not leftovers.plan().actions


def test_an_album_of_flickrsync_takes_in_photos_that_it_lacks(leftovers):
    one, _, three = ids(leftovers, *(f"2017/Rome/{number}.jpg" for number in (1, 2, 3)))
    used = flickrsync_album(leftovers, "2017, Rome", three, one)
    leftovers.sync()
    leftovers.sync()
    assert len(leftovers.world.albums[used].photos) == 3
    assert leftovers.world.albums[used].primary == three
    assert leftovers.world.albums[used].description == FLICKRSYNC
    assert len(leftovers.world.albums) == 1
    assert not leftovers.plan().actions


def test_a_marker_with_other_words_beside_it_is_not_flickrsync_s(leftovers):
    stranger = leftovers.world.add_photo(leftovers.me, title="not ours").id
    flickrsync_album(leftovers, "2017, Rome", stranger, description=f"{FLICKRSYNC} and then by me")
    assert verbs(leftovers.plan())["2017, Rome"] == "add"


# --- many -------------------------------------------------------------------------------------------------------------

ALBUMS = 300


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Studio]:
    """A photo in each of three hundred folders, all there already, with seven hundred albums of the owner's beside."""
    folder = tmp_path_factory.mktemp("many")
    with flickr_studio.opened(folder / "studio", template) as studio:
        leave = When(adopted="leave")
        guards = Guards(max_deletes=10_000)
        studio.policy = PlatformPolicy("flickr", "flickr", select=BY_FOLDER, when=leave, guards=guards)
        for number in range(ALBUMS):
            photo = studio.put(f"Trip {number}/a.jpg", pixels=f"trip {number}", title=f"{number}")
            tag = f"heliograph:photo={photo.digest[:32]}"
            shown = studio.world.add_photo(studio.me, tags=[tag], title=photo.facts.title)
            studio.world.by_hand(
                studio.me,
                "flickr.photosets.create",
                title=f"Trip {number}",
                description=MARKER,
                primary_photo_id=shown.id,
            )
        studio.world.seed(studio.me, "albums", 700)
        yield studio


def test_an_unchanged_account_with_three_hundred_folders_is_one_call(many):
    many.sync()
    assert not many.plan().actions
    assert len(many.world.albums) == ALBUMS + 700
    with many.counted() as calls:
        many.sync()
    assert sum(calls.values()) <= 1, calls


def test_albums_of_a_long_list_are_all_looked_at_with_two_calls_for_each_thousand(many):
    many.options["look"] = "everything"
    many.sync()  # what making the albums changed is looked at once
    with many.counted() as calls:
        many.sync()
    many.options["look"] = "changes"
    assert calls["photosets.getList"] == 2
    assert "photosets.getPhotos" not in calls


def test_words_that_were_just_added_to_an_album_stay_when_its_folder_is_renamed(synced):
    album, words = synced.album("2017, Rome").id, f"Our honeymoon & the heat\n\n{MARKER}"
    synced.by_hand("photosets.editMeta", photoset_id=album, title="2017, Rome", description=words)
    move(synced, "2017/Rome", "2017/Roma")
    synced.sync()
    assert (synced.album("2017, Roma").id, synced.album("2017, Roma").description) == (album, words)
