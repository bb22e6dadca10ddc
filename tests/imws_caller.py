"""A caller of the IMatch stand-in, and the small database of the reference's sample exchanges."""

from __future__ import annotations

import json

import httpx2
import pytest

from heliograph.standin.imws import World, opened

NOON = 1_800_000_000.0


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at


class Caller:
    """Calls as an application would, over whatever transport it is given."""

    def __init__(self, standin, transport=None):
        self.http = httpx2.Client(base_url=standin.url, transport=transport, timeout=10)
        self.token = ""

    def close(self):
        self.http.close()

    def sign_in(self, login="anna", password=""):
        asked = {"id": login, "password": password, "appid": ""}
        self.token = self.http.post("/v1/authenticate", params=asked).json()["auth_token"]
        return self

    def ask(self, route, /, **fields):
        """The whole answer to a GET."""
        return self.http.get(route, params={**fields, "auth_token": self.token})

    def get(self, route, /, **fields):
        """What a GET answers, which has to go well."""
        answer = self.ask(route, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, route, /, **fields):
        """The whole answer to a POST; lists of objects go as JSON within their field."""
        told = {name: json.dumps(value) if isinstance(value, list) else value for name, value in fields.items()}
        return self.http.post(route, data={**told, "auth_token": self.token})

    def post(self, route, /, **fields):
        """What a POST answers, which has to go well."""
        answer = self.send(route, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()


def sample_world():
    """The database that the reference's sample exchanges talk about."""
    world = World.ready()
    world.add_file(
        "D:\\Photos\\2024\\quay.dng",
        id=101,
        size=28311552,
        tags={
            "title": "Evening quay",
            "description": "Three boats at rest.",
            "hierarchicalkeywords": ["nature|water", "genre|landscape"],
            "headline": "Boats at dusk",
            "iso": 3200,
        },
        categories=["Socials|flickr"],
        collections=[5, 52],
    )
    facts = {"size": 900123, "width": 1800, "height": 1200, "datetime": "1985-01-01T00:00:00"}
    world.add_file("scan7.jpg", id=102, categories=["Socials|flickr"], **facts)
    world.add_file("late.jpg", id=103, categories=["Socials|flickr|__errors|missing title"])
    world.add_file("D:\\Photos\\2024\\quay.jpg", id=140, master=101)
    world.category("Socials|flickr|albums|Harbour", "72177720300000001\nBoats and quays")
    world.put(101, "Socials|flickr|albums|Harbour")
    world.put(101, "Image Characteristics|Genre|landscape")
    row = {"posted": "2024-04-01", "photo_id": "53330000001", "url": "https://www.flickr.com/photos/me/53330000001"}
    world.set_row(102, "flickr", row, instance=7)
    world.set_variable("flickr_is_public", 1)
    world.set_variable("pixelfed_url", "https://pixelfed.example")
    return world


@pytest.fixture
def standin(tmp_path):
    with opened(tmp_path / "imws", sample_world(), Watch()) as opened_here:
        yield opened_here


@pytest.fixture
def imatch(standin):
    caller = Caller(standin, httpx2.WSGITransport(app=standin.app)).sign_in()
    yield caller
    caller.close()
