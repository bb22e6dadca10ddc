"""Photos in IMatch of which Flickr is told: a post, the row that says so, and three photos that may have them."""

from __future__ import annotations

import pytest

from heliograph.model import Post, SubjectKind
from heliograph.ports import Outcome
from imatch_house import FLICKR, at_home, reading_here, served

POST = Post("53330000009", SubjectKind.PHOTO, url="https://flickr.example/53330000009")
ROW = {"posted": "2025-03-02", "photo_id": POST.id, "url": POST.url}


@pytest.fixture(scope="module")
def standin(tmp_path_factory):
    with served(tmp_path_factory.mktemp("imws")) as standin:
        yield standin


@pytest.fixture
def house(tmp_path, monkeypatch, standin):
    with reading_here(monkeypatch), at_home(tmp_path, standin=standin) as house:
        yield house


@pytest.fixture
def three(house):
    return [house.add(f"{name}.jpg", FLICKR) for name in "abc"]


def where(file):
    return file.filename.replace("\\", "/")


def outcome(file, **told):
    return Outcome(**{"where": where(file), "platform": "flickr", "post": POST, "posted_at": "2025-03-02", **told})
