"""Edits that were made elsewhere come home into the sidecar; the picture is never touched, and nothing is said over."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from fuses import Fuse, Killed
from heliograph import metadata
from heliograph.errors import Refused
from heliograph.libraries.folder import Folder
from heliograph.model import Facts, Place, Rights, Taken
from homecoming import EVERYTHING, LICENCE, drawn, library_at, looked

WHERE = "2024/a.jpg"
CHANGES = {
    "title": "New",
    "caption": "New caption",
    "alt_text": "New alt text",
    "keywords": (("new",), ("one",)),
    "taken": ("2024-05-03T14:05:06", "", "", ""),
    "place": (47.123456, -8.5),
    "licence": LICENCE,
}
EMBEDDED = Facts(
    title="Embedded",
    keywords=("one", "two"),
    keyword_paths=(("Places", "Coast"), ("Socials", "flickr")),
    taken=Taken("2001-02-03T04:05:06"),
    rights=Rights(creators=("Anna",)),
    rating=4,
)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "photos"


@pytest.fixture
def library(root) -> Folder:
    library = library_at(root)
    (root / "2024").mkdir()
    metadata.write(drawn(root / WHERE), EMBEDDED)
    return library


def amend(library: Folder, **changes: object) -> Facts:
    library.amend(looked(library)[WHERE], changes)
    return looked(library)[WHERE].facts


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_every_edit_is_said_from_the_next_look_on_and_the_picture_is_as_it_was(library, root):
    before, picture = looked(library)[WHERE], (root / WHERE).read_bytes()
    facts = amend(library, **CHANGES)
    assert (facts.title, facts.caption, facts.alt_text) == ("New", "New caption", "New alt text")
    assert facts.keywords == ("two", "new")
    assert facts.taken == Taken("2024-05-03T14:05:06")
    assert facts.place == Place(47.123456, -8.5)
    assert facts.rights == Rights(creators=("Anna",), licence_url=LICENCE)
    assert (facts.rating, facts.keyword_paths) == (4, EMBEDDED.keyword_paths)
    assert (root / WHERE).read_bytes() == picture
    assert looked(library)[WHERE].digest == before.digest
    assert sorted(files(root)) == [WHERE, f"{WHERE}.xmp"]


@pytest.mark.parametrize("name", CHANGES)
def test_one_edit_changes_one_fact(library, name):
    before = looked(library)[WHERE].facts
    after = amend(library, **{name: CHANGES[name]})
    stated = {"licence": "rights"}.get(name, name)
    assert getattr(after, stated) != getattr(before, stated)
    aside = {stated: getattr(before, stated), "sources": (), "warnings": (), "overruled": before.overruled}
    assert replace(after, **aside) == replace(before, sources=(), warnings=())


def test_an_edit_made_twice_is_made_once(library, root):
    photo = looked(library)[WHERE]
    library.amend(photo, CHANGES)
    once = files(root)
    library.amend(photo, CHANGES)
    assert files(root) == once
    library.amend(looked(library)[WHERE], CHANGES)
    assert files(root) == once


def test_what_is_taken_away_there_is_taken_away_here(library):
    facts = amend(library, title="", taken=None, keywords=((), ("one", "two")))
    assert (facts.title, facts.taken, facts.keywords) == ("", None, ())
    assert amend(library, title="Back").title == "Back"


def test_a_photo_that_came_home_is_edited_in_its_own_sidecar(library, root, tmp_path):
    where = library.keep(EVERYTHING, drawn(tmp_path / "download.jpg", "red"))
    library.amend(looked(library)[where], {"title": "New", "keywords": (("new",), ("Lake",))})
    photo = looked(library)[where]
    assert (photo.facts.title, photo.facts.keywords[-1]) == ("New", "new")
    assert set(EVERYTHING.wishes) <= set(photo.facts.keyword_paths)
    assert photo.links[0].post_id == "4711"
    assert library.keep(EVERYTHING, tmp_path / "download.jpg") == where


@pytest.mark.parametrize("beside", ["a.jpg.xmp", "a.xmp", "a.XMP"])
def test_the_sidecar_that_is_believed_is_the_one_that_changes(library, root, beside):
    metadata.write_sidecar(root / "2024" / beside, Facts(headline="Kept"))
    facts = amend(library, title="New")
    assert (facts.title, facts.headline) == ("New", "Kept")
    assert sorted(files(root)) == sorted([WHERE, f"2024/{beside}"])


def test_of_two_sidecars_the_other_stays_as_it_was(library, root):
    for name in ("a.jpg.xmp", "a.xmp"):
        metadata.write_sidecar(root / "2024" / name, Facts(headline=name))
    other = (root / "2024" / "a.xmp").read_bytes()
    facts = amend(library, title="New")
    assert (facts.title, facts.headline) == ("New", "a.jpg.xmp")
    assert (root / "2024" / "a.xmp").read_bytes() == other


def test_an_edit_made_here_meanwhile_is_never_said_over(library, root):
    photo = looked(library)[WHERE]
    metadata.write_sidecar(root / f"{WHERE}.xmp", Facts(title="Mine", caption="Mine too"))
    before = files(root)
    with pytest.raises(Refused, match="changed since it was read"):
        library.amend(photo, {"title": "Theirs"})
    assert files(root) == before
    library.amend(photo, {"alt_text": "Theirs"})
    facts = looked(library)[WHERE].facts
    assert (facts.title, facts.caption, facts.alt_text) == ("Mine", "Mine too", "Theirs")


def test_an_edit_made_here_at_the_very_moment_is_never_said_over(library, root, monkeypatch):
    photo, real, beside = looked(library)[WHERE], metadata.overlay, root / f"{WHERE}.xmp"

    def meanwhile(*args):
        made = real(*args)
        metadata.write_sidecar(beside, Facts(title="Mine"))
        return made

    monkeypatch.setattr(metadata, "overlay", meanwhile)
    for _ in range(2):  # a sidecar that appears, and one that is changed
        with pytest.raises(Refused, match="changed since it was read"):
            library.amend(photo, {"title": "Theirs"})
        assert looked(library)[WHERE].facts.title == "Mine"
        photo = looked(library)[WHERE]


def test_another_picture_in_its_place_is_told_nothing(library, root):
    photo = looked(library)[WHERE]
    metadata.write(drawn(root / WHERE, "red"), EMBEDDED)
    with pytest.raises(Refused, match="changed since it was read"):
        library.amend(photo, {"title": "Theirs"})
    (root / WHERE).unlink()
    with pytest.raises(Refused, match="no longer there"):
        library.amend(photo, {"title": "Theirs"})
    assert files(root) == {}


def test_a_sidecar_that_is_protected_stays(library, root, monkeypatch):
    beside = root / f"{WHERE}.xmp"
    metadata.write_sidecar(beside, Facts(headline="Kept"))
    before = files(root)
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != beside and real(path, mode))
    with pytest.raises(Refused, match="protected from writing"):
        library.amend(looked(library)[WHERE], {"title": "New"})
    assert files(root) == before


def test_a_sidecar_that_is_cut_off_is_left_alone(library, root):
    photo = looked(library)[WHERE]
    (root / f"{WHERE}.xmp").write_text("<x:xmpmeta", encoding="utf-8")
    before = files(root)
    with pytest.raises(Refused, match="cut off"):
        library.amend(photo, {"title": "New"})
    assert files(root) == before


def test_a_sidecar_behind_a_link_is_changed_where_it_is(library, root, tmp_path):
    metadata.write_sidecar(tmp_path / "real.xmp", Facts(headline="Kept"))
    (root / f"{WHERE}.xmp").symlink_to(tmp_path / "real.xmp")
    facts = amend(library, title="New")
    assert (facts.title, facts.headline) == ("New", "Kept")
    assert (root / f"{WHERE}.xmp").is_symlink()


def test_a_name_that_is_no_text_is_no_hindrance(library, root):
    name = os.fsdecode(b"caf\xe9.jpg")
    try:
        shutil.copy(root / WHERE, root / "2024" / name)
    except OSError:
        pytest.skip("this file system takes only names that are text")
    where = next(where for where in looked(library) if "caf" in where)
    library.amend(looked(library)[where], {"title": "New"})
    assert looked(library)[where].facts.title == "New"
    assert looked(library)[WHERE].facts.title == "Embedded"


@pytest.mark.parametrize("there", [True, False], ids=["a sidecar", "none"])
def test_an_edit_killed_at_any_operation_is_made_or_not_and_can_be_made_again(library, root, there):
    if there:
        metadata.write_sidecar(root / f"{WHERE}.xmp", Facts(headline="Kept"))
    photo, before = looked(library)[WHERE], files(root)
    for at in count():
        fuse = Fuse(at)
        with pytest.MonkeyPatch.context() as patch:
            for name in ("fsync", "link", "unlink", "replace"):
                patch.setattr(os, name, _fused(fuse, getattr(os, name)))
            try:
                library.amend(photo, {"title": "New"})
            except Killed:
                pass
            else:
                break
        said = looked(library)[WHERE].facts
        assert (said.title, said.headline) in {("Embedded", "Kept" * there), ("New", "Kept" * there)}
        library.amend(photo, {"title": "New"})
        assert looked(library)[WHERE].facts.title == "New"
        assert sorted(files(root)) == [WHERE, f"{WHERE}.xmp"]
        (root / f"{WHERE}.xmp").unlink()
        for name, content in before.items():
            (root / name).write_bytes(content)
    assert at > 5


def _fused(fuse: Fuse, real):
    def operation(*args, **kwargs):
        fuse.touch()
        answer = real(*args, **kwargs)
        fuse.touch()
        return answer

    return operation


@pytest.mark.parametrize("operation", ["fsync", "replace"])
def test_a_full_disk_leaves_the_sidecar_as_it_was(library, root, operation):
    metadata.write_sidecar(root / f"{WHERE}.xmp", Facts(headline="Kept"))
    photo, before = looked(library)[WHERE], files(root)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, operation, full)
        with pytest.raises(Refused, match=f"{WHERE} was not changed.*{os.strerror(errno.ENOSPC)}"):
            library.amend(photo, {"title": "New"})
    assert files(root) == before
