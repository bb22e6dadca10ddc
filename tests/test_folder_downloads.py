"""What the folder library takes in: named safely, whole or not at all, never outside of it."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from heliograph import metadata
from heliograph.desk.clock import SystemClock
from heliograph.errors import Refused
from heliograph.libraries.folder import Folder, Options
from heliograph.libraries.folder.names import safe_stem
from heliograph.model import F, Facts, Home, Post, SubjectKind


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def library(root: Path, tmp_path: Path) -> Folder:
    return Folder("photos", Options(root), tmp_path / "cache", SystemClock())


def home(title: str = "") -> Home:
    return Home("flickr", Post("4711", SubjectKind.PHOTO, fields={F.TITLE: title}), Facts(title=title))


def drawn(form: str = "JPEG") -> bytes:
    held = io.BytesIO()
    Image.linear_gradient("L").save(held, form)
    return held.getvalue()


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("A lake at dawn", "A lake at dawn"),
        ("../../etc/passwd", "etc passwd"),
        ("CON", "_CON"),
        ("lpt1.old", "_lpt1.old"),
        ("what? <b>\\|*\n\x1b[31m", "what b [31m"),
        ("...", "4711"),
        ("", "4711"),
        ("\u202egpj", "gpj"),
        ("é" * 200, "é" * 60),
        ("trailing. . ", "trailing"),
        ("IMG_0001.JPG", "IMG_0001"),
        ("com1 .x", "_com1 .x"),
        ("St. Ives", "St. Ives"),
    ],
)
def test_a_title_makes_a_name_that_every_system_takes(title, stem):
    assert safe_stem(title, "4711") == stem


def test_a_download_is_named_by_its_content_and_leaves_no_half_file(library, root, tmp_path):
    file = tmp_path / "download.bin"
    file.write_bytes(drawn("PNG"))
    assert library.keep(home("A/lake"), file) == "Undated/A lake.png"
    assert sorted(path.name for path in (root / "Undated").iterdir()) == ["A lake.png", "A lake.png.xmp"]
    assert file.exists()


def test_every_album_that_held_it_there_is_named_in_the_sidecar_and_is_no_wish(library, root, tmp_path):
    download = tmp_path / "download.jpg"
    download.write_bytes(drawn())
    where = library.keep(replace(home("Lake"), albums=("Coast", "By hand & <mine>")), download)
    sidecar = root / f"{where}.xmp"
    (named,) = re.findall(r"<heliograph:Albums>(.*?)</heliograph:Albums>", sidecar.read_text(encoding="utf-8"))
    assert re.findall(r"<rdf:li>(.*?)</rdf:li>", named) == ["Coast", "By hand &amp; &lt;mine&gt;"]
    assert metadata.read(root / where, sidecar).keyword_paths == ()


def test_a_download_that_does_not_fit_leaves_the_library_as_it_was(library, root, tmp_path, monkeypatch):
    file = tmp_path / "download.jpg"
    file.write_bytes(drawn())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("heliograph.libraries.folder.placing.shutil.copyfileobj", full)
    with pytest.raises(Refused, match="No space left on device"):
        library.keep(home(), file)
    assert list(root.iterdir()) == []


def test_an_incoming_link_out_of_the_library_is_refused(library, root, tmp_path):
    file = tmp_path / "download.jpg"
    file.write_bytes(drawn())
    (tmp_path / "elsewhere").mkdir()
    (root / "Undated").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(Refused, match="leads out of the library"):
        library.keep(home(), file)
    assert list((tmp_path / "elsewhere").iterdir()) == []
