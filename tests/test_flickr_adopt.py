"""What other programs put on Flickr is recognised before anything is sent, and nothing there is touched for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import flickr_studio
from flickr_studio import LATER_S, POLICY, Studio, opened, verbs
from heliograph import metadata
from heliograph.digest.signature import checksums, signature_of_seven, signature_of_six
from heliograph.model import Facts, Taken, Trace, Verb
from heliograph.policy import Recognise, Selection

flickr = flickr_studio.flickr

ALL = replace(POLICY, select=Selection(everything=True))
AT = "2019-07-14T12:30:05"


def picture(path: Path, number: int, taken: str = "") -> Path:
    """A small JPEG of its own pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tiles = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(tiles).resize((96, 72), Image.Resampling.NEAREST).save(path, quality=92)
    metadata.write(path, Facts(taken=Taken(taken) if taken else None))
    return path


@pytest.fixture
def home(flickr: Studio) -> Studio:
    """A real folder, all of which is wanted on Flickr."""
    flickr.policy = ALL
    flickr.folder_library()
    return flickr


def there(studio: Studio, file: Path | None = None, **fields: Any) -> str:
    """The id of a photo that was on Flickr before."""
    seen = studio.world.add_photo(studio.me, file, **{"title": "", **fields})
    return str(seen.id)


def adopt(studio: Studio, *, dates: bool = True) -> dict[str, str]:
    """Carries out what is recognised; place -> post."""
    with studio.desk() as desk, desk.adopting(dates=dates) as adopting:
        events = list(adopting.carry_out())
    studio.clock.sleep(LATER_S)
    return {event.action.where: event.post.id for event in events if event.post}


def reasons(studio: Studio) -> dict[str, str]:
    return {action.where: action.reason for action in studio.plan().actions}


WRITES = ("upload", "photos.setMeta", "photos.setTags", "photos.addTags", "photos.setDates", "photos.setPerms")


# --- one trace after the other ----------------------------------------------------------------------------------------


def leave_trace(studio: Studio, kind: str, file: Path) -> tuple[Path, str]:
    """The file in the library, and the post that another program made of it."""
    if kind == "download":
        id_ = there(studio, file)
        return file.rename(file.with_name(f"flickrsync_{id_}_ab12cd_None.jpg")), id_
    if kind == "name and date":
        return file, there(studio, title=" IMG_9.EDITED ", taken=AT.replace("T", " "))
    md5, sha1 = checksums(file)
    tags = {
        "ImageMagick 6": f'flickrsync:signature="{signature_of_six(file)}"',
        "ImageMagick 7": f"FlickrSync:Signature={signature_of_seven(file)}",
        "MD5": f"checksum:md5={md5}",
        "SHA-1": f"checksum:sha1={sha1}",
        "flickr-uploader": f"checksum:{md5}",
    }
    return file, there(studio, file, tags=[tags[kind], "auto-upload", "album:Rome"])


@pytest.mark.parametrize(
    "kind", ["ImageMagick 6", "ImageMagick 7", "MD5", "SHA-1", "flickr-uploader", "download", "name and date"]
)
def test_each_leftover_of_another_program_is_recognised_and_nothing_is_sent(home, kind):
    folder = home.folder / "library"
    file, id_ = leave_trace(home, kind, picture(folder / "2019" / "IMG_9.edited.jpg", 1, AT))
    with home.counted() as calls:
        assert adopt(home) == {file.relative_to(folder).as_posix(): id_}
        assert home.plan().effects == ()
    assert not set(WRITES) & calls.keys()
    assert len(home.shown_all()) == 1


def test_each_match_says_why_and_how_sure_it_is(home):
    folder = home.folder / "library"
    for number, kind in enumerate(("ImageMagick 6", "download", "name and date")):
        leave_trace(home, kind, picture(folder / str(number) / "IMG_9.edited.jpg", number, AT))
    with home.desk() as desk, desk.adopting() as adopting:
        said = {action.where: (action.confidence, action.reason) for action in adopting.found.matched}
    assert [confidence for confidence, _ in said.values()] == ["certain", "certain", "sure"]
    words = (
        "signature of its pixels (ImageMagick 6)",
        "downloaded from there",
        "file name and date taken are the same",
    )
    assert all(word in reason for word, (_, reason) in zip(words, said.values(), strict=True))


def test_a_picture_that_looks_the_same_and_was_taken_in_the_same_second_is_recognised(home):
    file = picture(home.folder / "library" / "a.jpg", 1, AT)
    other = home.folder / "other.jpg"
    with Image.open(file) as image:
        image.resize((400, 300)).save(other, quality=80)
    id_ = there(home, other, title="Sunset in Rome", taken=AT.replace("T", " "))
    with home.counted() as calls:
        assert adopt(home) == {"a.jpg": id_}
    assert "photos.getSizes" not in calls, "the listing said where a small one is"


def test_another_picture_of_the_same_second_and_name_is_asked_about(home):
    picture(home.folder / "library" / "a (edited).1.jpg", 1, AT)
    there(home, picture(home.folder / "other.jpg", 2, AT), title="a (edited)", taken=AT.replace("T", " "))
    assert adopt(home) == {}
    assert verbs(home.plan()) == {"a (edited).1.jpg": "ask"}


def test_another_picture_of_the_same_second_and_another_name_is_a_photo_of_its_own(home):
    picture(home.folder / "library" / "burst 1.jpg", 1, AT)
    there(home, picture(home.folder / "burst 2.jpg", 2, AT), title="burst 2", taken=AT.replace("T", " "))
    assert verbs(home.plan()) == {"burst 1.jpg": "add"}


def test_without_dates_a_name_and_a_date_are_asked_about(home):
    leave_trace(home, "name and date", picture(home.folder / "library" / "IMG_9.edited.jpg", 1, AT))
    assert adopt(home, dates=False) == {}
    assert verbs(home.plan()) == {"IMG_9.edited.jpg": "match"}
    home.policy = replace(ALL, recognise=Recognise(dates=False))
    assert verbs(home.plan()) == {"IMG_9.edited.jpg": "ask"}
    home.answer("IMG_9.edited.jpg", "same")
    assert len(adopt(home)) == 1


def test_a_video_of_the_same_name_and_second_is_no_photo(home):
    picture(home.folder / "library" / "IMG_1.jpg", 1, AT)
    there(home, title="IMG_1", taken=AT.replace("T", " "), media="video")
    assert verbs(home.plan()) == {"IMG_1.jpg": "add"}


# --- doubt ------------------------------------------------------------------------------------------------------------


def test_one_signature_on_two_photos_is_asked_about_until_it_is_answered(home):
    file = picture(home.folder / "library" / "a.jpg", 1)
    tags = [f"flickrsync:signature={signature_of_six(file)}"]
    ids = [there(home, file, tags=tags), there(home, file, tags=tags)]
    assert adopt(home) == {}
    plan = home.plan()
    assert [action.verb for action in plan.actions] == [Verb.ASK]
    home.answer("a.jpg", "different")
    (kept,) = set(ids) - {plan.actions[0].alike.id}
    assert adopt(home) == {"a.jpg": kept}


def test_two_equal_photos_at_home_are_never_both_sent_nor_guessed(home):
    file = picture(home.folder / "library" / "a.png", 1)
    with Image.open(file) as image:
        image.save(file)
        image.save(home.folder / "library" / "b.png", compress_level=0)
    there(home, file, tags=[f"flickrsync:signature={signature_of_six(file)}"])
    assert sorted(verbs(home.plan()).values()) == ["ask", "wait"]
    assert adopt(home) == {}


# --- what costs nothing -----------------------------------------------------------------------------------------------


def read(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Trace]]:
    """Photos and kinds for which files are read from now on."""
    made, traces = [], type(studio.own).traces

    def spied(library: Any, photo: Any, kinds: Any) -> Any:
        made.extend((photo.where, kind) for kind in kinds if kind != Trace.NAME)
        return traces(library, photo, kinds)

    monkeypatch.setattr(type(studio.own), "traces", spied)
    return made


def test_no_file_is_read_while_the_account_shows_no_such_tags(home, monkeypatch):
    picture(home.folder / "library" / "a.jpg", 1, AT)
    there(home, title="Sunset", tags=["rome"])
    made = read(home, monkeypatch)
    home.plan()
    assert made == []


def test_files_are_read_for_photos_that_lack_a_post_and_once(home, monkeypatch):
    folder = home.folder / "library"
    leave_trace(home, "name and date", picture(folder / "IMG_9.edited.jpg", 1, AT))
    leave_trace(home, "ImageMagick 6", picture(folder / "b.jpg", 2))
    made = read(home, monkeypatch)
    for _ in range(2):
        assert verbs(home.plan()) == {"IMG_9.edited.jpg": "match", "b.jpg": "match"}
    assert made == [("b.jpg", Trace.SIX)]


def test_a_signature_that_is_known_already_is_not_computed(home, monkeypatch):
    file = picture(home.folder / "library" / "a.jpg", 1)
    there(home, file, tags=["flickrsync:signature=" + "ab" * 32])
    made = read(home, monkeypatch)
    with home.desk() as desk:
        desk.scan()
        (photo,) = desk.ledger.files.photos(["a.jpg"]).values()
        desk.ledger.memory("").write(f"{Trace.SIX} {photo.digest}", "ab" * 32)
    assert len(adopt(home)) == 1
    assert made == []


# --- nothing there is changed -----------------------------------------------------------------------------------------


def test_words_that_were_written_there_stay_until_they_are_changed_here(home):
    file = picture(home.folder / "library" / "a.jpg", 1, AT)
    metadata.write(file, Facts(title="Mine", caption="My words", keywords=("sea",), taken=Taken(AT)))
    tags = [f"flickrsync:signature={signature_of_six(file)}", "New York"]
    there(home, file, title="Theirs", description="Their words", tags=tags, is_public=0)
    home.sync()
    (shown,) = home.shown_all()
    assert (shown.title, shown.description, shown.is_public) == ("Theirs", "Their words", 0)
    assert sorted(tag.raw for tag in shown.tags) == sorted(tags)
    metadata.write(file, Facts(title="Mine anew", caption="My words", keywords=("sea",), taken=Taken(AT)))
    home.sync()
    (shown,) = home.shown_all()
    assert (shown.title, shown.description) == ("Mine anew", "Their words")


def test_a_photo_of_ours_is_remembered_first_and_brought_in_step_by_the_next_run(flickr):
    flickr.put("a.jpg")
    flickr.sync()
    flickr.lose_ledger()
    flickr.change("a.jpg", title="New title")
    with flickr.counted() as calls:
        assert len(adopt(flickr)) == 1
    assert not set(WRITES) & calls.keys()
    assert {action.where: [change.field for change in action.changes] for action in flickr.plan().actions} == {
        "a.jpg": ["title"]
    }


# --- our own mark -----------------------------------------------------------------------------------------------------


def test_our_mark_is_written_when_something_else_is_and_the_tags_of_others_stay(home):
    file = picture(home.folder / "library" / "IMG_1.jpg", 1, AT)
    there(home, title="IMG_1", taken=AT.replace("T", " "), tags=["New York"])
    home.sync()
    metadata.write(file, Facts(title="Renamed", taken=Taken(AT)))
    with home.counted() as calls:
        home.sync()
    (shown,) = home.shown_all()
    assert (shown.title, calls["photos.setMeta"], calls["photos.addTags"]) == ("Renamed", 1, 1)
    assert [tag.raw for tag in shown.tags if "heliograph" not in tag.raw] == ["New York"]
    home.lose_ledger()
    assert {action.where: action.reason for action in home.plan().actions} == {
        "IMG_1.jpg": "already there: it carries our mark"
    }


def test_the_forecast_counts_the_mark(home):
    file = picture(home.folder / "library" / "IMG_1.jpg", 1, AT)
    there(home, title="IMG_1", taken=AT.replace("T", " "))
    home.sync()
    metadata.write(file, Facts(title="Renamed", taken=Taken(AT)))
    with home.desk() as desk:
        (action,) = desk.plan().effects
        expected = desk.places["flickr"].platform.calls(action)
    with home.counted() as calls:
        home.sync()
    assert expected == calls["photos.setMeta"] + calls["photos.addTags"]


# --- a lost ledger ----------------------------------------------------------------------------------------------------


def test_with_the_ledger_lost_everything_is_adopted_again_also_what_never_had_our_mark(home):
    folder = home.folder / "library"
    kinds = ("ImageMagick 6", "ImageMagick 7", "MD5", "flickr-uploader", "download", "name and date")
    for number, kind in enumerate(kinds):
        leave_trace(home, kind, picture(folder / str(number) / "IMG_9.edited.jpg", number, AT))
    for number in range(3):
        picture(folder / "new" / f"{number}.jpg", 100 + number)
    home.sync()
    before = {shown.id: (shown.title, sorted(tag.raw for tag in shown.tags)) for shown in home.shown_all()}
    assert len(before) == len(kinds) + 3
    home.lose_ledger()
    with home.counted() as calls:
        home.sync()
    assert not set(WRITES) & calls.keys()
    assert {shown.id: (shown.title, sorted(tag.raw for tag in shown.tags)) for shown in home.shown_all()} == before
    assert home.plan().effects == ()


# --- many -------------------------------------------------------------------------------------------------------------

MANY = 1_000
PAGE = 500


@pytest.fixture(scope="module")
def crowd(tmp_path_factory, template):
    """So many photos, half of them signed by FlickrSync and half known by name and date."""
    with opened(tmp_path_factory.mktemp("crowd"), template, policy=ALL) as studio:
        world, state = studio.world, []
        for number in range(MANY):
            name, taken = (
                f"IMG_{number:05d}",
                f"2019-07-{1 + number % 28:02d}T{number // 28 % 24:02d}:{number % 60:02d}:00",
            )
            signed = number % 2 == 0
            studio.put(f"{number % 40}/{name}.jpg", taken=Taken(taken), title=f"Title {number}")
            signature = f"{number:064x}"
            studio.drawn.leaves[f"{number % 40}/{name}.jpg"] = {Trace.SIX: signature} if signed else {}
            tags = [f"flickrsync:signature={signature}"] if signed else []
            state.append((f"IMG {number}" if signed else name, taken, tags))
        for title, taken, tags in state:
            world.add_photo(studio.me, title=title, taken=taken.replace("T", " "), tags=tags, is_public=0)
        yield studio


@pytest.mark.slow
def test_thousands_of_photos_are_recognised_by_a_dozen_calls_and_no_download(crowd, monkeypatch):
    from heliograph.platforms.flickr.api import Api

    monkeypatch.setattr(Api, "picture", lambda *_: pytest.fail("a picture was fetched"))
    with crowd.counted() as calls:
        assert len(adopt(crowd)) == MANY
    assert calls == {"people.getPhotos": MANY // PAGE, "photosets.getList": 1}
    assert len(crowd.drawn.traced) == MANY // 2, "those that name and date tell were not read"
    assert 5_000 // PAGE + 1 <= 12, "of 5,000 photos"


# --- whole accounts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", ["flickrsync", "flickr-uploader", "imatch-to-socials"])
def test_what_an_older_program_left_is_recognised_whole(home, program):
    folder = home.folder / "library" / "2017" / "Rome"
    files = [picture(folder / f"IMG_{number}.jpg", number, AT.replace("05", f"{number:02}")) for number in range(4)]
    home.world.seed(home.me, program, files=files)
    before = repr(home.world.photos)
    with home.counted() as calls:
        assert len(adopt(home)) == len(files)
    assert repr(home.world.photos) == before
    assert not {"photos.getSizes", *WRITES} & calls.keys()
    assert not [action for action in home.plan().effects if action.subject.kind == "photo"]


def test_a_photo_that_is_there_twice_is_asked_about(home):
    file = picture(home.folder / "library" / "IMG_1.jpg", 1, AT)
    home.world.seed(home.me, "duplicates", files=[file])
    assert adopt(home) == {}
    assert verbs(home.plan()) == {"IMG_1.jpg": "ask"}
    home.sync()
    assert len(home.shown_all()) == 2
