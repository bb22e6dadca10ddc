"""A library on a disk as photographers carry it about: exFAT, which knows no case, no links and no exact times."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from unicodedata import normalize

import pytest

from heliograph.execute import End
from heliograph.libraries.folder import Folder, Options
from heliograph.model import F, Plan, Post, SubjectKind, Verb
from heliograph.policy import PlatformPolicy, Selection
from memory import FakeClock, MemoryPlatform, World
from photos import draw
from studio import make_desk
from two_way_world import BOTH

pytestmark = [pytest.mark.exfat, pytest.mark.xdist_group("exfat")]

EVERYTHING = replace(BOTH, select=Selection(everything=True))
SIZE_BYTES = 16 << 20
TITLES = ("Lake", "LAKE", "lake.jpg", "Straße", "STRASSE", "Zoë", normalize("NFD", "ZOË"), "CON", "a/b:c?", "")


def run(*command: object) -> str:
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True, timeout=60).stdout.strip()


@pytest.fixture(scope="module")
def exfat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty disk, mounted."""
    folder = tmp_path_factory.mktemp("exfat")
    image, mounted = folder / "image", folder / "disk"
    mounted.mkdir()
    with image.open("wb") as file:
        file.truncate(SIZE_BYTES)
    try:
        run("mkfs.exfat", image)
        device = run("losetup", "-f", "--show", image)
    except (OSError, subprocess.SubprocessError) as trouble:
        pytest.skip(str(getattr(trouble, "stderr", "") or trouble).strip())
    try:
        try:
            run("mount.exfat-fuse", device, mounted)
        except (OSError, subprocess.SubprocessError) as trouble:
            pytest.skip(str(getattr(trouble, "stderr", "") or trouble).strip())
        yield mounted
        run("umount", mounted)
    finally:
        run("losetup", "-d", device)


@dataclass(slots=True)
class Home:
    """A library on the disk, and a platform in memory."""

    state: Path
    library: Path
    policy: PlatformPolicy = EVERYTHING
    world: World = field(default_factory=World)
    clock: FakeClock = field(default_factory=FakeClock)

    def desk(self) -> object:
        options = Options(self.library, workers=1, incoming="Incoming")
        folder = Folder("photos", options, self.state / "renditions", self.clock)
        return make_desk(self.state, folder, MemoryPlatform(self.world, self.clock), policy=self.policy)

    def sync(self) -> list[object]:
        with self.desk() as desk:
            events = list(desk.sync())
        self.clock.sleep(3600)
        return events

    def plan(self) -> Plan:
        with self.desk() as desk:
            return desk.plan()

    def stranger(self, title: str) -> None:
        id_ = f"p{len(self.world.posts)}"
        fields = {F.TITLE: title, F.TEXT: "", F.ALT: "", F.TAGS: (), F.TAKEN: None}
        self.world.posts[id_] = Post(id_, SubjectKind.PHOTO, "", f"https://photos.example/{id_}", fields)
        self.world.born[id_] = -3600.0

    def pictures(self) -> list[str]:
        return sorted(path.name for path in self.library.rglob("*.jpg"))


def fill(path: Path) -> None:
    """Until there is no room for another byte."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(1 << 12)):
            pass


@pytest.fixture
def home(exfat: Path, tmp_path: Path, template: Path, request: pytest.FixtureRequest) -> Home:
    (tmp_path / "state").mkdir()
    shutil.copy(template, tmp_path / "state" / "ledger.sqlite")
    library = exfat / request.node.name[:40]
    library.mkdir()
    return Home(tmp_path, library)


def test_photos_come_home_each_under_a_name_of_its_own_and_in_step(home: Home) -> None:
    for title in TITLES:
        home.stranger(title)
    events = home.sync()
    assert {(event.action.verb, event.end) for event in events} == {(Verb.DOWNLOAD, End.DONE)}
    assert len(home.pictures()) == len(TITLES)
    assert home.plan().actions == ()
    assert home.sync() == []
    with home.desk() as desk:
        held = desk.ledger.files.photos(desk.ledger.files.mains()).values()
        assert sorted(photo.facts.title for photo in held) == sorted(normalize("NFC", title) for title in TITLES)
    assert home.world.adds == 0


def test_a_file_that_only_changes_its_case_is_the_same_photo(home: Home) -> None:
    draw(home.library / "Coast" / "sea.jpg", 1)
    home.sync()
    (home.library / "Coast" / "sea.jpg").rename(home.library / "Coast" / "SEA.jpg")
    (home.library / "Coast").rename(home.library / "coast")
    home.sync()
    assert home.plan().actions == ()
    assert (home.world.adds, len(home.world.posts)) == (1, 1)


def test_a_library_that_is_named_in_another_case_is_the_same_one(home: Home) -> None:
    draw(home.library / "sea.jpg", 2)
    home.sync()
    home.library = home.library.with_name(home.library.name.upper())
    assert home.plan().actions == ()


def test_words_that_are_edited_there_come_home_into_a_sidecar_of_another_case(home: Home) -> None:
    draw(home.library / "sea.jpg", 3)
    home.sync()
    (id_,) = home.world.posts
    for title in ("Ebb", "Flood"):
        shown = home.world.posts[id_]
        home.world.posts[id_] = replace(shown, fields={**shown.fields, F.TITLE: title})
        home.sync()
        (sidecar,) = (path for path in home.library.iterdir() if path.suffix.lower() == ".xmp")
        sidecar.rename(sidecar.with_name("SEA.JPG.XMP"))
        home.sync()
        with home.desk() as desk:
            desk.scan()
            (photo,) = desk.ledger.files.photos(["sea.jpg"]).values()
        assert photo.facts.title == title
    assert home.plan().actions == ()
    assert len(list(home.library.iterdir())) == 2


def test_a_full_disk_leaves_nothing_behind_and_the_next_run_goes_on(home: Home) -> None:
    home.stranger("Lake")
    filler = home.library.parent / "filler"
    fill(filler)
    (event,) = home.sync()
    assert event.end == End.FAILED
    assert "No space" in event.sentence
    assert home.pictures() == []
    filler.unlink()
    (event,) = home.sync()
    assert event.end == End.DONE
    assert home.pictures() == ["Lake.jpg"]
    assert home.plan().actions == ()
