"""The folder library: the contract, odd names, broken files, unreliable disks."""

import io
import os
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from contract.library_contract import (
    LibraryContract,
    Remembered,
    Shelf,
    found,
    not_looked,
    unchanged,
    unreadable,
    vanished,
)
from heliograph.errors import LibraryUnavailable, Mistake, Refused
from heliograph.libraries.folder import Folder, Options, reading
from heliograph.libraries.folder.names import house_name, system_name
from heliograph.libraries.folder.reading import Bounds, Job, Reading
from heliograph.libraries.folder.walk import exclusion
from heliograph.libraries.folder.workers import Workers
from heliograph.ports import Found, LeftAlone, Unreadable
from metadata_samples import bag, packet

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>'
    '<rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>'
)


class Later:
    """A clock an hour ahead: what tests write counts as written long ago."""

    def __init__(self, ahead: timedelta = timedelta(hours=1)) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, wait_s: float) -> None:
        pytest.fail(f"a library has no reason to wait {wait_s} s")


def coded(seed: int = 1, form: str = "JPEG", **how: object) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (32, 48, 3), dtype=np.uint8)
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, form, **how)
    return held.getvalue()


def titled(seed: int, title: str) -> bytes:
    return coded(seed, xmp=XMP.format(title).encode())


class FolderShelf(Shelf):
    def __init__(self, root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.monkeypatch = root, monkeypatch
        root.mkdir()
        self.library = Folder("photos", Options(root, workers=1), cache, Later())

    def add(self, part: str, name: str, seed: int) -> str:
        where = f"{part}/{name}" if part else name
        path = self.library.path_of(where)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(titled(seed, f"Title {seed}"))
        return where

    def relabel(self, where: str, title: str) -> None:
        path = self.library.path_of(where)
        seed = next(seed for seed in range(99) if path.read_bytes() == titled(seed, f"Title {seed}"))
        path.write_bytes(titled(seed, title))

    def remove(self, where: str) -> None:
        self.library.path_of(where).unlink()

    @contextmanager
    def closed(self, part: str) -> Iterator[None]:
        real, locked = os.scandir, str(self.library.path_of(part))

        def scandir(path: str) -> object:
            if str(path) == locked:
                raise PermissionError(13, "Permission denied", path)
            return real(path)

        with self.monkeypatch.context() as patch:
            patch.setattr(os, "scandir", scandir)
            yield

    @contextmanager
    def away(self) -> Iterator[None]:
        elsewhere = self.root.rename(self.root.with_name("elsewhere"))
        yield
        elsewhere.rename(self.root)


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    return FolderShelf(tmp_path / "photos", tmp_path / "cache", monkeypatch)


@pytest.fixture
def known():
    return Remembered()


@pytest.fixture
def root(shelf):
    return shelf.root


class TestFolder(LibraryContract):
    @pytest.fixture
    def shelf(self, tmp_path, monkeypatch):
        return FolderShelf(tmp_path / "photos", tmp_path / "cache", monkeypatch)

    def draw(self, file: Path, seed: int) -> None:
        file.write_bytes(coded(seed))


def look_with(shelf: FolderShelf, **options: object) -> list[object]:
    library = Folder("photos", Options(shelf.root, workers=1, **options), shelf.root / ".heliograph", Later())
    return Remembered().look(library)


# --- files ------------------------------------------------------------------------------------------------------------


def png_header(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def test_each_kind_of_broken_file_is_its_own_sentence_and_stops_nobody(shelf, known, root):
    good = shelf.add("", "good.jpg", 1)
    broken = {
        "empty.jpg": (b"", "is empty"),
        "cut.jpg": (coded(2)[:900], "is cut short"),
        "letter.jpg": (b"Dear photographer", "none that is known"),
        "bomb.png": (png_header(65_000, 65_000) + coded(3, "PNG")[33:], "65,000 x 65,000 pixels"),
        "bomb.jpg": (coded(4).replace(b"\x00\x20\x00\x30\x03", b"\xfd\xe8\xfd\xe8\x03"), "65,000 x 65,000 pixels"),
    }
    for name, (data, _) in broken.items():
        (root / name).write_bytes(data)
    sightings = known.look(shelf.library)
    assert set(found(sightings)) == {good}
    for name, (_, words) in broken.items():
        sentence = unreadable(sightings)[name]
        assert sentence.startswith(f"{name} ")
        assert words in sentence
        assert sentence.endswith(".")
    assert unchanged(known.look(shelf.library)) == 1 + len(broken), "what was refused for good is not read again"


def test_a_file_beyond_the_length_limit_is_not_read(shelf):
    where = shelf.add("", "a.jpg", 1)
    assert "more than the 100 of `max_bytes`" in unreadable(look_with(shelf, max_bytes=100))[where]


def test_a_picture_under_a_false_name_is_taken_for_what_it_is(shelf, known, root):
    (root / "really.jpg").write_bytes(coded(1, "PNG"))
    photo = found(known.look(shelf.library))["really.jpg"]
    assert photo.media_type == "image/png"
    assert any("named like image/jpeg" in warning for warning in photo.facts.warnings)


def test_pictures_without_ending_are_known_by_content_and_other_files_are_nobodys_business(shelf, known, root):
    (root / "IMG_1234").write_bytes(coded(1))
    for name in ("README", "notes.txt", "._a.jpg", "a.jpg.part"):
        (root / name).write_bytes(b"words" if "." not in name else coded(2))
    assert [type(one) for one in known.look(shelf.library)] == [Found]
    assert unchanged(known.look(shelf.library)) == 1


def test_videos_are_counted_each_time_and_left_alone(shelf, known, root):
    shelf.add("", "one.jpg", 1)
    for name in ("two.MP4", "three.mov"):
        (root / name).write_bytes(b"frames")
    (root / "kept out").mkdir()
    (root / "kept out" / "four.avi").write_bytes(b"frames")
    for _ in range(2):
        sightings = look_with(shelf, exclude=("kept out",))
        assert [sight for sight in sightings if isinstance(sight, LeftAlone)] == [LeftAlone(2, "video")]
        assert not [sight for sight in sightings if isinstance(sight, Unreadable)]


def test_a_sidecar_belongs_to_its_picture_and_its_change_is_a_change(shelf, known, root):
    where = shelf.add("", "a.jpg", 1)
    (root / "a.xmp").write_text(XMP.format("From the sidecar"), encoding="utf-8")
    assert found(known.look(shelf.library))[where].facts.title == "From the sidecar"
    assert unchanged(known.look(shelf.library)) == 1
    (root / "a.xmp").write_text(XMP.format("Another word from the sidecar"), encoding="utf-8")
    assert found(known.look(shelf.library))[where].facts.title == "Another word from the sidecar"
    (root / "a.xmp").unlink()
    assert found(known.look(shelf.library))[where].facts.title == "Title 1"


def test_a_second_sidecar_is_looked_at_too_and_its_change_is_a_change(shelf, known, root):
    where = shelf.add("", "a.jpg", 1)
    (root / "a.jpg.xmp").write_bytes(packet(bag("dc:subject", "sea")))
    (root / "a.xmp").write_bytes(packet(bag("dc:subject", "hills")))
    assert found(known.look(shelf.library))[where].facts.keywords == ("sea",)
    assert unchanged(known.look(shelf.library)) == 1
    (root / "a.xmp").write_bytes(packet(bag("dc:subject", "Private")))
    facts = found(known.look(shelf.library))[where].facts
    assert (facts.keywords, facts.overruled.keywords) == (("sea",), (("sidecar a.xmp", ("Private",)),))


def test_a_picture_whose_sidecar_cannot_be_read_is_not_read_without_it(shelf, known, root):
    where = shelf.add("", "a.jpg", 1)
    (root / "a.xmp").symlink_to(root / "nowhere.xmp")
    for _ in range(2):
        assert "a.xmp vanished" in unreadable(known.look(shelf.library))[where]


def test_a_picture_that_was_just_written_is_looked_at_again(shelf, known):
    where = shelf.add("", "a.jpg", 1)
    shelf.library.clock = Later(timedelta(0))
    assert set(found(known.look(shelf.library))) == {where}
    assert known.stamps_of[where] == ""
    shelf.library.clock = Later()
    assert set(found(known.look(shelf.library))) == {where}
    assert unchanged(known.look(shelf.library)) == 1


def test_a_picture_dated_in_the_future_is_not_read_for_ever(shelf, known, root):
    where = shelf.add("", "a.jpg", 1)
    os.utime(root / where, (4_000_000_000, 4_000_000_000))
    known.look(shelf.library)
    assert unchanged(known.look(shelf.library)) == 1


def test_a_file_that_changes_while_it_is_read_is_looked_at_again(root, shelf, monkeypatch):
    where = shelf.add("", "a.jpg", 1)
    real = reading.image_digest

    def meddled(path: Path, media_type: str) -> tuple[str, str]:
        answer = real(path, media_type)
        path.write_bytes(coded(2, quality=50))
        return answer

    monkeypatch.setattr(reading, "image_digest", meddled)
    answer = reading.read(Job(where, str(root / where), None), Bounds(10**6, 10**6)).sighting
    assert isinstance(answer, Unreadable)
    assert "changed while it was read" in answer.reason
    assert not answer.stamp


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied", "a.jpg"), "may not be read"),
        (FileNotFoundError(2, "No such file", "a.jpg"), "vanished while"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (MemoryError(), "not enough memory"),
    ],
)
def test_trouble_that_may_pass_is_looked_at_again(root, shelf, monkeypatch, error, words):
    where = shelf.add("", "a.jpg", 1)

    def failing(*_: object) -> tuple[str, str]:
        raise error

    monkeypatch.setattr(reading, "image_digest", failing)
    answer = reading.read(Job(where, str(root / where), None), Bounds(10**6, 10**6)).sighting
    assert isinstance(answer, Unreadable)
    assert words in answer.reason
    assert not answer.stamp


# --- workers ----------------------------------------------------------------------------------------------------------


def dangerous(jobs: tuple[Job, ...], bounds: Bounds) -> list[Reading]:
    """Crashes or hangs on some names; runs in a worker process."""
    for job in jobs:
        if "crash" in job.where:
            os._exit(11)
        if "hang" in job.where:
            time.sleep(60)
    return [Reading(Unreadable(job.where, "read", "stamp")) for job in jobs]


def test_a_crash_and_a_hang_cost_one_file_each():
    jobs = [Job(f"{number}", f"/photos/{number}.jpg", None) for number in range(12)]
    jobs[5:5] = [Job("crash", "/photos/crash.jpg", None), Job("hang", "/photos/hang.jpg", None)]
    workers = Workers(2, 0.7, Bounds(1, 1), Later(), dangerous)
    answers = {one.where: one for one in workers.through(jobs)}
    assert set(answers) == {job.where for job in jobs}
    assert "crash.jpg crashed" in answers.pop("crash").reason
    assert "hang.jpg took longer than 0.7 s" in answers.pop("hang").reason
    assert {one.reason for one in answers.values()} == {"read"}


def test_no_process_is_started_where_there_is_nothing_to_read(shelf, known, monkeypatch):
    shelf.add("", "a.jpg", 1)
    known.look(shelf.library)
    monkeypatch.setattr("pebble.ProcessPool", None)
    assert unchanged(known.look(shelf.library)) == 1


# --- folders ----------------------------------------------------------------------------------------------------------


def test_links_that_form_a_loop_end_and_each_folder_is_seen_under_its_real_name(shelf, known, root):
    where = shelf.add("2023", "a.jpg", 1)
    (root / "2023" / "up").symlink_to(root, target_is_directory=True)
    (root / "0-first").symlink_to(root / "2023", target_is_directory=True)
    (root / "itself").symlink_to(root / "itself")
    assert set(found(known.look(shelf.library))) == {where}
    assert unchanged(known.look(shelf.library)) == 1


def test_a_link_out_of_the_folder_is_followed(shelf, known, root, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "a.jpg").write_bytes(coded(1))
    (root / "link").symlink_to(tmp_path / "disk", target_is_directory=True)
    assert set(found(known.look(shelf.library))) == {"link/a.jpg"}


def test_nothing_vanishes_behind_a_link_whose_disk_is_away(shelf, known, root, tmp_path):
    shelf.add("", "a.jpg", 1)
    (tmp_path / "disk" / "deep").mkdir(parents=True)
    (tmp_path / "disk" / "deep" / "b.jpg").write_bytes(coded(2))
    (root / "link").symlink_to(tmp_path / "disk", target_is_directory=True)
    known.look(shelf.library)
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    sightings = known.look(shelf.library)
    assert not_looked(sightings) == {"link"}
    assert vanished(sightings) == set()


def test_photos_of_a_removed_folder_vanish(shelf, known, root):
    shelf.add("", "a.jpg", 1)
    gone = {shelf.add("2023/Lofoten", "b.jpg", 2), shelf.add("2023", "c.jpg", 3)}
    known.look(shelf.library)
    (root / "2023").rename(root / "2024")
    assert vanished(known.look(shelf.library)) == gone


def test_a_library_without_any_picture_is_a_disk_that_is_away(shelf, known, root):
    shelf.add("2023", "a.jpg", 1)
    known.look(shelf.library)
    (root / "2023").rename(root.parent / "unplugged")
    (root / "README").write_text("the mount point of the photo disk", encoding="utf-8")
    with pytest.raises(LibraryUnavailable, match=r"no picture, where 1 were known\."):
        known.look(shelf.library)


def test_an_empty_library_of_which_nothing_was_known_is_simply_empty(shelf, known):
    assert known.look(shelf.library) == []


def test_hidden_and_own_folders_are_no_part_of_the_library(shelf, known):
    for part in (".hidden", ".heliograph", ".heliograph-cache/x"):
        shelf.add(part, "a.jpg", 1)
    assert known.look(shelf.library) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_named_like_pictures_are_named_and_never_opened(shelf, known, root):
    for name in ("pipe.jpg", "pipe"):
        os.mkfifo(root / name)
    sightings = known.look(shelf.library)
    assert list(unreadable(sightings)) == ["pipe.jpg"]
    assert found(sightings) == {}


def test_excluded_names_and_paths_are_no_part_of_the_library(shelf):
    kept = shelf.add("2023/Lofoten", "a.jpg", 1)
    shelf.add("2023/Trash", "b.jpg", 2)
    shelf.add("2023/Lofoten", "c_proof.jpg", 3)
    shelf.add("Exports/web", "d.jpg", 4)
    assert set(found(look_with(shelf, exclude=("Trash", "*_proof.jpg", "Exports/**")))) == {kept}


@pytest.mark.parametrize(
    ("pattern", "where", "matches"),
    [
        ("Trash", "a/b/Trash", True),
        ("Trash", "a/Trashed", False),
        ("*.png", "a/b.png", True),
        ("a/*", "a/b", True),
        ("a/*", "a/b/c", False),
        ("a/**", "a/b/c", True),
        ("**/raw/x?", "2023/raw/x1", True),
        ("**/raw/x?", "raw/x12", False),
        ("a.b", "axb", False),
        ("/Exports/", "2023/Exports", True),
    ],
)
def test_a_pattern_matches_as_the_settings_say(pattern, where, matches):
    excluded = exclusion((pattern,))
    assert excluded is not None
    assert excluded(where) is matches


# --- names ------------------------------------------------------------------------------------------------------------


ODD_NAMES = [
    b"caf\xe9.jpg",
    b"new\nline.jpg",
    "e\u0301 decomposed.jpg".encode(),
    "\u00e9 composed.jpg".encode(),
    "private \uf7e9 use.jpg".encode(),
    "\u202egpj.exe.jpg".encode(),
    b"'; DROP TABLE photos; --.jpg",
    b"-rf.jpg",
    b"x" * 240 + b".jpg",
]


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_files_with_odd_names_are_found_and_reached_again(shelf, known, root):
    for seed, name in enumerate(ODD_NAMES):
        Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_bytes(titled(seed, f"Title {seed}"))
    photos = found(known.look(shelf.library))
    assert {photo.facts.title for photo in photos.values()} == {f"Title {seed}" for seed in range(len(ODD_NAMES))}
    for where, photo in photos.items():
        where.encode("utf-8")
        assert shelf.library.path_of(where).stat().st_size == photo.length_bytes
    assert unchanged(known.look(shelf.library)) == len(ODD_NAMES)


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
@given(st.binary(min_size=1, max_size=20))
def test_any_bytes_make_a_name_of_the_house_and_come_back(name):
    told = os.fsdecode(name)
    house = house_name(told)
    house.encode("utf-8")
    assert os.fsencode(system_name(house)) == name


@pytest.mark.parametrize("where", ["../a.jpg", "a/../../b.jpg", "/etc/passwd", "a//b.jpg", "", ".", "a/./b", "a\0.jpg"])
def test_a_place_that_leads_out_of_the_folder_is_refused(shelf, where):
    with pytest.raises(Refused, match="no place below"):
        shelf.library.path_of(where)


def test_an_incoming_folder_outside_is_a_mistake(root, tmp_path):
    with pytest.raises(Mistake, match="incoming"):
        Folder("photos", Options(root, incoming="../elsewhere"), tmp_path, Later())
