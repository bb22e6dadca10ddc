"""Photos come home once, whole, with all that is known of them, under names that every system takes."""

from __future__ import annotations

import errno
import os
import shutil
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuses import Fuse, Killed
from heliograph import metadata
from heliograph.caption.tags import tags
from heliograph.digest import image_digest
from heliograph.errors import Mistake, Refused
from heliograph.libraries.folder import Folder
from heliograph.libraries.folder.filing import Filing
from heliograph.libraries.folder.incoming import Incoming
from heliograph.libraries.folder.names import safe_name, safe_stem, same_name
from heliograph.model import Facts, Home, Link, Photo, Place, Rights, Taken
from heliograph.policy import Captions, PlatformPolicy
from heliograph.rules import let_out
from homecoming import EVERYTHING, LICENCE, URL, Noon, drawn, home, library_at, looked

OPERATIONS = ("fsync", "link", "unlink", "replace", "mkdir", "rmdir")


def kept(library: Folder, home: Home, file: Path) -> Photo:
    where = library.keep(home, file)
    return looked(library)[where]


def files_of(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


@pytest.fixture
def root(tmp_path):
    return tmp_path / "photos"


@pytest.fixture
def library(root):
    return library_at(root)


@pytest.fixture
def file(tmp_path):
    return drawn(tmp_path / "download.jpg")


# --- what is known of it ----------------------------------------------------------------------------------------------


def test_everything_that_the_platform_says_is_read_from_the_photo_afterwards(library, root, file):
    where = library.keep(EVERYTHING, file)
    photo = looked(library)[where]
    told, facts = EVERYTHING.facts, photo.facts
    assert (facts.title, facts.caption, facts.alt_text) == (told.title, told.caption, told.alt_text)
    assert facts.keywords == told.keywords
    assert facts.taken == told.taken
    assert facts.place == told.place
    assert facts.rights.licence_url == LICENCE
    assert set(EVERYTHING.wishes) <= set(facts.keyword_paths)
    assert photo.links == (Link("flickr", "4711", URL),)
    assert facts.warnings == ()
    assert (root / where).read_bytes() == file.read_bytes()


def test_what_the_file_says_already_is_not_repeated(library, root, file):
    metadata.write(
        file, replace(EVERYTHING.facts, caption="Another", taken=Taken("2024-05-03T14:05:06", "25", "+02:00"))
    )
    there = replace(EVERYTHING, facts=replace(EVERYTHING.facts, taken=Taken("2024-05-03T14:05:06")), wishes=())
    where = library.keep(there, file)
    sidecar = (root / f"{where}.xmp").read_text(encoding="utf-8")
    assert "First line" in sidecar
    assert not {"dc:title", "dc:subject", "DateCreated", "GPSLatitude", "cc:license"} & set(sidecar.split("<"))
    assert all(word not in sidecar for word in ("A &lt;lake", "Lake", "DateCreated", "GPSLatitude", LICENCE))
    facts = looked(library)[where].facts
    assert facts.caption == EVERYTHING.facts.caption
    assert facts.taken == Taken("2024-05-03T14:05:06", "25", "+02:00")


def test_what_differs_from_the_file_wins(library, file):
    metadata.write(
        file,
        Facts(
            title="Old",
            keywords=("old", "kept"),
            keyword_paths=(("Places", "Coast"),),
            taken=Taken("2024-05-03T14:05:06"),
            place=Place(10.0, 10.0, 100.0),
            rights=Rights(creators=("Anna",), licence_url="https://creativecommons.org/licenses/by-nc/4.0/"),
        ),
    )
    facts = kept(library, EVERYTHING, file).facts
    assert facts.title == EVERYTHING.facts.title
    assert facts.keywords == EVERYTHING.facts.keywords
    assert facts.taken == EVERYTHING.facts.taken
    assert (facts.place.latitude, facts.place.altitude_m) == (47.123456, None)
    assert facts.rights == Rights(creators=("Anna",), licence_url=LICENCE)
    assert ("Places", "Coast") in facts.keyword_paths, "what the platform cannot say stays"


def test_a_platform_that_says_nothing_takes_nothing_away(library, file):
    metadata.write(file, Facts(title="Own", keywords=("one",), place=Place(10.0, 10.0), taken=Taken("2024-05-03")))
    where = library.keep(home(wishes=EVERYTHING.wishes), file)
    assert where == "2024/2024-05/Own.jpg"
    facts = looked(library)[where].facts
    assert (facts.title, facts.keywords, facts.place) == ("Own", ("one",), Place(10.0, 10.0))


def test_programs_that_believe_the_list_of_paths_find_every_keyword_in_it(library, file):
    facts = kept(library, EVERYTHING, file).facts
    assert {(word,) for word in EVERYTHING.facts.keywords} <= set(facts.keyword_paths)


def test_a_tag_that_is_also_the_name_of_its_album_is_not_taken_away_there_again(library, file):
    there = replace(EVERYTHING, facts=Facts(keywords=("Coast", "flickr", "Lake")))
    released = let_out(kept(library, there, file).facts, PlatformPolicy("flickr", "flickr")).facts
    assert tags(released, Captions()) == ("Coast", "flickr", "Lake")
    without = let_out(Facts(keywords=("Coast",), keyword_paths=there.wishes), PlatformPolicy("flickr", "flickr")).facts
    assert tags(without, Captions()) == (), "programs write the levels of a path as flat keywords, too"


def test_an_album_that_no_keyword_can_name_is_left_out(library, file):
    there = replace(EVERYTHING, wishes=(("Socials", "flickr"), ("Socials", "flickr", "albums", "This | that")))
    facts = kept(library, there, file).facts
    assert [path for path in facts.keyword_paths if path[0] == "Socials"] == [("Socials", "flickr")]


def test_what_is_no_picture_is_not_taken_in(library, root, tmp_path):
    (tmp_path / "video.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    (tmp_path / "cut.jpg").write_bytes(drawn(tmp_path / "whole.jpg").read_bytes()[:200])
    for name in ("video.mp4", "cut.jpg"):
        with pytest.raises(Refused):
            library.keep(home("A film"), tmp_path / name)
    assert files_of(root) == []


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP", "TIFF"])
def test_every_kind_of_picture_comes_home_with_its_own_ending(library, tmp_path, form):
    where = library.keep(EVERYTHING, drawn(tmp_path / "download.bin", form=form))
    assert where.endswith({"PNG": ".png", "GIF": ".gif", "WEBP": ".webp", "TIFF": ".tif"}[form])
    assert looked(library)[where].facts.title == EVERYTHING.facts.title


@given(st.text(max_size=400))
def test_any_title_makes_a_name_for_every_system(title):
    stem = safe_stem(title, "4711")
    assert 0 < len(stem.encode()) <= 121
    assert stem == stem.strip(" .") == unicodedata.normalize("NFC", stem)
    assert not set(stem) & set('<>:"/\\|?*')
    assert all(unicodedata.category(letter)[0] != "C" for letter in stem)
    assert not os.path.isreserved(stem) if hasattr(os.path, "isreserved") else stem.lower() not in {"con", "nul", "aux"}
    assert safe_stem(stem, "") == stem or "." in stem


@given(st.text(max_size=60))
def test_any_name_of_an_album_makes_one_folder_in_the_library_or_none(name):
    level = safe_name(name)
    assert level not in {".", ".."}
    assert not level.startswith(".")
    assert len(Path("/library", level).relative_to("/library").parts) == bool(level)


def test_titles_that_are_one_name_somewhere_get_names_of_their_own(library, root, tmp_path):
    titles = ("Straße", "STRASSE", "strasse", "Zoë", unicodedata.normalize("NFD", "ZOË"), "Zoë.jpg")
    kept = [
        library.keep(home(title, str(number)), drawn(tmp_path / f"{number}.jpg", f"#0000{number:02}"))
        for number, title in enumerate(titles)
    ]
    assert len({same_name(where) for where in kept}) == len(titles)
    assert set(looked(library)) == set(kept)
    assert len(files_of(root)) == 2 * len(titles)


def test_a_name_that_is_there_with_its_accents_apart_is_the_same_name(library, root, file):
    (root / "Undated").mkdir()
    shutil.copy(drawn(file.with_name("other.jpg"), "red"), root / "Undated" / unicodedata.normalize("NFD", "ZOË.jpg"))
    assert library.keep(home("Zoë"), file) == "Undated/Zoë (2).jpg"


def test_a_photo_gets_no_name_whose_sidecar_is_anothers(library, root, tmp_path):
    folder = root / "Undated"
    folder.mkdir()
    drawn(folder / "Lake.tif", form="TIFF")
    (folder / "Lake.xmp").write_text("not ours", encoding="utf-8")
    (folder / "Boat.jpg.xmp").write_text("not ours either", encoding="utf-8")
    assert library.keep(home("Lake"), drawn(tmp_path / "a.jpg")) == "Undated/Lake (2).jpg"
    assert library.keep(home("BOAT", "2"), drawn(tmp_path / "a.jpg")) == "Undated/BOAT (2).jpg"
    assert (folder / "Boat.jpg.xmp").read_text(encoding="utf-8") == "not ours either"


def test_two_posts_of_one_picture_and_title_stay_two(library, file):
    kept = [library.keep(home("Lake", post), file) for post in ("1", "2", "1", "2")]
    assert kept == ["Undated/Lake.jpg", "Undated/Lake (2).jpg"] * 2
    assert [photo.links[0].post_id for _, photo in sorted(looked(library).items())] == ["2", "1"]


def test_many_of_one_title_that_come_at_once_are_all_there(library, file):
    with ThreadPoolExecutor(4) as threads:
        kept = list(threads.map(lambda number: library.keep(home("Lake", str(number)), file), range(12)))
    assert len(set(kept)) == 12
    assert {where: photo.links[0].post_id for where, photo in looked(library).items()} == {
        where: str(number) for number, where in enumerate(kept)
    }


def test_a_picture_that_is_there_without_a_word_gets_its_sidecar_and_no_twin(library, root, file):
    where = library.keep(EVERYTHING, file)
    (root / f"{where}.xmp").unlink()
    assert library.keep(EVERYTHING, file) == where
    assert looked(library)[where].facts.title == EVERYTHING.facts.title


def test_what_was_said_here_since_is_not_said_over(library, root, file):
    where = library.keep(EVERYTHING, file)
    sidecar = root / f"{where}.xmp"
    sidecar.write_text(sidecar.read_text(encoding="utf-8").replace("a boat", "a ship"), encoding="utf-8")
    assert library.keep(EVERYTHING, file) == where
    assert looked(library)[where].facts.title == "A <lake> & a ship"


def test_a_sidecar_that_was_left_without_its_picture_is_the_owners(library, root, file):
    where = library.keep(EVERYTHING, file)
    sidecar = root / f"{where}.xmp"
    sidecar.write_text(sidecar.read_text(encoding="utf-8").replace("a boat", "a ship"), encoding="utf-8")
    before = sidecar.read_bytes()
    (root / where).unlink()
    again = library.keep(EVERYTHING, file)
    assert again == where.replace(".jpg", " (2).jpg")
    assert sidecar.read_bytes() == before


# --- folders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "taken", "folder"),
    [
        ("", "2024-05-03T14:05:06", ""),
        ("Incoming", "2024-05-03T14:05:06", "Incoming/"),
        ("{{ year }}/{{ year }}-{{ month }}", "2024-05-03T14:05:06", "2024/2024-05/"),
        ("{{ year }}/{{ year }}-{{ month }}", "2024", "2024/"),
        ("{{ year }}/{{ year }}-{{ month }}", "", "Undated/"),
        ("Flickr/{{ year }}/{{ month }}/{{ day }}", "2024-05", "Flickr/2024/05/"),
        ("Flickr/{{ year }}/{{ month }}/{{ day }}", "", "Flickr/Undated/"),
        ("{{ year or 'Old' }}", "", "Old/"),
        ("{% if month %}{{ year }}-{{ month }}{% else %}{{ year }}{% endif %}", "2024", "2024/"),
        ("{{ platform }}/{{ album or 'None' }}", "", "flickr/Coast Sea/"),
        ("{{ platform }}\\{{ title }}", "", "flickr/up/"),
    ],
)
def test_the_folder_is_made_by_the_template(root, file, template, taken, folder):
    library = library_at(root, incoming=template)
    assert library.keep(home("../up", taken=taken, albums=("../Coast/Sea",)), file) == f"{folder}up.jpg"


def test_an_uncertain_date_is_filed_by_its_year(library, file):
    there = replace(EVERYTHING, facts=Facts(taken=Taken("", circa="about 1936")))
    assert library.keep(there, file) == "1936/4711.jpg"


@pytest.mark.parametrize(
    "template",
    [
        "../elsewhere",
        "a/../../b",
        "/etc",
        "C:\\photos",
        "\\\\server\\share",
        ".hidden",
        "{{ yaer }}",
        "{{ year",
        "{{ 1/0 }}",
    ],
)
def test_a_template_that_cannot_be_used_is_a_mistake_before_anything_happens(root, template):
    with pytest.raises(Mistake, match="incoming"):
        library_at(root, incoming=template)


def test_a_folder_that_is_there_in_another_spelling_is_the_folder(root, file):
    library = library_at(root, incoming="{{ album }}")
    (root / "STRASSE").mkdir()
    assert library.keep(home("Lake", albums=("Straße",)), file) == "STRASSE/Lake.jpg"
    assert [path.name for path in root.iterdir()] == ["STRASSE"]


def test_a_photo_never_comes_home_to_where_the_library_does_not_look(root, file):
    library = library_at(root, exclude=("*draft*",))
    assert library.keep(home("My draft"), file) == "Undated/4711.jpg"
    with pytest.raises(Refused, match="exclude"):
        library_at(root, exclude=("Undated",)).keep(home("Lake"), file)
    assert files_of(root) == ["Undated/4711.jpg", "Undated/4711.jpg.xmp"]


def test_a_file_in_the_place_of_the_folder_is_told(root, library, file):
    (root / "Undated").write_text("a note", encoding="utf-8")
    with pytest.raises(Refused, match="Nothing of it was left"):
        library.keep(home("Lake"), file)
    assert files_of(root) == ["Undated"]


# --- cut off, and full disks ------------------------------------------------------------------------------------------


def kill_at(patch: pytest.MonkeyPatch, fuse: Fuse) -> None:
    """Every file operation is an effect; a process that is dead does none."""

    def fused(real):
        def operation(*args, **kwargs):
            fuse.touch()
            answer = real(*args, **kwargs)
            fuse.touch()
            return answer

        return operation

    for name in OPERATIONS:
        patch.setattr(os, name, fused(getattr(os, name)))
    patch.setattr(shutil, "copyfileobj", fused(half_copied(fuse, shutil.copyfileobj)))


def half_copied(fuse: Fuse, real):
    """Killed in the middle, a copy has some of the bytes."""

    def copy(come, go, length):
        go.write(come.read(100))
        go.flush()
        fuse.touch()
        real(come, go, length)

    return copy


@pytest.mark.parametrize("links", [True, False])
def test_a_taking_in_killed_at_any_operation_leaves_nothing_or_what_the_next_one_goes_on_with(
    tmp_path, file, monkeypatch, links
):
    def without_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", without_links)
    whole = file.read_bytes()
    for at in count():
        root = tmp_path / f"photos-{at}"
        fuse = Fuse(at)
        with pytest.MonkeyPatch.context() as patch:
            kill_at(patch, fuse)
            try:
                library_at(root).keep(EVERYTHING, file)
            except Killed:
                pass
            else:
                break
        library = library_at(root)
        emptied = [path for path in root.rglob("*.jpg") if not path.stat().st_size]
        for path in emptied:  # an empty file is told as unreadable, and not taken for a photo
            path.rename(path.with_suffix(".empty"))
        for where, photo in looked(library).items():
            assert (root / where).read_bytes() == whole
            assert photo.facts.title == EVERYTHING.facts.title
            assert set(EVERYTHING.wishes) <= set(photo.facts.keyword_paths)
        for path in emptied:
            path.with_suffix(".empty").rename(path)
        where = library.keep(EVERYTHING, file)
        assert files_of(root) == [where, f"{where}.xmp"], at
        assert (root / where).read_bytes() == whole
        shutil.rmtree(root)
    assert at > 12


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_disk_that_fails_at_any_operation_leaves_the_library_as_it_was(tmp_path, file, trouble):
    for at in count():
        root = tmp_path / f"photos-{at}"
        library = library_at(root)
        calls = [0]

        def failing(real, at=at, calls=calls):
            def operation(*args, **kwargs):
                calls[0] += 1
                if calls[0] == at + 1:
                    raise OSError(trouble, os.strerror(trouble))
                return real(*args, **kwargs)

            return operation

        told = ""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("fsync", "link", "mkdir"):
                patch.setattr(os, name, failing(getattr(os, name)))
            patch.setattr(shutil, "copyfileobj", failing(shutil.copyfileobj))
            try:
                library.keep(EVERYTHING, file)
            except Refused as refusal:
                told = refusal.sentence
        if calls[0] <= at:
            break
        assert os.strerror(trouble) in told
        assert "4711 on flickr" in told
        where = next(iter(looked(library)), "")
        assert ("Nothing of it was left" in told) is not bool(where)
        assert files_of(root) == ([where, f"{where}.xmp"] if where else []), at
        assert library.keep(EVERYTHING, file)
        shutil.rmtree(root)
    assert at > 5


def test_a_second_name_left_by_a_kill_is_never_written_through(library, root, file, tmp_path):
    """Killed between giving a picture its name and taking away the hidden one, both are one file."""
    from heliograph.libraries.folder.placing import half_of

    where = library.keep(home("Lake"), file)
    half = half_of(root / "Undated", "flickr", "4711", "picture")
    os.link(root / where, half)
    os.utime(half, (Noon().now().timestamp(),) * 2)
    other = drawn(tmp_path / "other.jpg", "red")
    assert library.keep(home("Lake"), other) == "Undated/Lake (2).jpg"
    assert (root / where).read_bytes() == file.read_bytes()
    assert not half.exists()


def test_what_was_left_long_ago_is_swept(library, root, file):
    (root / "Undated").mkdir()
    (root / "Undated" / ".heliograph-0123.part").write_bytes(b"half")
    (root / "Undated" / ".other.part").write_bytes(b"another program's")
    where = library.keep(home("Lake"), file)
    assert files_of(root) == ["Undated/.other.part", where, f"{where}.xmp"]


def test_a_copy_that_does_not_read_back_is_no_photo(library, root, file, monkeypatch):
    def bad(come, go, _):
        data = bytearray(come.read())
        data[-5] ^= 1
        go.write(data)

    monkeypatch.setattr(shutil, "copyfileobj", bad)
    with pytest.raises(Refused, match="did not read back"):
        library.keep(home("Lake"), file)
    assert files_of(root) == []


@pytest.mark.parametrize("links", [True, False])
def test_a_name_that_another_program_takes_at_the_last_moment_is_left_to_it(library, root, file, monkeypatch, links):
    real, taken = os.link, []

    def link(source, target):
        if not taken:
            taken.append(Path(target))
            Path(target).write_bytes(b"theirs")
        if not links:
            raise OSError(errno.EPERM, "Operation not permitted")
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    where = library.keep(home("Lake"), file)
    assert taken[0].read_bytes() == b"theirs"
    assert (root / where).read_bytes() == file.read_bytes()
    assert where == "Undated/Lake (2).jpg"


def test_a_library_that_is_away_takes_nothing_in(library, root, file):
    root.rmdir()
    with pytest.raises(Mistake, match="cannot be looked at"):
        library.keep(home("Lake"), file)
    assert not root.exists()


def test_for_programs_without_sidecars_the_facts_go_into_the_file_and_its_pixels_stay(root, file):
    root.mkdir()
    incoming = Incoming(root, Filing(""), Noon(), embeds=True)
    kept = [incoming.take_in(there, file) for there in (EVERYTHING, replace(EVERYTHING, post=home(post_id="2").post))]
    assert kept == ["A lake & a boat.jpg"] * 2, "without sidecars, two posts of one picture cannot be told apart"
    assert files_of(root) == kept[:1]
    facts = metadata.read(root / kept[0])
    assert (facts.title, facts.keywords) == (EVERYTHING.facts.title, EVERYTHING.facts.keywords)
    assert set(EVERYTHING.wishes) <= set(facts.keyword_paths)
    assert image_digest(root / kept[0], "image/jpeg") == image_digest(file, "image/jpeg")
