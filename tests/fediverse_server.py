"""A caller of the fediverse stand-in, and sample pictures for it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from io import BytesIO

import httpx2
import pytest
from PIL import Image

from heliograph.standin.fediverse import PROFILES, opened

NOON = 1_800_000_000.0
ALL = tuple(PROFILES)
MASTODONS = ("mastodon-4.6", "mastodon-4.0")
PIXELFEDS = ("pixelfed-0.11", "pixelfed-0.12")
GTS, SNAC, TAKAHE = "gotosocial-0.20", "snac-2.94", "takahe-0.11"


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at


class Client:
    """Calls as an application would, over whatever transport it is given."""

    def __init__(self, standin, *, transport=None, token=None, accept="application/json"):
        self.standin = standin
        token = standin.token if token is None else token
        headers = {"Accept": accept} | ({"Authorization": f"Bearer {token}"} if token else {})
        transport = transport or httpx2.WSGITransport(app=standin.app)
        self.http = httpx2.Client(base_url=standin.url, transport=transport, headers=headers, timeout=10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def send(self, data=None, *, alt=None, version=2, name="boat.jpg", mime="image/jpeg", **fields):
        """The answer to an upload."""
        fields |= {} if alt is None else {"description": alt}
        files = {"file": (name, jpeg() if data is None else data, mime)}
        return self.http.post(f"/api/v{version}/media", files=files, data=fields)

    def media(self, **told):
        """The id of a new upload."""
        return self.send(**told).json()["id"]

    def post(self, text="A boat", *, media=None, key=None, **fields):
        """The answer to a new post with one new picture, or with the media that are named."""
        names = [self.media()] if media is None else media
        headers = {"Idempotency-Key": key} if key else {}
        return self.http.post("/api/v1/statuses", json={"status": text, "media_ids": names, **fields}, headers=headers)

    def posted(self, text="A boat", **fields):
        """A new post, as it was answered."""
        answer = self.post(text, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def set(self, status_id, **fields):
        """The answer to a post set anew."""
        return self.http.put(f"/api/v1/statuses/{status_id}", json=fields)

    def get(self, status_id, **asked):
        """A post as it is answered now."""
        return self.http.get(f"/api/v1/statuses/{status_id}", params=asked).json()

    def list(self, **asked):
        """A page of the account's own posts."""
        return self.http.get(f"/api/v1/accounts/{self.standin.id}/statuses", params=asked)

    def ids(self, **asked):
        return [status["id"] for status in self.list(**asked).json()]


def jpeg(size=(64, 48), color=(90, 140, 200), **saved):
    """A small picture of one colour."""
    file = BytesIO()
    Image.new("RGB", size, color).save(file, "JPEG", quality=80, **saved)
    return file.getvalue()


def with_place(size=(64, 48), *, orientation=1):
    """A picture whose metadata tell a place and a camera."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera of the test"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (60.0, 23.0, 0.0)
    return jpeg(size, exif=exif)


@contextmanager
def playing(folder, watch):
    """Opens profiles, each the stand-in and a client of it, until the context ends."""
    with ExitStack() as stack:

        def begin(profile, **dials):
            standin = stack.enter_context(opened(folder / profile, profile, now=watch))
            standin.turn(**dials)
            return standin, stack.enter_context(Client(standin))

        yield begin


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def play(tmp_path, watch):
    with playing(tmp_path, watch) as begin:
        yield begin
