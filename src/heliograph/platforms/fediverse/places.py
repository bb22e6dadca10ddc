"""Places: Pixelfed knows cities by number, and finds them by name."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from heliograph.model import Value
from heliograph.ports import Memory

PATH = "/api/v1.1/compose/search/location"
_REMEMBERED = "places"
_CITY, _COUNTRY, _PARTS = 3, 5, 6
_NAME_LEN, _MOST = 200, 5_000


@dataclass(frozen=True, slots=True)
class City:
    """A place of Pixelfed's."""

    id: int
    name: str
    country: str

    def form(self) -> dict[str, Any]:
        """As an edit takes it."""
        return {"id": self.id, "name": self.name, "country": self.country}


def shown(place: object) -> Value:
    """A post's place as a wanted one would be written, of which only city and country are known."""
    city = city_of(place)
    return (None, None, "", city.name, "", city.country) if city else None


def city_of(place: object) -> City | None:
    """The city in an answer."""
    if not isinstance(place, dict):
        return None
    id_, name, country = place.get("id"), place.get("name"), place.get("country")
    number = int(id_) if isinstance(id_, str) and id_.isascii() and id_.isdigit() and len(id_) < 10 else id_  # noqa: PLR2004
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(name, str) or not name:
        return None
    return City(number, _plain(name), _plain(country) if isinstance(country, str) else "")


def _plain(name: str) -> str:
    return name[:_NAME_LEN].encode("utf-8", "replace").decode("utf-8")


def same(sent: Value, seen: Value) -> bool:
    """Whether both name one city; what names none is no place there, and no country is any."""
    ours, theirs = _named(sent), _named(seen)
    if ours is None or theirs is None:
        return ours is theirs
    return ours[0] == theirs[0] and (ours[1] == theirs[1] or not ours[1])


def has_city(place: Value) -> bool:
    """Whether a place names a city."""
    return _named(place) is not None


def _named(place: Value) -> tuple[str, str] | None:
    if not isinstance(place, tuple) or len(place) != _PARTS or not place[_CITY]:
        return None
    return str(place[_CITY]).strip().casefold(), str(place[_COUNTRY] or "").strip().casefold()


@dataclass
class Places:
    """The cities of one server. Threads may share it."""

    search: Callable[[str], Any]
    """A name to what the server answers."""
    memory: Memory | None
    _known: dict[str, City | None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def unknown(self, place: Value) -> bool:
        """Whether the server is known to have no such city. Asks nobody."""
        key = _key(place)
        with self._lock:
            return key in self._loaded() and self._loaded()[key] is None

    def city(self, place: Value) -> City | None:
        """The city that a place names, of the same country; asked once."""
        named = _named(place)
        if named is None or not isinstance(place, tuple):
            return None
        key = _key(place)
        with self._lock:
            if key not in self._loaded():
                cities = self.search(str(place[_CITY]))
                listed = [city_of(one) for one in cities] if isinstance(cities, list) else []
                found = next((city for city in listed if city and _matches(city, named)), None)
                self._loaded()[key] = found
                self._keep()
            return self._loaded()[key]

    def _loaded(self) -> dict[str, City | None]:
        if self._known is None:
            self._known = {}
            try:
                form = json.loads(self.memory.read(_REMEMBERED) if self.memory is not None else "{}")
                self._known = {str(key): city_of(one) for key, one in form.items()}
            except (ValueError, AttributeError):
                self._known = {}
        return self._known

    def _keep(self) -> None:
        if self.memory is not None:
            kept = list(self._loaded().items())[-_MOST:]
            self.memory.write(_REMEMBERED, json.dumps({key: city and city.form() for key, city in kept}))


def _matches(city: City, named: tuple[str, str]) -> bool:
    name, country = city.name.strip().casefold(), city.country.strip().casefold()
    return name == named[0] and (not named[1] or country == named[1])


def _key(place: Value) -> str:
    named = _named(place)
    return f"{named[0]}|{named[1]}" if named else ""
